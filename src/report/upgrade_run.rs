//! Where the vendor's upgrade stands, for `status`.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;

use super::text::{Page, clean, wrap};
use crate::base::dates::format_minute;
use crate::subjects::upgrade::{UpgradeRun, UpgradeState};

/// The last run of the upgrade in JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Upgrade<'r> {
    state: &'static str,
    exit_status: Option<i32>,
    began: Option<u64>,
    log: &'r str,
    iso: Option<&'r str>,
}

impl<'r> Upgrade<'r> {
    pub(super) fn of(run: &'r UpgradeRun) -> Self {
        let exit_status = match run.state {
            UpgradeState::Failed(status) => Some(status),
            UpgradeState::Silent | UpgradeState::Unheard | UpgradeState::WaitsForReboot | UpgradeState::Restarted => {
                Some(0)
            }
            UpgradeState::Running | UpgradeState::CutOff => None,
        };
        Self { state: word(run.state), exit_status, began: run.began, log: &run.log, iso: run.iso.as_deref() }
    }
}

pub(super) fn word(state: UpgradeState) -> &'static str {
    match state {
        UpgradeState::Running => "running",
        UpgradeState::Failed(_) => "failed",
        UpgradeState::CutOff => "cut-off",
        UpgradeState::Silent => "ended-without-asking",
        UpgradeState::Unheard => "ended-unheard",
        UpgradeState::WaitsForReboot => "waits-for-restart",
        UpgradeState::Restarted => "restarted",
    }
}

/// The last run of the upgrade for people.
pub(super) fn text(out: &mut Page, run: &UpgradeRun) {
    let began = run.began.map_or_else(String::new, |began| format!(", begun {}", format_minute(began)));
    let _ = writeln!(out, "upgrade: {}{began}", word(run.state));
    let means = match run.state {
        UpgradeState::Running => "okv-host upgrade --apply follows it".to_owned(),
        UpgradeState::Failed(_) => format!("it {}; okv-host upgrade begins it anew", run.state),
        UpgradeState::CutOff => {
            "it has no end: the machine or the service stopped; okv-host upgrade begins it anew".into()
        }
        UpgradeState::Silent => "it ended well, and did not ask for a restart: see its output".into(),
        UpgradeState::Unheard => format!("it {}: see /var/log/messages", run.state),
        UpgradeState::WaitsForReboot => {
            "the node is to be restarted: reboot, or okv-host upgrade --reboot --apply".into()
        }
        UpgradeState::Restarted => {
            "the node was restarted since: the upgrade goes on by itself, for hours, until the console shows \
                                    the heading with the new release; do not power the node off"
                .into()
        }
    };
    wrap(out, &format!("  {means}"), 0, 2);
    wrap(out, &format!("  its output: {}", clean(&run.log)), 0, 2);
}
