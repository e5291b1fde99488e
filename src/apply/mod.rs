//! The only module that changes a host. Each step of a plan is recorded, done, proved, and recorded again; what fails is taken back.
//!
//! ```text
//! lock -> plan again, unchanged -> for each step: journal, do, verify, journal -> plan once more: nothing left
//! ```

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::journal::Journal;
use crate::plan::{Plan, Step};
use crate::tool::Runner;

mod confirmation;
mod copy;
mod follow;
mod interrupt;
mod inventory;
mod kernels;
mod lock;
mod mounts;
mod program;
mod proof;
mod rename;
mod rests;
mod run;
mod sectors;
mod step;
mod table;
mod undo;
mod watch;

pub use confirmation::record_confirmation;
pub use interrupt::Interrupts;
pub use inventory::record_inventory;
pub use lock::{Lock, LockError};
pub use undo::{LastRun, RunState, Standing, last_run};
pub use watch::News;

pub use crate::facts::state::STATE;

/// What the journal records of runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// A run began, with this plan.
    Began {
        /// The command.
        command: String,
        /// The target, in one sentence.
        target: String,
        /// The steps.
        steps: Vec<Step>,
    },
    /// The step of this index is about to be done.
    StepBegan(usize),
    /// It was done and proved.
    StepDone(usize),
    /// It failed.
    StepFailed(usize, String),
    /// It was taken back.
    StepUndone(usize),
    /// The way back of the whole run began, by `undo`.
    UndoBegan,
    /// The run ended like this.
    Ended(Ending),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Every step was done and proved.
    Done,
    /// A step failed, and everything before it was taken back.
    RolledBack,
    /// A step failed, and something could not be taken back.
    Stuck,
    /// A step failed after one that stays done; what the node needs is back, and another run goes on.
    Kept,
    /// A signal came; the step that was running was finished first.
    Interrupted,
    /// It was taken back as a whole, by `undo`.
    Undone,
    /// Every step was done and proved, and the host does not show the target: something else changed it.
    NotReached,
}

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every step was done and proved.
    Done,
    /// A step failed; everything before it was taken back.
    RolledBack {
        /// Why the step failed.
        why: String,
    },
    /// A step failed, and something could not be taken back.
    Stuck {
        /// Why the step failed.
        why: String,
        /// Why the way back failed.
        undo_why: String,
    },
    /// A step failed after one that stays done. What the node needs is back.
    Kept {
        /// Why the step failed.
        why: String,
        /// What stays.
        stays: String,
    },
    /// A signal came after this many steps were done, some of which changed something.
    Interrupted {
        /// Steps done and proved.
        steps: usize,
    },
}

/// A host to change: where its files lie, and what runs its programs.
pub struct Host<'h> {
    /// `/` of the host; for tests a folder that stands for it.
    pub base: PathBuf,
    /// What runs programs.
    pub runner: &'h dyn Runner,
}

impl Host<'_> {
    /// The real path of `path` on this host.
    fn path(&self, path: &str) -> PathBuf {
        self.base.join(path.trim_start_matches('/'))
    }

    /// The folder that state is kept in, made where it is missing.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn state_folder(&self) -> std::io::Result<PathBuf> {
        use std::os::unix::fs::DirBuilderExt;
        let folder = self.path(STATE);
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(folder)
    }

    /// Opens the journal.
    ///
    /// # Errors
    /// Where it cannot be written, or is damaged.
    pub fn journal(&self) -> std::io::Result<Journal<Entry>> {
        Journal::open(&self.state_folder()?.join("journal"))
    }
}

/// The journal of the host at `base`, to be read only.
pub fn journal_path(base: &Path) -> PathBuf {
    base.join(STATE.trim_start_matches('/')).join("journal")
}

/// Carries out `plan`. `tell` hears of each step before it begins, and of long ones how far they are.
///
/// # Errors
/// Where the journal cannot be begun: then nothing was changed.
pub fn carry_out(
    plan: &Plan,
    host: &Host<'_>,
    journal: &mut Journal<Entry>,
    interrupts: &Interrupts,
    tell: &mut dyn FnMut(News<'_>),
) -> std::io::Result<Outcome> {
    // Enough for the steps, and for every record of a run and of its way back.
    let records = plan.steps.len().saturating_mul(4).saturating_add(16);
    let steps = serde_json::to_string(&plan.steps)?.len();
    journal.reserve(records.saturating_mul(RECORD).saturating_add(steps) as u64)?;
    let steps = plan.steps.clone();
    journal.append(Entry::Began { command: plan.command.to_owned(), target: plan.target.clone(), steps })?;
    let earlier = last_run(journal.records()).map(|run| run.earlier).unwrap_or_default();
    Ok(run::Run { host, journal, interrupts, tell, earlier }.carry_out(&plan.steps, 0))
}

/// Finishes a run that was cut off with all its changes made: does the steps that are left, which only look, and ends it.
pub fn finish(
    run: &LastRun,
    host: &Host<'_>,
    journal: &mut Journal<Entry>,
    interrupts: &Interrupts,
    tell: &mut dyn FnMut(News<'_>),
) -> Outcome {
    let earlier = run.earlier.clone();
    run::Run { host, journal, interrupts, tell, earlier }.finish(&run.steps, run.first_left())
}

/// Why `run` cannot be taken back as it stands; nothing is changed.
///
/// # Errors
/// With the first step that is in the way.
pub fn can_take_back(run: &LastRun, host: &Host<'_>) -> Result<(), String> {
    undo::can_take_back(run, host)
}

/// Takes back what stands of `run`, last step first, and lets its programs look again.
///
/// # Errors
/// Why a step could not be taken back, or what a program said afterwards. A journal that cannot be written stops nothing and is told.
pub fn take_back(run: &LastRun, host: &Host<'_>, journal: &mut Journal<Entry>) -> Result<(), String> {
    undo::take_back(run, host, journal)
}

/// More bytes than a record of a step takes in the journal.
const RECORD: usize = 512;

#[cfg(test)]
mod tests;
