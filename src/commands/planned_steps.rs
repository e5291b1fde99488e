//! The steps of the procedure, each that can be done now planned by the command that does it: what that refuses is not
//! ready.

use std::path::Path;

use anyhow::{Result, bail};

use super::gate::{beneath_upgrade, unfinished_before};
use super::lock_holder::under_way;
use super::recorded::records;
use super::surroundings::Surroundings;
use super::{kernel_prune, ssh_dsa_retire, stage, swap_extend, upgrade};
use crate::cli::Judge;
use crate::engine::apply::Lock;
use crate::engine::{Reason, Refusal, last_run};
use crate::host::Root;
use crate::procedure::{State, Step, steps};
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::rule::Finding;

/// A host that was judged, and how.
pub(super) struct JudgedHost<'h> {
    pub(super) root: &'h Root,
    pub(super) facts: &'h Facts,
    pub(super) findings: &'h [Finding],
    pub(super) profile: &'h Profile,
    pub(super) judge: &'h Judge,
    pub(super) around: Surroundings,
}

/// Every step of the procedure on the host.
pub(super) fn planned_steps(host: &JudgedHost<'_>) -> Vec<Step> {
    let mut steps = steps(host.facts, host.findings, host.profile);
    for step in &mut steps {
        let command = step.command.as_deref().and_then(|command| command.strip_prefix("okv-host "));
        let (State::Ready, Some(command)) = (step.state, command) else { continue };
        match host.refusal(command) {
            Ok(None) => {}
            Ok(Some(refusal)) => step.refuse(&refusal),
            Err(why) => step.leave_unknown(format!("{why:#}")),
        }
    }
    steps
}

impl JudgedHost<'_> {
    /// Why the command refuses now, where it does.
    fn refusal(&self, command: &str) -> Result<Option<Refusal>> {
        let (root, around) = (self.root, self.around);
        let name = command.split(' ').next().unwrap_or_default();
        if root.is_live() && name != "confirm" && name != "check" {
            if matches!(Lock::is_held(Path::new("/")), Ok(true)) {
                bail!("{}; what is left to do shows when it has ended", under_way());
            }
            let unfinished = unfinished_before(name, last_run(&records()?).as_ref());
            if let Some(reason) = beneath_upgrade(name).or(unfinished) {
                return Ok(Some(Refusal { reasons: vec![reason] }));
            }
        }
        Ok(match command {
            "swap-extend" => swap_extend::planned(root, self.profile, around)?.err(),
            "swap-extend --prepare" => swap_extend::prepared(root, self.profile, around).err(),
            "kernel-prune" => kernel_prune::planned(root, &Default::default(), around)?.err(),
            "ssh-dsa-retire" => ssh_dsa_retire::planned(root, around)?.err(),
            "upgrade" => upgrade::planned_once(root, self.judge, self.profile)?.err(),
            "stage ISO" => refused(stage::against_any(root, self.findings, self.profile)),
            _ => None,
        })
    }
}

fn refused(reasons: Vec<Reason>) -> Option<Refusal> {
    (!reasons.is_empty()).then_some(Refusal { reasons })
}
