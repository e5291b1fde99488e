//! The way back from a recorded run, by `undo`.

use super::host::TargetHost;
use super::taken_back::TakenBack;
use crate::base::cause::cause;
use crate::engine::{Ending, Entry, Left, RecordedRun, Step};
use crate::host::clock;
use crate::io::journal::Journal;

/// Whether every step of `run` that was not taken back can be, as the host is now; nothing is changed.
///
/// # Errors
/// With the first step that is in the way.
pub fn can_take_back(run: &RecordedRun, host: &TargetHost<'_>) -> Result<(), String> {
    let booted = booted(host);
    run.left().rev().filter(|left| !left.is_ended_by_start(booted)).try_for_each(|left| match left.done {
        true => host.can_take_back(&left.step.action),
        false => host.can_take_back_begun(&left.step.action),
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
    let booted = booted(host);
    let own = run.standing.iter().rev().map(|standing| Some(standing.step));
    for (left, own) in run.left().rev().zip(own.chain(std::iter::repeat(None))) {
        if let Err(why) = take_back_left(left, booted, host) {
            let _ = journal.append(Entry::Ended(Ending::Stuck { why: None, undo_why: why.clone() }));
            return Err(why);
        }
        if let Some(step) = own {
            unwritten = unwritten.or(journal.append(Entry::StepUndone(step)).err());
        }
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
        Some(e) => Err(format!("everything is taken back, but the journal cannot be written: {}", cause(&e))),
        None => Ok(()),
    }
}

/// `undo` takes back all or gives the reason why not.
fn take_back_left(left: Left<'_>, booted: u64, host: &TargetHost<'_>) -> Result<(), String> {
    if left.is_ended_by_start(booted) {
        return Ok(());
    }
    match if left.done { host.take_back(&left.step.action) } else { host.take_back_begun(left.step) }? {
        TakenBack::Yes => Ok(()),
        TakenBack::Stays(why) => Err(why),
    }
}

/// When the node was started, in seconds since 1970; where that is not known, at no time.
fn booted(host: &TargetHost<'_>) -> u64 {
    host.root().ok().and_then(|root| clock::booted(&root).known().copied()).unwrap_or_default()
}
