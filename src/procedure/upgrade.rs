//! The gate before the upgrade, its run, and the restart after it.

use super::answer::Answer;
use super::combined::{Combined, combine, words};
use super::inputs::StepInputs;
use super::progress::{Progress, names_no_release, run_of_now};
use super::record::{OnRecord, on_record};
use super::step::{State, Step, When, open_before};
use super::table::STEPS;
use crate::host::Probed;
use crate::subjects::rule::{Finding, Outcome, RuleId, Verdict, outcome};
use crate::subjects::upgrade::rules::{release, upgrade_log};
use crate::subjects::upgrade::{UpgradeRun, UpgradeState};

/// 7.3-1: everything of 7.2 is done, and `check` has nothing against the upgrade.
pub(super) fn everything_before(inputs: &StepInputs<'_>) -> Answer {
    let of = |verdict| {
        let counts = |finding: &&Finding| finding.verdict == verdict && finding.waived.is_none();
        let mut ids: Vec<String> = inputs.findings.iter().filter(counts).map(|finding| with_step(finding.id)).collect();
        ids.dedup();
        ids.join(", ")
    };
    if let Progress::Begun(why) | Progress::Upgraded(why) = inputs.progress {
        return Answer::not_needed(format!("its time is over: {why}"));
    }
    let open: Vec<&Step> = inputs.earlier.iter().filter(|step| !step.state.is_closed()).collect();
    match outcome(inputs.findings) {
        Outcome::Blocked => {
            let why = format!("the node is blocked: {}", of(Verdict::Block));
            Answer::blocked(why).run("okv-host check")
        }
        Outcome::Unknown => {
            let why = format!("not all of the node could be judged: {}", of(Verdict::Unknown));
            Answer::unknown(why).run("okv-host check")
        }
        Outcome::Ready if !open.is_empty() => waits_for(&open),
        // A node that does not say its release leaves that to the operator.
        Outcome::Ready => {
            let release = inputs.by_rules(&[release::ID]);
            Answer {
                evidence: format!("nothing blocks, and the steps before are done; {}", release.evidence),
                ..release
            }
        }
    }
}

/// 7.3-2: from here on the time of the node runs, so everything before comes first.
pub(super) fn disable(inputs: &StepInputs<'_>) -> Answer {
    let is_recorded = matches!(on_record(inputs.facts, inputs.profile, inputs.row.id), OnRecord::Confirmed(_));
    let is_open = inputs.state_of("all-before").is_some_and(|state| !state.is_closed());
    if is_open && !is_recorded { Answer::comes_after("all-before") } else { inputs.by_person(&[]) }
}

/// 7.3-9: the run of the vendor's upgrade.
pub(super) fn run(inputs: &StepInputs<'_>) -> Answer {
    if let Progress::Upgraded(why) = inputs.progress {
        return Answer::done(why.clone());
    }
    match run_of_now(inputs.facts, inputs.profile) {
        Probed::Known(run) => began(inputs, run),
        Probed::Absent if inputs.facts.node.running.is_none() => Answer::unknown("only a running host shows this"),
        Probed::Absent => match open_before(inputs.earlier, inputs.row.id).as_slice() {
            [] => match combine(inputs, &[upgrade_log::ID]) {
                Combined::Amiss(found) => {
                    let evidence = format!("every step before it is done; but {}", words(&found));
                    inputs.from(Answer::ready("okv-host upgrade", evidence), &found)
                }
                _ => Answer::ready("okv-host upgrade", "every step before it is done"),
            },
            open => waits_for(open),
        },
        Probed::Unreadable(why) => Answer::unknown(format!("cannot determine whether it was run: {why}")),
    }
}

fn began(inputs: &StepInputs<'_>, run: &UpgradeRun) -> Answer {
    let (log, at) = (&run.log, run.when());
    let again = format!("Find the cause in {log} and {}, then run: okv-host upgrade", inputs.profile.places.log);
    match run.state {
        UpgradeState::Running => {
            Answer::blocked(format!("it runs since {at}: wait for its end")).run("okv-host upgrade --apply")
        }
        UpgradeState::WaitsForReboot => Answer::done(format!("it ended well, and asks for the restart: {log}")),
        UpgradeState::Restarted => {
            Answer::done(format!("it ended well, and the node was restarted since ({at}): {log}"))
        }
        UpgradeState::Failed(status) => {
            Answer::blocked(format!("the run of {at} failed with exit status {status}: {log}")).how(again)
        }
        UpgradeState::CutOff => Answer::blocked(format!("the run of {at} was cut off: {log}")).how(again),
        UpgradeState::Unheard => Answer::unknown(format!("the run of {at} {}: {log}", run.state))
            .how(format!("Look for its end in {}, then restart the node with reboot.", inputs.profile.places.log)),
        UpgradeState::Silent => {
            Answer::unknown(format!("the run of {at} ended well and asked for no restart: {log}")).how(again)
        }
    }
}

/// 7.3-10: the restart, and what the node does at its first start after it.
pub(super) fn reboot(inputs: &StepInputs<'_>) -> Answer {
    let target = &inputs.profile.release;
    let see = format!("Wait for the heading with release {target} on the console. Do not switch the node off.");
    if let Progress::Upgraded(why) = inputs.progress {
        // Confirmed by an operator, or said by the node.
        return match on_record(inputs.facts, inputs.profile, inputs.row.id) {
            OnRecord::Confirmed(_) if names_no_release(inputs.facts) => Answer::ask(why.clone()),
            _ => Answer::done(why.clone()),
        };
    }
    match run_of_now(inputs.facts, inputs.profile) {
        Probed::Known(run) if run.state == UpgradeState::WaitsForReboot => match inputs.state_of("stage-iso") {
            Some(State::Done) => {
                Answer::ready("/sbin/reboot", format!("the upgrade of {} asks for it", run.when())).how(see)
            }
            _ => Answer::blocked("the ISO is not whole in its folder, and the first start after it needs it")
                .how("Copy it there again before the restart."),
        },
        Probed::Known(run) if run.state == UpgradeState::Restarted && names_no_release(inputs.facts) => {
            Answer::ask(format!("restarted after the upgrade of {}; confirm that it ended", run.when())).how(see)
        }
        Probed::Known(run) if run.state == UpgradeState::Restarted => match inputs.progress {
            Progress::Begun(why) => Answer::blocked(format!("the first start may still be at work: {why}")).how(see),
            _ => Answer::unknown("the node was restarted, and its release could not be read").how(see),
        },
        Probed::Unreadable(why) => Answer::unknown(format!("cannot determine whether the upgrade was run: {why}")),
        // An upgrade that was begun by hand leaves no log of ours.
        Probed::Absent
            if inputs.facts.node.running.is_some()
                && names_no_release(inputs.facts)
                && open_before(inputs.earlier, "run-upgrade").is_empty() =>
        {
            let why = "comes after run-upgrade; where that was run by hand and is over, confirm this step";
            Answer::later(why, vec!["run-upgrade"]).confirmable().how(see)
        }
        Probed::Known(_) | Probed::Absent => match inputs.progress {
            Progress::NotBegun(why) => Answer::later(format!("comes after run-upgrade: {why}"), vec!["run-upgrade"]),
            _ => Answer::comes_after("run-upgrade"),
        },
    }
}

/// The rule, and the step that lifts what it finds where that comes later in the procedure and may be done before.
fn with_step(rule: RuleId) -> String {
    match STEPS.iter().rev().find(|row| row.when == When::Free && row.rules().contains(&rule)) {
        Some(row) => format!("{rule} (see {})", row.id),
        None => rule.to_string(),
    }
}

fn waits_for(open: &[&Step]) -> Answer {
    let ids: Vec<&'static str> = open.iter().map(|step| step.id).collect();
    Answer::later(format!("open before it: {}", ids.join(", ")), ids)
}

/// Whether the upgrade has the parts before it behind it.
pub(super) fn is_behind(inputs: &StepInputs<'_>) -> Option<Answer> {
    match inputs.progress {
        Progress::Upgraded(why) | Progress::Begun(why) => Some(Answer::done(format!("the upgrade had it: {why}"))),
        Progress::NotBegun(_) | Progress::Unknown(_) => None,
    }
}
