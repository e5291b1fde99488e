//! What the journal says of the last run, and the way back from it.

use std::io;

use serde::Serialize;

use super::{Ending, Entry, Host};
use crate::journal::{Journal, Record};
use crate::plan::Step;

/// The last run that the journal tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// When it began, in seconds since 1970.
    pub began: u64,
    /// The command.
    pub command: String,
    /// Its target.
    pub target: String,
    /// Its steps.
    pub steps: Vec<Step>,
    /// The steps that were not taken back, in order.
    pub standing: Vec<Standing>,
    /// How far it came.
    pub state: RunState,
}

/// A step that may have changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Its index among the steps of the run.
    pub step: usize,
    /// Whether it was done and proved; else it was only begun.
    pub done: bool,
}

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It ended like this.
    Ended(Ending),
    /// The journal has no end of it: the machine or the program stopped in its middle.
    CutOff,
}

impl RunState {
    /// Whether something is left half-way.
    pub fn is_unfinished(self) -> bool {
        matches!(self, Self::CutOff | Self::Ended(Ending::Stuck | Ending::Interrupted))
    }
}

/// The last run, where there was one.
pub fn last_run(records: &[Record<Entry>]) -> Option<LastRun> {
    let mut last: Option<LastRun> = None;
    for record in records {
        match (&record.entry, &mut last) {
            (Entry::Began { command, target, steps }, _) => {
                last = Some(LastRun {
                    began: record.at,
                    command: command.clone(),
                    target: target.clone(),
                    steps: steps.clone(),
                    standing: Vec::new(),
                    state: RunState::CutOff,
                });
            }
            (Entry::StepBegan(step), Some(run)) => run.standing.push(Standing { step: *step, done: false }),
            (Entry::StepDone(step), Some(run)) => {
                run.standing
                    .iter_mut()
                    .filter(|standing| standing.step == *step)
                    .for_each(|standing| standing.done = true);
            }
            (Entry::StepUndone(step), Some(run)) => run.standing.retain(|standing| standing.step != *step),
            (Entry::Ended(ending), Some(run)) => run.state = RunState::Ended(*ending),
            (Entry::StepFailed(..), _) | (_, None) => {}
        }
    }
    last
}

/// Takes back what stands of `run`, last step first. The inner result says why a step could not be taken back.
pub(super) fn take_back(
    run: &LastRun,
    host: &Host<'_>,
    journal: &mut Journal<Entry>,
) -> io::Result<Result<(), String>> {
    for standing in run.standing.iter().rev() {
        let Some(step) = run.steps.get(standing.step) else { continue };
        let taken_back = if standing.done { host.take_back(&step.action) } else { host.take_back_begun(&step.action) };
        if let Err(why) = taken_back {
            return Ok(Err(why));
        }
        journal.append(Entry::StepUndone(standing.step))?;
    }
    journal.append(Entry::Ended(Ending::Undone))?;
    Ok(Ok(()))
}
