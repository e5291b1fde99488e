//! The way back from a recorded run, by `undo`.

use super::host::TargetHost;
use super::taken_back::TakenBack;
use crate::engine::{Ending, Entry, RecordedRun, Step};
use crate::io::journal::Journal;

/// Whether every step of `run` that was not taken back can be, as the host is now; nothing is changed.
///
/// # Errors
/// With the first step that is in the way.
pub fn can_take_back(run: &RecordedRun, host: &TargetHost<'_>) -> Result<(), String> {
    run.backwards().try_for_each(|(step, done)| match done {
        true => host.can_take_back(&step.action),
        false => host.can_take_back_begun(&step.action),
    })
}

/// Whether `run` took away what the node needs, and the node still lacks it, as far as can be determined.
pub fn lacks_something(run: &RecordedRun, host: &TargetHost<'_>) -> bool {
    run.changes().any(|step| host.lacks(step))
}

/// Takes back every step of `run` that was not taken back, last step first. Then its programs look again: they prove
/// the way back as they proved the way there.
///
/// # Errors
/// Why a step could not be taken back, or what a program printed afterwards. A journal that cannot be written stops
/// nothing and is reported.
pub fn take_back(run: &RecordedRun, host: &TargetHost<'_>, journal: &mut Journal<Entry>) -> Result<(), String> {
    let mut unwritten = journal.append(Entry::UndoBegan).err();
    for standing in run.standing.iter().rev() {
        let Some(step) = run.steps.get(standing.step) else { continue };
        gone(if standing.done { host.take_back(&step.action) } else { host.take_back_begun(step) })?;
        unwritten = unwritten.or(journal.append(Entry::StepUndone(standing.step)).err());
    }
    for (step, done) in run.backwards().skip(run.standing.len()) {
        gone(if done { host.take_back(&step.action) } else { host.take_back_begun(step) })?;
    }
    unwritten = unwritten.or(journal.append(Entry::Ended(Ending::Undone)).err());
    let mut looked: Vec<&Step> = Vec::new();
    for standing in run.standing.iter().filter(|standing| standing.done) {
        let Some(step) = run.steps.get(standing.step).filter(|step| step.action.only_verifies()) else { continue };
        if !looked.iter().any(|before| before.action == step.action) {
            host.perform_to_the_end(step).map_err(|why| format!("everything is taken back, and then: {why}"))?;
            looked.push(step);
        }
    }
    match unwritten {
        Some(e) => Err(format!("everything is taken back, but the journal cannot be written: {e}")),
        None => Ok(()),
    }
}

/// `undo` takes back all or says why not.
fn gone(taken_back: Result<TakenBack, String>) -> Result<(), String> {
    match taken_back? {
        TakenBack::Yes => Ok(()),
        TakenBack::Stays(why) => Err(why),
    }
}
