//! A run: step after step, each recorded before and after; where one fails, the way back.

use std::io;

use super::{Ending, Entry, Host, Interrupts, Outcome};
use crate::journal::Journal;
use crate::plan::{Plan, Step};

pub(super) struct Run<'r, 'h> {
    pub(super) host: &'r Host<'h>,
    pub(super) journal: &'r mut Journal<Entry>,
    pub(super) interrupts: &'r Interrupts,
}

impl Run<'_, '_> {
    pub(super) fn carry_out(mut self, plan: &Plan, tell: &mut dyn FnMut(usize, &Step)) -> io::Result<Outcome> {
        let steps = plan.steps.clone();
        self.journal.append(Entry::Began { command: plan.command.to_owned(), target: plan.target.clone(), steps })?;
        for (index, step) in plan.steps.iter().enumerate() {
            if self.interrupts.came() {
                self.journal.append(Entry::Ended(Ending::Interrupted))?;
                return Ok(Outcome::Interrupted { steps: index });
            }
            tell(index.saturating_add(1), step);
            self.journal.append(Entry::StepBegan(index))?;
            let done = self.host.perform(&step.action).and_then(|()| self.host.prove(&step.action));
            match done {
                Ok(()) => self.journal.append(Entry::StepDone(index))?,
                Err(why) => return self.go_back(&plan.steps, index, why),
            }
        }
        self.journal.append(Entry::Ended(Ending::Done))?;
        Ok(Outcome::Done)
    }

    /// Takes back step `failed` and all before it. A journal that cannot be written any more does not keep the host from its way back.
    fn go_back(&mut self, steps: &[Step], failed: usize, why: String) -> io::Result<Outcome> {
        let mut unwritten = self.journal.append(Entry::StepFailed(failed, why.clone())).err();
        for (index, step) in steps.iter().enumerate().take(failed.saturating_add(1)).rev() {
            let taken_back = if index == failed {
                self.host.take_back_begun(&step.action)
            } else {
                self.host.take_back(&step.action)
            };
            if let Err(undo_why) = taken_back {
                self.journal.append(Entry::Ended(Ending::Stuck))?;
                return Ok(Outcome::Stuck { why, undo_why });
            }
            unwritten = unwritten.or(self.journal.append(Entry::StepUndone(index)).err());
        }
        unwritten = unwritten.or(self.journal.append(Entry::Ended(Ending::RolledBack)).err());
        match unwritten {
            Some(e) => Err(e),
            None => Ok(Outcome::RolledBack { why }),
        }
    }
}
