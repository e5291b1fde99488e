//! `okv-host upgrade`.

use std::cell::Cell;

use anyhow::{Result, bail};

use super::answer::Asked;
use super::defaults;
use super::judged::{facts_of, judged, root_at};
use super::planned_changes::{JudgedHost, planned_changes};
use super::recorded::records;
use super::saved_host::{ELSEWHERE, has_program};
use super::surroundings::Surroundings;
use super::target::Target;
use super::{change, gate};
use crate::cli::{Judge, Upgrade};
use crate::engine::{ExitStatus, Plan, Refusal};
use crate::host::{Probed, Root, processes};
use crate::io::tool::Program;
use crate::procedure::{must_be_replaced, reasons_against_upgrade, steps};
use crate::profile::Profile;
use crate::subjects::media::staged;
use crate::subjects::upgrade::SaidRelease;
use crate::subjects::upgrade::facts::upgrade_run;
use crate::subjects::upgrade::plan::{Begun, COMMAND, Means, Request, has_ended_since, plan};

pub(super) fn run(args: &Upgrade, around: Surroundings) -> Result<ExitStatus> {
    let target = Target::asked(args.judge.profile.as_deref())?;
    let root = root_at(args.root.as_deref())?;
    let profile = target.on(&root)?;
    if !args.change.talk.quiet {
        defaults::show(&root, &args.judge);
    }
    let before = Cell::new(None);
    let request = Request { reboot: args.reboot };
    let planner = || planned(&root, &args.judge, request, &profile, (&before, around));
    let asked = Asked { args: &args.change, root: &root, profile: Some(&profile) };
    if args.root.is_some() {
        return change::show_plan(COMMAND, asked, planner()?, Some(ELSEWHERE));
    }
    change::run(COMMAND, asked, around, &planner)
}

/// The plan without options, for who only wants to know whether there is one.
pub(super) fn planned_once(host: &JudgedHost<'_>) -> Result<Result<Plan, Refusal>> {
    planned(host.root, host.judge, Request::default(), host.profile, (&Cell::new(None), host.around))
}

/// `before` is how many records the journal had when this command first looked.
fn planned(
    root: &Root,
    args: &Judge,
    request: Request,
    profile: &Profile,
    (before, around): (&Cell<Option<usize>>, Surroundings),
) -> Result<Result<Plan, Refusal>> {
    let places = &profile.places;
    let facts = facts_of(root, profile, args)?;
    let findings = judged(Some(root), &facts, profile, args)?.findings;
    let (Some(running), Some(subjects)) = (&facts.node.running, &facts.subjects) else {
        bail!("this host was not read");
    };
    let processes = match processes::gather(root) {
        Probed::Known(processes) => processes,
        Probed::Absent => bail!("cannot determine what runs on this host: there is no /proc"),
        Probed::Unreadable(why) => bail!("cannot determine what runs on this host: {why}"),
    };
    let steps = steps(&facts, &findings, profile);
    let host = JudgedHost { root, facts: &facts, findings: &findings, profile, judge: args, around };
    let not_ready = gate::not_ready(&findings, || planned_changes(&host));
    // Nobody is led through backups of a node that has to be replaced.
    let open = reasons_against_upgrade(&steps).filter(|_| !must_be_replaced(&findings));
    let said = facts.release().and_then(|said| SaidRelease::beside(said, &profile.release));
    let means = Means {
        blocked: not_ready.into_iter().chain(open).collect(),
        staged: subjects.media.isos.known().and_then(|isos| staged(isos, places, &facts.node)),
        run: subjects.upgrade.run.clone(),
        begun: subjects.records.runs.known().and_then(|runs| Begun::last(runs, &running.booted)),
        boot: match upgrade_run::boot(root) {
            // It runs in none.
            Probed::Absent if !root.has_answers() => Probed::Known(String::new()),
            boot => boot,
        },
        is_upgraded: matches!(said, Some(SaidRelease::Reached(_))),
        // What a saved host has of programs is not known.
        has_service_manager: !root.has_answers() || has_program(root, Program::SystemdRun),
        process: upgrade_run::vendors_process(&processes),
        restarts: root.is_live() && restarts(before)?,
        next_start: gate::next_start(&findings),
    };
    Ok(plan(places, &request, &means))
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
