//! `okv-host upgrade`.

use std::cell::Cell;
use std::path::Path;

use anyhow::{Result, bail};

use super::judged::{facts_of, judged, profile};
use super::recorded::records;
use super::surroundings::Surroundings;
use super::{change, gate};
use crate::cli::Upgrade;
use crate::engine::{ExitStatus, Plan, Refusal};
use crate::host::{Probed, Root, processes};
use crate::io::sys;
use crate::io::tool::Program;
use crate::procedure::{reasons_against_upgrade, steps};
use crate::profile::Profile;
use crate::subjects::media::staged;
use crate::subjects::upgrade::SaidRelease;
use crate::subjects::upgrade::facts::upgrade_run;
use crate::subjects::upgrade::plan::{COMMAND, Means, Request, has_ended_since, plan};

pub(super) fn run(args: &Upgrade, around: Surroundings) -> Result<ExitStatus> {
    let profile = profile(&args.judge.profile)?;
    if !sys::is_root() {
        bail!("looking at the disks of this host takes root");
    }
    let before = Cell::new(None);
    change::run(COMMAND, &args.change, around, &|| planned(args, &profile, &before))
}

/// `before` is how many records the journal had when this command first looked.
fn planned(args: &Upgrade, profile: &Profile, before: &Cell<Option<usize>>) -> Result<Result<Plan, Refusal>> {
    let (root, places) = (Root::live(), &profile.places);
    let facts = facts_of(&root, places, &args.judge);
    let findings = judged(&facts, profile, &args.judge)?.findings;
    let (Some(running), Some(subjects)) = (&facts.node.running, &facts.subjects) else {
        bail!("this host was not looked at");
    };
    let processes = match processes::gather(&root) {
        Probed::Known(processes) => processes,
        Probed::Absent => bail!("/proc: what runs on this host could not be told"),
        Probed::Unreadable(why) => bail!("what runs on this host could not be told: {why}"),
    };
    let steps = steps(&facts, &findings, profile);
    let said = facts.release().and_then(|said| SaidRelease::beside(said, &profile.release));
    let means = Means {
        blocked: gate::not_ready(&findings).into_iter().chain(reasons_against_upgrade(&steps)).collect(),
        staged: subjects.media.isos.known().and_then(|isos| staged(isos, places, running)),
        run: subjects.upgrade.run.clone(),
        boot: upgrade_run::boot(&root),
        is_upgraded: matches!(said, Some(SaidRelease::Reached(_))),
        has_service_manager: Program::SystemdRun.paths().iter().any(|path| Path::new(path).exists()),
        process: upgrade_run::vendors_process(&processes),
        restarts: restarts(before)?,
        next_start: gate::next_start(&findings),
    };
    Ok(plan(places, &Request { reboot: args.reboot }, &means))
}

/// Whether the restart that this very command asked for is on its way.
fn restarts(before: &Cell<Option<usize>>) -> Result<bool> {
    let records = records()?;
    Ok(match before.get() {
        Some(first) => has_ended_since(&records, first),
        None => {
            before.set(Some(records.len()));
            false
        }
    })
}
