//! What the journal says of the last run, and the way back from it.

use serde::Serialize;

use super::step::TakenBack;
use super::{Ending, Entry, Host};
use crate::journal::{Journal, Record};
use crate::plan::{Action, Step};

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
    /// What stands of the runs before it that it went on from, in order: changes that were done, or at least begun.
    pub earlier: Vec<Step>,
    /// Indices of those of them that were only begun: the run was cut off, and nobody knows whether they were done.
    pub unsure: Vec<usize>,
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
        matches!(
            self,
            Self::CutOff | Self::Ended(Ending::Stuck | Ending::Kept | Ending::Interrupted | Ending::NotReached)
        )
    }
}

impl LastRun {
    /// Whether something is left half-way: by this run, or by one that it was to go on from.
    pub fn is_unfinished(&self) -> bool {
        let took_nothing_on = matches!(self.state, RunState::Ended(Ending::RolledBack));
        self.state.is_unfinished() || (took_nothing_on && !self.earlier.is_empty())
    }

    /// The changes that stand, in order: those of runs that it went on from, then its own.
    pub fn changes(&self) -> impl DoubleEndedIterator<Item = &Step> {
        let own = self.standing.iter().filter_map(|standing| self.steps.get(standing.step));
        self.earlier.iter().chain(own).filter(|step| step.action.changes())
    }

    /// What a run of the same command has to take over from this one, and which of that was only begun.
    fn left_to(&self, command: &str) -> (Vec<Step>, Vec<usize>) {
        if self.command != command || !self.is_unfinished() {
            return (Vec::new(), Vec::new());
        }
        let (mut steps, mut unsure) = (self.earlier.clone(), self.unsure.clone());
        for standing in &self.standing {
            let Some(step) = self.steps.get(standing.step).filter(|step| step.action.changes()) else { continue };
            if !standing.done {
                unsure.push(steps.len());
            }
            steps.push(step.clone());
        }
        (steps, unsure)
    }

    /// Every step that stands, the last first, and whether it was done or only begun.
    fn backwards(&self) -> impl Iterator<Item = (&Step, bool)> {
        let own = self.standing.iter().rev();
        let own = own.filter_map(|standing| Some((self.steps.get(standing.step)?, standing.done)));
        let earlier = self.earlier.iter().enumerate().rev();
        own.chain(earlier.map(|(index, step)| (step, !self.unsure.contains(&index))))
    }

    /// The index of its first step that was not done.
    pub fn first_left(&self) -> usize {
        let done = |step: usize| self.standing.iter().any(|standing| standing.step == step && standing.done);
        (0..self.steps.len()).find(|step| !done(*step)).unwrap_or(self.steps.len())
    }

    /// Whether it was cut off with all its changes made, so that only steps are left that look.
    pub fn only_looks_are_left(&self) -> bool {
        let unfinished = matches!(self.state, RunState::CutOff | RunState::Ended(Ending::Interrupted));
        unfinished && self.steps.iter().skip(self.first_left()).all(|step| !step.action.changes())
    }
}

/// The last run, where there was one.
pub fn last_run(records: &[Record<Entry>]) -> Option<LastRun> {
    let mut last: Option<LastRun> = None;
    for record in records {
        match (&record.entry, &mut last) {
            (Entry::Began { command, target, steps }, _) => {
                let (earlier, unsure) = last.as_ref().map(|run| run.left_to(command)).unwrap_or_default();
                last = Some(LastRun {
                    earlier,
                    unsure,
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
            // A way back that has no end was cut off like any other run.
            (Entry::UndoBegan, Some(run)) => run.state = RunState::CutOff,
            (Entry::Ended(ending), Some(run)) => {
                run.state = RunState::Ended(*ending);
                if *ending == Ending::Undone {
                    run.earlier.clear();
                    run.unsure.clear();
                }
            }
            (Entry::StepFailed(..), _) | (_, None) => {}
        }
    }
    last
}

/// Whether every step that stands can be taken back.
pub(super) fn can_take_back(run: &LastRun, host: &Host<'_>) -> Result<(), String> {
    run.backwards().try_for_each(|(step, done)| match done {
        true => host.can_take_back(&step.action),
        false => host.can_take_back_begun(&step.action),
    })
}

/// Takes back what stands of `run`, last step first. Then its programs look again: they prove the way back as they proved the way there.
pub(super) fn take_back(run: &LastRun, host: &Host<'_>, journal: &mut Journal<Entry>) -> Result<(), String> {
    let mut unwritten = journal.append(Entry::UndoBegan).err();
    for standing in run.standing.iter().rev() {
        let Some(step) = run.steps.get(standing.step) else { continue };
        gone(if standing.done { host.take_back(&step.action) } else { host.take_back_begun(&step.action) })?;
        unwritten = unwritten.or(journal.append(Entry::StepUndone(standing.step)).err());
    }
    for (step, done) in run.backwards().skip(run.standing.len()) {
        gone(if done { host.take_back(&step.action) } else { host.take_back_begun(&step.action) })?;
    }
    unwritten = unwritten.or(journal.append(Entry::Ended(Ending::Undone)).err());
    let mut looked: Vec<&Action> = Vec::new();
    for standing in run.standing.iter().filter(|standing| standing.done) {
        let Some(step) = run.steps.get(standing.step).filter(|step| !step.action.changes()) else { continue };
        if !looked.contains(&&step.action) {
            host.perform_to_the_end(&step.action)
                .map_err(|why| format!("everything is taken back, and then: {why}"))?;
            looked.push(&step.action);
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
