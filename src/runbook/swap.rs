//! The steps that end in enough swap.

use super::State;
use super::answer::Answer;
use super::case::Case;
use super::tell::{Told, tell, words};
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
        return answer;
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

/// 7.6-18: the restart. What is swapped to now, and is named for the next start, needs none.
pub(super) fn restart(case: &Case<'_>) -> Answer {
    let names = tell(case, &["swap-references"]);
    match (case.state_of("swap-extend"), names) {
        (_, Told::Blocked(found)) => case.from(Answer::blocked(words(&found)), &found),
        (_, Told::Unknown(found)) => case.from(Answer::unknown(words(&found)), &found),
        (Some(State::NotNeeded | State::Done), Told::Passed(found)) => {
            Answer::not_needed(format!("the node swaps to it already, and will after a restart: {}", words(&found)))
        }
        (Some(State::NotNeeded | State::Done), Told::Nothing(found)) => {
            Answer::not_needed(format!("the node swaps to it already: {}", words(&found)))
        }
        (Some(State::NotNeeded | State::Done), Told::Amiss(found) | Told::Asks(found) | Told::Waived(found)) => {
            case.from(Answer::ask(words(&found)), &found)
        }
        (Some(State::Unknown), _) => Answer::unknown("whether there is enough swap could not be told"),
        _ => Answer::comes_after("swap-extend"),
    }
}
