//! A run: step after step, each recorded before and after; where one fails, the way back.

use super::host::TargetHost;
use super::interrupt::Interrupts;
use super::taken_back::TakenBack;
use super::watch::{News, Performed, Watch};
use crate::base::cause::cause;
use crate::engine::{Ending, Entry, RecordedRun, Role, Step};
use crate::io::journal::Journal;

pub(super) struct Execution<'r, 'h> {
    pub(super) host: &'r TargetHost<'h>,
    pub(super) journal: &'r mut Journal<Entry>,
    pub(super) interrupts: &'r Interrupts,
    pub(super) report: &'r mut dyn FnMut(News<'_>),
    /// What stands of the runs before it that it goes on from, in order.
    pub(super) earlier: Vec<Step>,
    /// Indices of steps that are not done: the host shows what they are for.
    pub(super) needless: Vec<usize>,
}

impl Execution<'_, '_> {
    /// Does `steps` from index `first` on. What comes before it was done by the same run, before it was cut off.
    pub(super) fn carry_out(mut self, steps: &[Step], first: usize) -> Ending {
        let misses = self.earlier.iter().any(|step| self.host.lacks(step));
        for (index, step) in steps.iter().enumerate().skip(first) {
            if self.needless.contains(&index) {
                continue;
            }
            if self.interrupts.came() && !misses_something(misses, steps, index) {
                return self.interrupted(steps, index);
            }
            (self.report)(News::Step { number: index.saturating_add(1), step });
            match self.step(index, step) {
                Ok(Performed::Done) => {}
                Ok(Performed::Stopped) => return self.stop(steps, index),
                Err(why) => return self.go_back(steps, index, why),
            }
        }
        self.end(Ending::Done)
    }

    /// Does what is left of an unfinished run, of which nothing is left to change. What it had mounted for a step that
    /// is left, a reboot unmounted: that comes first, as proofs look there too. A change that was begun and that the
    /// host does not show stays unfinished: nothing is planned that would make it good.
    pub(super) fn finish(mut self, run: &RecordedRun) -> Ending {
        let (steps, first) = (run.steps.as_slice(), run.first_left());
        let (done, left) = steps.split_at_checked(first).unwrap_or((steps, &[]));
        // A mount for what is left is needed; what else was to be done for the run alone is not.
        let is_mount = |step: &Step| step.role == Role::Temporary && step.action.mounts_at().is_some();
        let is_needless = |(_, step): &(usize, &Step)| step.action.changes() && !is_mount(step);
        self.needless = steps.iter().enumerate().skip(first).filter(is_needless).map(|(index, _)| index).collect();
        for step in done.iter().filter(|step| step.action.mounts_at().is_some_and(|point| unmounts(left, point))) {
            let again = match step.action.mounts_at().map(|point| self.host.is_mounted(point)) {
                Some(Ok(false)) => self.perform(step).and_then(|_| self.host.prove(&step.action)),
                Some(Err(why)) => Err(why),
                Some(Ok(true)) | None => Ok(()),
            };
            if let Err(why) = again {
                return self.go_back(steps, first, why);
            }
        }
        for (index, step) in run.begun().filter(|(_, step)| step.role != Role::Temporary) {
            let flushed = self.host.flush_writes_of(&step.action);
            let proved = flushed.and_then(|()| self.host.prove_after_start(&step.action));
            if let Err(why) = proved.and_then(|()| self.record(Entry::StepDone(index))) {
                self.give_back(steps, first);
                return self.end(Ending::NotReached { why });
            }
        }
        self.carry_out(steps, first)
    }

    /// A step that cannot be recorded is not begun, and one that is done and cannot be recorded has failed.
    ///
    /// What it writes to is flushed before it begins, too: a run that was cut off may have left something there, and
    /// one disk must not refer to what another one has only in its cache.
    fn step(&mut self, index: usize, step: &Step) -> Result<Performed, String> {
        self.host.flush_writes_of(&step.action)?;
        self.record(Entry::StepBegan(index))?;
        if self.perform(step)? == Performed::Stopped {
            return Ok(Performed::Stopped);
        }
        // Before the proof: what LVM2 or the kernel answers comes from their memory.
        self.host.flush_writes_of(&step.action)?;
        self.host.prove(&step.action)?;
        self.record(Entry::StepDone(index))?;
        Ok(Performed::Done)
    }

    fn perform(&mut self, step: &Step) -> Result<Performed, String> {
        let mut watch = Watch { interrupts: self.interrupts, report: &mut *self.report };
        self.host.perform(step, &mut watch)
    }

    fn interrupted(&mut self, steps: &[Step], done: usize) -> Ending {
        if steps.iter().take(done).any(|step| step.action.changes()) {
            return self.stop(steps, done);
        }
        let why = "stopped by a signal before anything was changed".to_owned();
        self.end(Ending::RolledBack { why })
    }

    /// Ends where another run goes on.
    fn stop(&mut self, steps: &[Step], done: usize) -> Ending {
        self.give_back(steps, done);
        self.end(Ending::Interrupted { steps: done })
    }

    /// What was done for this run alone, such as a mount, does not stay behind. Where a later step has reversed it
    /// nothing does, and `undo`, which takes that step back, then needs the record of both.
    fn give_back(&mut self, steps: &[Step], done: usize) {
        for (index, step) in steps.iter().enumerate().take(done).rev() {
            let mut later = steps.iter().take(done).skip(index.saturating_add(1));
            if later.any(|later| later.action.reverses(&step.action)) {
                continue;
            }
            if step.role == Role::Temporary && self.host.take_back(&step.action).is_ok() {
                let _ = self.record(Entry::StepUndone(index));
            }
        }
    }

    /// Takes back step `failed` and all before it, down to one that stays or cannot be taken back; below that, only
    /// what the node needs comes back, also what a run before this one took away. A journal that cannot be written does
    /// not keep the host from its way back.
    ///
    /// Beside a program that could not be ended ([`still_runs`](crate::io::tool::Runner::still_runs)) only swap comes
    /// back: what that program did is not known before it ends, and no other one may work on the same group or unmount
    /// what it writes to. It holds the lock meanwhile, and the next run goes on from what is true then.
    fn go_back(&mut self, steps: &[Step], failed: usize, why: String) -> Ending {
        let _ = self.record(Entry::StepFailed(failed, why.clone()));
        let (mut stays, mut undo_why) = (None, Vec::new());
        if self.is_beside_a_program() {
            undo_why.push("beside that program only swap is brought back".to_owned());
        }
        for (index, step) in steps.iter().enumerate().take(failed.saturating_add(1)).rev() {
            if self.needless.contains(&index) {
                continue;
            }
            let barred = stays.is_some() || !undo_why.is_empty();
            if barred && !self.comes_back_anyway(step.role) {
                continue;
            }
            let taken_back =
                if index == failed { self.host.take_back_failed(step) } else { self.host.take_back(&step.action) };
            match taken_back {
                Ok(TakenBack::Yes) => {
                    let _ = self.record(Entry::StepUndone(index));
                }
                Ok(TakenBack::Stays(what)) => stays = Some(what),
                Err(why) => undo_why.push(why),
            }
        }
        undo_why.extend(self.bring_back());
        self.end(match stays {
            _ if !undo_why.is_empty() => Ending::Stuck { why: Some(why), undo_why: undo_why.join("; then: ") },
            Some(stays) => Ending::Kept { why, stays },
            None => Ending::RolledBack { why },
        })
    }

    fn is_beside_a_program(&self) -> bool {
        self.host.runner.still_runs().is_some()
    }

    /// Whether the work of a step in this role comes back even where other steps stay done.
    fn comes_back_anyway(&self, role: Role) -> bool {
        role == Role::MustBeRestored || (role.always_comes_back() && !self.is_beside_a_program())
    }

    /// Brings back what runs before this one took away, and gives the reasons why it could not.
    fn bring_back(&self) -> Vec<String> {
        let again = |step: &Step| {
            // As it is, nothing can be swapped to: a run was cut off while it wrote the header, and the journal has the
            // one before.
            let why = self.host.take_back(&step.action).err()?;
            for before in self.earlier.iter().rev().map(|step| &step.action).filter(|action| action.restores_bytes()) {
                drop(self.host.take_back(before));
            }
            self.host.take_back(&step.action).err().map(|_| why)
        };
        self.earlier.iter().rev().filter(|step| step.role == Role::MustBeRestored).filter_map(again).collect()
    }

    /// The run ends like this whether or not it can be recorded; `status` reports a run without a recorded end as cut
    /// off.
    fn end(&mut self, ending: Ending) -> Ending {
        let _ = self.record(Entry::Ended(ending.clone()));
        ending
    }

    fn record(&mut self, entry: Entry) -> Result<(), String> {
        let place = self.journal.path().display().to_string();
        self.journal.append(entry).map_err(|e| format!("the journal {place} cannot be written: {}", cause(&e)))
    }
}

/// Whether one of `steps` unmounts what is mounted at `point`.
fn unmounts(steps: &[Step], point: &str) -> bool {
    steps.iter().any(|step| step.action.unmounts_at() == Some(point))
}

/// Whether the node, before step `next`, is without something that it needs and a later step gives back: a run does not
/// stop there. `at_first` is whether it was so before the first step.
fn misses_something(at_first: bool, steps: &[Step], next: usize) -> bool {
    steps.iter().take(next).fold(at_first, |misses, step| match step.role {
        Role::MustBeRestored => true,
        Role::Restores => false,
        Role::Plain | Role::Permanent | Role::Temporary => misses,
    })
}
