//! The steps that end in enough swap.

use super::answer::Answer;
use super::case::Case;
use super::step::State;
use super::tell::{Told, tell, words};
use crate::dates::format_minute;
use crate::facts::Probed;
use crate::format::content::Kind;
use crate::units::Bytes;

const EXTEND: &str = "okv-host swap-extend";

/// What lifts the need of more swap: enough of it, or a waiver.
fn needs_none(case: &Case<'_>) -> Option<Answer> {
    match tell(case, &["swap-size"]) {
        Told::Passed(found) | Told::Waived(found) => Some(Answer::not_needed(words(&found))),
        Told::Unknown(found) => Some(case.from(Answer::unknown(words(&found)), &found)),
        Told::Blocked(_) | Told::Amiss(_) | Told::Asks(_) | Told::Nothing(_) => None,
    }
}

/// 7.6-1 to 3: what there is of swap and of room for it.
pub(super) fn look(case: &Case<'_>) -> Answer {
    if let Told::Blocked(found) = tell(case, &["vg-health", "disk-minimum"]) {
        return case.from(Answer::blocked(words(&found)), &found);
    }
    match tell(case, case.row.rules()) {
        Told::Unknown(found) => case.from(Answer::unknown(words(&found)), &found),
        Told::Nothing(found) => Answer::unknown(words(&found)),
        Told::Blocked(_) | Told::Amiss(_) | Told::Asks(_) | Told::Waived(_) | Told::Passed(_) => {
            let is_shown = |id: &str| id == "swap-size" || id == "vg-free";
            let found: Vec<_> = case.findings.iter().filter(|finding| is_shown(finding.id)).collect();
            Answer::done(words(&found))
        }
    }
}

/// 7.6-4 to 6: a disk more, where the group has too few extents.
pub(super) fn add_disk(case: &Case<'_>) -> Answer {
    if let Some(answer) = needs_none(case) {
        return answer;
    }
    let found = match tell(case, &["vg-free"]) {
        Told::Passed(found) | Told::Waived(found) => return Answer::not_needed(words(&found)),
        Told::Unknown(found) => return case.from(Answer::unknown(words(&found)), &found),
        Told::Blocked(found) | Told::Amiss(found) | Told::Asks(found) | Told::Nothing(found) => found,
    };
    let mut blank = case.facts.disks.iter().filter(|disk| disk.content.kind == Kind::Blank);
    if let Some(disk) = blank.next() {
        let size = Bytes(disk.bytes);
        return Answer::done(format!("{} is a blank disk of {size}; {EXTEND} says whether it will do", disk.path));
    }
    case.from(Answer::ready(format!("{EXTEND} --prepare"), words(&found)), &found)
}

/// 7.6-7 to 17: the swap grows.
pub(super) fn extend(case: &Case<'_>) -> Answer {
    if let Some(answer) = needs_none(case) {
        return match (answer.state, grown(case)) {
            (State::NotNeeded, Ok(Some(at))) => {
                Answer::done(format!("{EXTEND} did it at {}: {}", format_minute(at), answer.evidence))
            }
            _ => answer,
        };
    }
    if let Told::Blocked(found) = tell(case, &["vg-health"]) {
        return case.from(Answer::blocked(words(&found)).run(EXTEND), &found);
    }
    let told = tell(case, &["swap-size"]);
    let evidence = match &told {
        Told::Blocked(found) | Told::Amiss(found) | Told::Asks(found) | Told::Nothing(found) => words(found),
        Told::Unknown(_) | Told::Waived(_) | Told::Passed(_) => String::new(),
    };
    match case.state_of("add-disk") {
        Some(State::Done | State::NotNeeded) => Answer::ready(EXTEND, evidence),
        Some(State::Unknown) => Answer::unknown("whether there is room for more swap could not be told").run(EXTEND),
        _ => Answer::comes_after("add-disk").run(EXTEND),
    }
}

/// When our command made the swap larger, where it did.
fn grown(case: &Case<'_>) -> Result<Option<u64>, String> {
    let Some(running) = &case.facts.running else { return Ok(None) };
    match &running.procedure.runs {
        Probed::Known(runs) => {
            Ok(runs.iter().rev().filter(|run| run.command == "swap-extend").find_map(|run| run.done_at))
        }
        Probed::Absent => Ok(None),
        Probed::Unreadable(why) => Err(why.clone()),
    }
}

/// 7.6-18: the restart. What is swapped to since the last start, and is named for the next one, needs none.
pub(super) fn restart(case: &Case<'_>) -> Answer {
    let found = match tell(case, &["swap-references"]) {
        Told::Blocked(found) => return case.from(Answer::blocked(words(&found)), &found),
        Told::Unknown(found) => return case.from(Answer::unknown(words(&found)), &found),
        Told::Amiss(found) | Told::Asks(found) | Told::Waived(found) | Told::Nothing(found) | Told::Passed(found) => {
            found
        }
    };
    match case.state_of("swap-extend") {
        Some(State::NotNeeded | State::Done) => {}
        Some(State::Unknown) => return Answer::unknown("whether there is enough swap could not be told"),
        _ => return Answer::comes_after("swap-extend"),
    }
    let named = words(&found);
    let at = match grown(case) {
        Ok(None) => return Answer::not_needed(format!("the node swaps to it already, and will again: {named}")),
        Ok(Some(at)) => at,
        Err(why) => return Answer::unknown(format!("whether the swap was made larger could not be told: {why}")),
    };
    match case.facts.running.as_ref().map(|running| &running.procedure.booted) {
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
        Some(Probed::Unreadable(why)) => Answer::unknown(format!("when the node was started could not be told: {why}")),
        Some(Probed::Absent) | None => Answer::unknown("when the node was started could not be told"),
    }
}
