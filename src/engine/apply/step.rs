//! Doing, proving and undoing of each action: which part does what.

use super::host::TargetHost;
use super::interrupt::Interrupts;
use super::program::format_command;
use super::taken_back::TakenBack;
use super::watch::{Performed, Watch};
use crate::engine::{Action, Back, ProgramRun, Proof, Role, Step, SwapHeader};

impl TargetHost<'_> {
    /// Does `step`. What it finds must be what the plan was made from.
    pub(super) fn perform(&self, step: &Step, watch: &mut Watch<'_>) -> Result<Performed, String> {
        match &step.action {
            Action::Rename { from, to, file } => self.rename(from, to, file)?,
            Action::Run(run) if step.role.always_comes_back() => self.run_with_way_back(run)?,
            Action::Run(run) => self.run(run)?,
            Action::WriteTable(table) => self.write_table(table)?,
            Action::AddPartition(partition) => self.add_partition(partition)?,
            Action::ClearHalfMade { device } => self.clear_half_made(device)?,
            Action::SwitchCaches(switches) => self.switch_caches(switches)?,
            Action::WriteSwapHeader(header) => self.put_bytes(&header.area, &header.page, SwapHeader::PAGE)?,
            Action::ClearSwapHeader { area } => self.clear_swap_header(area)?,
            Action::Copy(copy) => return self.copy(copy, watch),
            Action::Follow(follow) => return self.subjects.follow(self, follow, watch),
        }
        Ok(Performed::Done)
    }

    /// Does `step`, reports to nobody, and lets nobody stop it.
    pub(super) fn perform_to_the_end(&self, step: &Step) -> Result<(), String> {
        self.perform(step, &mut Watch { interrupts: &Interrupts::default(), report: &mut |_| {} }).map(drop)
    }

    /// Proves from the host that `action` was done.
    pub(super) fn prove(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Rename { from, to, file } => self.is_renamed(from, to, file),
            Action::Run(run) => run.proof.as_ref().map_or(Ok(()), |proof| self.shows(proof)),
            Action::WriteTable(table) => self.has_table(table),
            Action::AddPartition(partition) => self.kernel_knows(partition),
            Action::ClearHalfMade { device } => self.is_not_half_made(device),
            Action::SwitchCaches(switches) => self.are_switched(switches),
            Action::WriteSwapHeader(header) => self.shows(&header.proof()),
            Action::ClearSwapHeader { area } => self.has_no_swap_header(area),
            Action::Copy(copy) => self.is_copied(copy),
            Action::Follow(follow) => self.subjects.has_followed(self, follow),
        }
    }

    /// Proves from the host that `action`, which a run began before it was cut off, was done. The start of a node gives
    /// a swap area the priority of its fstab.
    pub(super) fn prove_after_start(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Run(ProgramRun { proof: Some(Proof::SwapUsed { area, bytes, .. }), .. }) => {
                self.shows(&Proof::SwapUsed { area: area.clone(), bytes: *bytes, priority: None })
            }
            action => self.prove(action),
        }
    }

    /// Takes back `action`, which was done and proved.
    pub(super) fn take_back(&self, action: &Action) -> Result<TakenBack, String> {
        match action {
            Action::Rename { from, to, file } => self.rename_back(from, to, file)?,
            Action::Run(run) => return self.take_back_run(run),
            Action::WriteTable(table) => self.clear_table(table)?,
            Action::AddPartition(partition) => self.forget_partition(partition)?,
            Action::WriteSwapHeader(header) => self.put_bytes(&header.area, &header.before, SwapHeader::PAGE)?,
            Action::Copy(copy) => self.remove_copy(copy)?,
            Action::SwitchCaches(switches) => self.switch_caches_back(switches)?,
            // A blank partition is what was there before the volume was half made, or before a volume that goes away.
            Action::ClearHalfMade { .. } | Action::ClearSwapHeader { .. } | Action::Follow(_) => {}
        }
        Ok(TakenBack::Yes)
    }

    /// Takes back `step`, in which this very run failed.
    pub(super) fn take_back_failed(&self, step: &Step) -> Result<TakenBack, String> {
        match &step.action {
            // Also where that is another disk than the one of the plan: then nothing was written.
            Action::WriteTable(table) if self.is_without(table) => Ok(TakenBack::Yes),
            _ => self.take_back_begun(step),
        }
    }

    /// Takes back `step`, which was begun and of which nobody knows whether it was done.
    pub(super) fn take_back_begun(&self, step: &Step) -> Result<TakenBack, String> {
        let action = &step.action;
        match action {
            // It was not done, where the new name is not that of the file of the plan.
            Action::Rename { to, file, .. } if self.is_surely_not(to, file) => Ok(TakenBack::Yes),
            Action::WriteTable(table) if self.has_nothing_of(table) => Ok(TakenBack::Yes),
            Action::Copy(copy) => self.remove_copy_begun(copy).map(|()| TakenBack::Yes),
            // Its way back looks itself, also for what was left half made.
            Action::Run(ProgramRun { proof: Some(Proof::PhysicalVolume { group: None, .. }), .. }) => {
                self.take_back(action)
            }
            // Programs that change something do it whole or not at all; where this one did not, nothing has to be taken
            // back.
            Action::Run(run) if matches!(run.back, Back::By { .. } | Back::Stays { .. }) => match &run.proof {
                Some(proof) => match self.is_there(proof) {
                    Ok(false) => Ok(TakenBack::Yes),
                    // What the node needs is brought back also where that cannot be determined.
                    Err(why) if step.role != Role::MustBeRestored => Err(why),
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
            Action::Run(ProgramRun { back: Back::Stays { .. }, proof: Some(proof), .. }) => {
                match self.is_there(proof)? {
                    true => self.can_take_back(action),
                    false => Ok(()),
                }
            }
            // The way back of a rename looks itself whether there is something to go back from.
            Action::Rename { .. } => Ok(()),
            Action::WriteTable(table) if self.has_nothing_of(table) => Ok(()),
            Action::Copy(copy) => self.can_remove_copy_begun(copy),
            _ => self.can_take_back(action),
        }
    }

    /// Whether `step` took away what the node needs, and the node still lacks it, as far as can be determined.
    pub(super) fn lacks(&self, step: &Step) -> bool {
        if step.role != Role::MustBeRestored {
            return false;
        }
        match &step.action {
            Action::Run(ProgramRun { proof: Some(proof), .. }) => self.holds(proof) != Ok(false),
            _ => true,
        }
    }

    /// Whether `action`, which was done and proved, can be taken back as the host is now.
    pub(super) fn can_take_back(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Rename { from, to, file } => self.can_rename_back(from, to, file),
            Action::Run(run) => match &run.back {
                Back::Stays { why } => Err(format!("{} stays done: {why}", format_command(&run.command))),
                Back::Nothing | Back::Needless | Back::By { .. } | Back::Bytes { .. } => Ok(()),
            },
            Action::WriteTable(table) => self.can_clear_table(table),
            Action::AddPartition(_)
            | Action::SwitchCaches(_)
            | Action::ClearHalfMade { .. }
            | Action::ClearSwapHeader { .. }
            | Action::WriteSwapHeader(_)
            | Action::Follow(_) => Ok(()),
            Action::Copy(copy) => self.can_remove_copy(copy),
        }
    }
}
