//! The steps that end in enough swap.

use super::answer::Answer;
use super::combined::{Combined, combine, words};
use super::inputs::StepInputs;
use super::step::State;
use crate::base::dates::format_minute;
use crate::base::units::Bytes;
use crate::disk::format::content::Kind;
use crate::host::Probed;
use crate::subjects::disks::rules::disk_minimum;
use crate::subjects::rule::RuleId;
use crate::subjects::swap::rules::{swap_references, swap_size, vg_free, vg_health};

const EXTEND: &str = "okv-host swap-extend";

/// What lifts the need of more swap: enough of it, or a waiver.
fn needs_none(inputs: &StepInputs<'_>) -> Option<Answer> {
    match combine(inputs, &[swap_size::ID]) {
        Combined::Passed(found) | Combined::Waived(found) => Some(Answer::not_needed(words(&found))),
        Combined::Unknown(found) => Some(inputs.from(Answer::unknown(words(&found)), &found)),
        Combined::Blocked(_) | Combined::Amiss(_) | Combined::Asks(_) | Combined::Nothing(_) => None,
    }
}

/// 7.6-1 to 3: what there is of swap and of room for it.
pub(super) fn look(inputs: &StepInputs<'_>) -> Answer {
    if let Combined::Blocked(found) = combine(inputs, &[vg_health::ID, disk_minimum::ID]) {
        return inputs.from(Answer::blocked(words(&found)), &found);
    }
    match combine(inputs, inputs.row.rules()) {
        Combined::Unknown(found) => inputs.from(Answer::unknown(words(&found)), &found),
        Combined::Nothing(found) => Answer::unknown(words(&found)),
        Combined::Blocked(_) | Combined::Amiss(_) | Combined::Asks(_) | Combined::Waived(_) | Combined::Passed(_) => {
            let is_shown = |id: RuleId| id == swap_size::ID || id == vg_free::ID;
            let found: Vec<_> = inputs.findings.iter().filter(|finding| is_shown(finding.id)).collect();
            Answer::done(words(&found))
        }
    }
}

/// 7.6-4 to 6: a disk more, where the group has too few extents.
pub(super) fn add_disk(inputs: &StepInputs<'_>) -> Answer {
    if let Some(answer) = needs_none(inputs) {
        return answer;
    }
    let found = match combine(inputs, &[vg_free::ID]) {
        Combined::Passed(found) | Combined::Waived(found) => return Answer::not_needed(words(&found)),
        Combined::Unknown(found) => return inputs.from(Answer::unknown(words(&found)), &found),
        Combined::Blocked(found) | Combined::Amiss(found) | Combined::Asks(found) | Combined::Nothing(found) => found,
    };
    let mut blank = inputs.facts.node.disks.iter().filter(|disk| disk.content.kind == Kind::Blank);
    if let Some(disk) = blank.next() {
        let size = Bytes(disk.bytes);
        return Answer::done(format!("{} is a blank disk of {size}; {EXTEND} shows whether it is suitable", disk.path));
    }
    inputs.from(Answer::ready(format!("{EXTEND} --prepare"), words(&found)), &found)
}

/// 7.6-7 to 17: the swap grows.
pub(super) fn extend(inputs: &StepInputs<'_>) -> Answer {
    if let Some(answer) = needs_none(inputs) {
        return match (answer.state, grown(inputs)) {
            (State::NotNeeded, Ok(Some(at))) => {
                Answer::done(format!("{EXTEND} did it at {}: {}", format_minute(at), answer.evidence))
            }
            _ => answer,
        };
    }
    if let Combined::Blocked(found) = combine(inputs, &[vg_health::ID]) {
        return inputs.from(Answer::blocked(words(&found)).run(EXTEND), &found);
    }
    let found = combine(inputs, &[swap_size::ID]);
    let evidence = match &found {
        Combined::Blocked(found) | Combined::Amiss(found) | Combined::Asks(found) | Combined::Nothing(found) => {
            words(found)
        }
        Combined::Unknown(_) | Combined::Waived(_) | Combined::Passed(_) => String::new(),
    };
    match inputs.state_of("add-disk") {
        Some(State::Done | State::NotNeeded) => Answer::ready(EXTEND, evidence),
        Some(State::Unknown) => Answer::unknown("cannot determine whether there is room for more swap").run(EXTEND),
        _ => Answer::comes_after("add-disk").run(EXTEND),
    }
}

/// When our command made the swap larger, where it did.
fn grown(inputs: &StepInputs<'_>) -> Result<Option<u64>, String> {
    let Some(subjects) = &inputs.facts.subjects else { return Ok(None) };
    match &subjects.records.runs {
        Probed::Known(runs) => {
            Ok(runs.iter().rev().filter(|run| run.command == "swap-extend").find_map(|run| run.done_at))
        }
        Probed::Absent => Ok(None),
        Probed::Unreadable(why) => Err(why.clone()),
    }
}

/// 7.6-18: the restart. What is swapped to since the last start, and is named for the next one, needs none.
pub(super) fn restart(inputs: &StepInputs<'_>) -> Answer {
    let found = match combine(inputs, &[swap_references::ID]) {
        Combined::Blocked(found) => return inputs.from(Answer::blocked(words(&found)), &found),
        Combined::Unknown(found) => return inputs.from(Answer::unknown(words(&found)), &found),
        Combined::Amiss(found)
        | Combined::Asks(found)
        | Combined::Waived(found)
        | Combined::Nothing(found)
        | Combined::Passed(found) => found,
    };
    match inputs.state_of("swap-extend") {
        Some(State::NotNeeded | State::Done) => {}
        Some(State::Unknown) => return Answer::unknown("cannot determine whether there is enough swap"),
        _ => return Answer::comes_after("swap-extend"),
    }
    let named = words(&found);
    let at = match grown(inputs) {
        Ok(None) => return Answer::not_needed(format!("the node swaps to it already, and will again: {named}")),
        Ok(Some(at)) => at,
        Err(why) => return Answer::unknown(format!("cannot determine whether the swap was made larger: {why}")),
    };
    match inputs.facts.node.running.as_ref().map(|running| &running.booted) {
        Some(Probed::Known(booted)) if *booted > at => Answer::done(format!(
            "the node was started at {}, after the swap grew at {}",
            format_minute(*booted),
            format_minute(at)
        )),
        Some(Probed::Known(booted)) => Answer::ready(
            "/sbin/reboot",
            format!(
                "the swap grew at {}, and the node runs since {}: {named}",
                format_minute(at),
                format_minute(*booted)
            ),
        )
        .how("the restart of the upgrade does it as well"),
        Some(Probed::Unreadable(why)) => Answer::unknown(format!("cannot determine when the node was started: {why}")),
        Some(Probed::Absent) | None => Answer::unknown("cannot determine when the node was started"),
    }
}
