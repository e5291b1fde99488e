//! Doing, proving and undoing of each action: which part does what.

use super::program::shown;
use super::watch::{Performed, Watch};
use super::{Host, Interrupts};
use crate::plan::{Action, Back, Run};

/// What became of the way back of a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TakenBack {
    /// The host is as it was before the step.
    Yes,
    /// It stays done, for this reason.
    Stays(String),
}

impl Host<'_> {
    /// Does `action`. What it finds must be what the plan was made from.
    pub(super) fn perform(&self, action: &Action, watch: &mut Watch<'_>) -> Result<Performed, String> {
        match action {
            Action::Rename { from, to, file } => self.rename(from, to, file)?,
            Action::Run(run) => self.run(run)?,
            Action::WriteTable(table) => self.write_table(table)?,
            Action::TellKernel(partition) => self.tell_kernel(partition)?,
            Action::Copy(copy) => return self.copy(copy, watch),
            Action::Follow(follow) => return self.follow(follow, watch),
        }
        Ok(Performed::Done)
    }

    /// Does `action` with nobody to tell, and nobody who may stop it.
    pub(super) fn perform_to_the_end(&self, action: &Action) -> Result<(), String> {
        self.perform(action, &mut Watch { interrupts: &Interrupts::default(), tell: &mut |_| {} }).map(drop)
    }

    /// Proves from the host that `action` was done.
    pub(super) fn prove(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Rename { from, to, file } => self.is_renamed(from, to, file),
            Action::Run(run) => run.proof.as_ref().map_or(Ok(()), |proof| self.shows(proof)),
            Action::WriteTable(table) => self.has_table(table),
            Action::TellKernel(partition) => self.kernel_knows(partition),
            Action::Copy(copy) => self.is_copied(copy),
            Action::Follow(follow) => self.has_followed(follow),
        }
    }

    /// Takes back `action`, which was done and proved.
    pub(super) fn take_back(&self, action: &Action) -> Result<TakenBack, String> {
        match action {
            Action::Rename { from, to, file } => self.rename_back(from, to, file)?,
            Action::Run(run) => return self.take_back_run(run),
            Action::WriteTable(table) => self.clear_table(table)?,
            Action::TellKernel(partition) => self.forget_partition(partition)?,
            Action::Copy(copy) => self.remove_copy(copy)?,
            Action::Follow(_) => {}
        }
        Ok(TakenBack::Yes)
    }

    /// Takes back `action`, which was begun and of which nobody knows whether it was done.
    pub(super) fn take_back_begun(&self, action: &Action) -> Result<TakenBack, String> {
        match action {
            // It was not done, where the new name is not that of the file of the plan.
            Action::Rename { to, file, .. } if self.is(to, file).is_err() => Ok(TakenBack::Yes),
            Action::WriteTable(table) if self.has_nothing_of(table) => Ok(TakenBack::Yes),
            Action::Copy(copy) => self.remove_copy_begun(copy).map(|()| TakenBack::Yes),
            // Programs that change something do it whole or not at all; where this one did not, nothing has to be taken back.
            Action::Run(run) if matches!(run.back, Back::By { .. } | Back::Stays { .. }) => match &run.proof {
                Some(proof) => match self.is_there(proof) {
                    Ok(false) => Ok(TakenBack::Yes),
                    // What the node needs is brought back also where nobody can tell.
                    Err(why) if !action.takes_away() => Err(why),
                    Ok(true) | Err(_) => self.take_back(action),
                },
                None => self.take_back(action),
            },
            _ => self.take_back(action),
        }
    }

    /// Whether `action`, which was begun, can be taken back if it was done.
    pub(super) fn can_take_back_begun(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Run(Run { back: Back::Stays { .. }, proof: Some(proof), .. }) => match self.is_there(proof)? {
                true => self.can_take_back(action),
                false => Ok(()),
            },
            // The way back of a rename looks itself whether there is something to go back from.
            Action::Rename { .. } => Ok(()),
            Action::Copy(copy) => self.can_remove_copy_begun(copy),
            _ => self.can_take_back(action),
        }
    }

    /// Whether `action` took away what the node needs, and the node still lacks it, as far as anyone can tell.
    pub(super) fn lacks(&self, action: &Action) -> bool {
        match action {
            Action::Run(Run { proof: Some(proof), .. }) => action.takes_away() && self.holds(proof) != Ok(false),
            _ => action.takes_away(),
        }
    }

    /// Whether `action`, which was done and proved, can be taken back as the host is now.
    pub(super) fn can_take_back(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Rename { from, to, file } => self.can_rename_back(from, to, file),
            Action::Run(run) => match &run.back {
                Back::Stays { why } => Err(format!("{} stays done: {why}", shown(&run.argv))),
                Back::Nothing | Back::Needless | Back::By { .. } | Back::Bytes { .. } => Ok(()),
            },
            Action::WriteTable(table) => self.can_clear_table(table),
            Action::TellKernel(_) | Action::Follow(_) => Ok(()),
            Action::Copy(copy) => self.can_remove_copy(copy),
        }
    }
}
