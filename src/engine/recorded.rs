//! The one reader of the journal: from its records to the runs, and which steps of each were not taken back.

use schemars::JsonSchema;
use serde::Serialize;

use super::ending::Ending;
use super::entry::Entry;
use super::step::{Action, Step};
use crate::io::journal::Record;

/// A run as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRun {
    /// When it began, in seconds since 1970.
    pub began: u64,
    /// When it reached its target, in seconds since 1970; `None` where it did not, or was undone since.
    pub done_at: Option<u64>,
    pub command: String,
    pub target: String,
    pub steps: Vec<Step>,
    /// The steps that were not taken back, in order.
    pub standing: Vec<StandingStep>,
    /// What stands of the runs before it that it went on from, in order: changes that were done, or at least begun.
    pub earlier: Vec<EarlierStep>,
    pub state: RunState,
    /// Whether it went on from the run before it.
    pub resumes: bool,
    /// Whether the last `undo` of it ended half-way.
    pub undo_failed: bool,
}

/// A step of a run that a later one went on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierStep {
    pub step: Step,
    /// Whether it was done and proved; else the run was cut off, and nobody knows whether it was done.
    pub done: bool,
    /// When its run began, in seconds since 1970.
    pub began: u64,
}

/// A step that may have changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StandingStep {
    /// Its index among the steps of the run.
    pub step: usize,
    /// Whether it was done and proved; else it was only begun.
    pub done: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunState {
    Ended(Ending),
    /// The journal has no end of it: the machine or the program stopped in its middle.
    CutOff,
}

impl RunState {
    /// The word for it in JSON and in text.
    pub fn word(&self) -> &'static str {
        match self {
            Self::CutOff => "cut-off",
            Self::Ended(ending) => ending.word(),
        }
    }
}

/// A step that stands, of a run or of one that it went on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left<'r> {
    pub step: &'r Step,
    /// Whether it was done and proved.
    pub done: bool,
    /// When its run began, in seconds since 1970.
    pub began: u64,
}

impl Left<'_> {
    fn keep(self) -> EarlierStep {
        EarlierStep { step: self.step.clone(), done: self.done, began: self.began }
    }

    /// Whether a start of the node at `booted` seconds since 1970 has ended what it did: a start unmounts all, and
    /// then mounts what is its own.
    pub fn is_ended_by_start(&self, booted: u64) -> bool {
        self.step.action.mounts_at().is_some() && self.began < booted
    }
}

impl RecordedRun {
    /// Whether something is left half-way: by this run, or by one that it was to go on from. A run that was cut off
    /// before it began to change anything left nothing.
    pub fn is_unfinished(&self) -> bool {
        match &self.state {
            RunState::CutOff => self.changes().next().is_some() || self.follows(),
            RunState::Ended(Ending::RolledBack { .. }) => !self.earlier.is_empty(),
            RunState::Ended(ending) => ending.is_unfinished(),
        }
    }

    /// Whether it changed something that no way back takes back.
    pub fn keeps_something(&self) -> bool {
        self.changes().any(|step| step.role.stays_done())
    }

    fn follows(&self) -> bool {
        let mut begun = self.standing.iter().filter_map(|standing| self.steps.get(standing.step));
        begun.any(|step| matches!(step.action, Action::Follow(_)))
    }

    /// The changes that stand, in order: those of runs that it went on from, then its own.
    pub fn changes(&self) -> impl DoubleEndedIterator<Item = &Step> {
        self.left().map(|left| left.step).filter(|step| step.action.changes())
    }

    /// Whether a run of `command` goes on from this one.
    fn is_resumed_by(&self, command: &str) -> bool {
        self.command == command && self.is_unfinished()
    }

    /// What a run that goes on from this one takes over from it.
    fn left_over(&self) -> Vec<EarlierStep> {
        self.left().filter(|left| left.step.action.changes()).map(Left::keep).collect()
    }

    /// Every step that stands, in order.
    pub fn left(&self) -> impl DoubleEndedIterator<Item = Left<'_>> {
        let earlier =
            self.earlier.iter().map(|EarlierStep { step, done, began }| Left { step, done: *done, began: *began });
        let own = self.standing.iter().filter_map(|standing| {
            Some(Left { step: self.steps.get(standing.step)?, done: standing.done, began: self.began })
        });
        earlier.chain(own)
    }

    /// The index of its first step of which there is no change that was begun, and that was not done.
    pub fn first_left(&self) -> usize {
        let is_past = |step: usize| {
            let standing = self.standing.iter().find(|standing| standing.step == step);
            standing.is_some_and(|standing| standing.done || self.begun().any(|(index, _)| index == step))
        };
        (0..self.steps.len()).find(|step| !is_past(*step)).unwrap_or(self.steps.len())
    }

    /// Its changes that were begun, and of which nobody knows whether they were done; each with its index.
    pub fn begun(&self) -> impl Iterator<Item = (usize, &Step)> {
        let begun = self.standing.iter().filter(|standing| !standing.done);
        let begun = begun.filter_map(|standing| Some((standing.step, self.steps.get(standing.step)?)));
        begun.filter(|(_, step)| step.action.changes())
    }
}

pub fn last_run(records: &[Record<Entry>]) -> Option<RecordedRun> {
    runs(records).pop()
}

/// Every run, oldest first.
pub fn runs(records: &[Record<Entry>]) -> Vec<RecordedRun> {
    let mut runs: Vec<RecordedRun> = Vec::new();
    let mut is_undo = false;
    for record in records {
        if let Entry::Began { command, target, steps } = &record.entry {
            is_undo = false;
            let resumed = runs.last().filter(|run| run.is_resumed_by(command));
            let (resumes, earlier) = (resumed.is_some(), resumed.map(RecordedRun::left_over).unwrap_or_default());
            runs.push(RecordedRun {
                began: record.at,
                done_at: None,
                command: command.clone(),
                target: target.clone(),
                steps: steps.clone(),
                standing: Vec::new(),
                earlier,
                state: RunState::CutOff,
                resumes,
                undo_failed: false,
            });
            continue;
        }
        let Some(run) = runs.last_mut() else { continue };
        match &record.entry {
            Entry::StepBegan(step) => run.standing.push(StandingStep { step: *step, done: false }),
            Entry::StepDone(step) => {
                run.standing
                    .iter_mut()
                    .filter(|standing| standing.step == *step)
                    .for_each(|standing| standing.done = true);
            }
            Entry::StepUndone(step) => run.standing.retain(|standing| standing.step != *step),
            // A way back that has no end was cut off like any other run.
            Entry::UndoBegan => {
                (run.state, run.done_at) = (RunState::CutOff, None);
                is_undo = true;
            }
            Entry::Closed { .. } => run.state = RunState::Ended(Ending::Closed),
            Entry::Ended(Ending::Undone) => {
                (run.state, run.undo_failed) = (RunState::Ended(Ending::Undone), false);
                run.earlier.clear();
                run.standing.clear();
                forget_done(&mut runs);
            }
            Entry::Ended(ending) => {
                run.state = RunState::Ended(ending.clone());
                run.undo_failed = is_undo && matches!(ending, Ending::Stuck { .. });
                run.done_at = (*ending == Ending::Done).then_some(record.at);
            }
            Entry::StepFailed(..) | Entry::Began { .. } => {}
        }
    }
    runs
}

/// The last run was taken back as a whole, with those that it went on from.
fn forget_done(runs: &mut [RecordedRun]) {
    for run in runs.iter_mut().rev() {
        run.done_at = None;
        if !run.resumes {
            break;
        }
    }
}
