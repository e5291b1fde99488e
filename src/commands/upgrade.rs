//! `okv-host upgrade`.

use std::cell::Cell;
use std::path::Path;

use anyhow::{Result, bail};

use super::judged::{facts_of, judged, profile};
use super::recorded::records;
use super::{change, gate};
use crate::base::versions::Version;
use crate::cli::Upgrade;
use crate::engine::{ExitStatus, Plan, Reason, Refusal, RunState, last_run};
use crate::host::{Probed, Root, Running, processes};
use crate::io::sys;
use crate::io::tool::Program;
use crate::procedure::{State, Step, open_before, steps};
use crate::profile::{Places, Profile};
use crate::subjects::Facts;
use crate::subjects::media::{Media, Mounted};
use crate::subjects::upgrade::facts::upgrade_run;
use crate::subjects::upgrade::plan::{COMMAND, Means, Request, plan};

pub(super) fn run(args: &Upgrade) -> Result<ExitStatus> {
    let profile = profile(&args.judge.profile)?;
    if !sys::is_root() {
        bail!("looking at the disks of this host takes root");
    }
    let before = Cell::new(None);
    change::run(COMMAND, &args.change, &|| planned(args, &profile, &before))
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
    let means = Means {
        blocked: gate::not_ready(&findings).into_iter().chain(open(&steps(&facts, &findings, profile))).collect(),
        staged: staged(running, &subjects.media, places),
        run: subjects.upgrade.run.clone(),
        boot: upgrade_run::boot(&root),
        is_upgraded: is_upgraded(&facts, profile),
        has_service_manager: Program::SystemdRun.paths().iter().any(|path| Path::new(path).exists()),
        process: upgrade_run::vendors_process(&processes),
        restarts: restarts(before)?,
    };
    Ok(plan(places, &Request { reboot: args.reboot }, &means))
}

/// Steps of the runbook that the plan judges itself.
const OWN: &[&str] = &["stage-iso", "mount-iso", "clean-cache"];

/// A reason for each step before the upgrade that is open. What a rule says is a reason of its own.
fn open(steps: &[Step]) -> impl Iterator<Item = Reason> {
    let open = open_before(steps, "run-upgrade").into_iter();
    open.filter(|step| !OWN.contains(&step.id) && matches!(step.state, State::Confirm | State::Ready)).map(|step| {
        let command = step.command.as_deref().unwrap_or_default();
        let remedy = [step.how.as_str(), command].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        Reason {
            id: step.id,
            message: format!("{} ({}): {}", step.title, step.source, step.evidence),
            remedy: remedy.join("; "),
        }
    })
}

/// The ISO from its folder that is mounted read-only at its place.
fn staged(running: &Running, media: &Media, places: &Places) -> Option<String> {
    let isos = media.isos.known()?;
    let is_mounted = |iso: &&str| Mounted::at(&places.iso_mount, iso, running) == Mounted::This { read_only: true };
    isos.here.iter().filter(|iso| iso.is_named_so).map(|iso| iso.path.as_str()).find(is_mounted).map(str::to_owned)
}

fn is_upgraded(facts: &Facts, profile: &Profile) -> bool {
    let said = facts.release().and_then(Version::parse);
    matches!((said, Version::parse(&profile.release)), (Some(said), Some(target)) if said.is_of(&target))
}

/// Whether a run that ended since this command began asked for a restart: the node still runs, but not for long.
fn restarts(before: &Cell<Option<usize>>) -> Result<bool> {
    let records = records()?;
    let Some(first) = before.get() else {
        before.set(Some(records.len()));
        return Ok(false);
    };
    let ended = last_run(&records).is_some_and(|run| run.command == COMMAND && matches!(run.state, RunState::Ended(_)));
    Ok(records.len() > first && ended)
}
