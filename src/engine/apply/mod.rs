//! The only module that changes a host. Each step of a plan is recorded, done, proved, and recorded again; what fails
//! is taken back.
//!
//! ```text
//! lock -> plan again, unchanged -> for each step: journal, do, verify, journal -> plan once more: nothing left
//! ```

use crate::engine::{Ending, Entry, Plan, RecordedRun, Step, last_run};
use crate::io::journal::Journal;
use run::Execution;

mod caches;
mod copy;
mod flush;
mod half_made;
mod host;
mod interrupt;
mod leftovers;
mod lock;
mod mounts;
mod program;
mod proof;
mod rename;
mod run;
mod sectors;
mod step;
mod swap_header;
mod table;
mod taken_back;
mod undo;
mod volume;
mod watch;

pub use host::{SubjectSteps, TargetHost, journal_path};
pub use interrupt::Interrupts;
pub use lock::{Lock, LockError};
pub(crate) use mounts::all as all_mounts;
pub use undo::{can_take_back, lacks_something, take_back};
pub use watch::{News, Performed, Watch};

pub use crate::host::state::STATE;

/// Carries out `plan`. `report` hears of each step before it begins, and of long ones how far they are.
///
/// # Errors
/// Where the journal cannot be begun: then nothing was changed.
pub fn carry_out(
    plan: &Plan,
    host: &TargetHost<'_>,
    journal: &mut Journal<Entry>,
    interrupts: &Interrupts,
    report: &mut dyn FnMut(News<'_>),
) -> std::io::Result<Ending> {
    // Enough for the steps, and for every record of a run and of its way back.
    let records = plan.steps.len().saturating_mul(4).saturating_add(16);
    let steps = serde_json::to_string(&plan.steps)?.len();
    journal.reserve(records.saturating_mul(RECORD).saturating_add(steps) as u64)?;
    let steps = plan.steps.clone();
    journal.append(Entry::Began { command: plan.command.to_owned(), target: plan.target.clone(), steps })?;
    let earlier = last_run(journal.records()).map(steps_before).unwrap_or_default();
    Ok(Execution { host, journal, interrupts, report, earlier, needless: Vec::new() }.carry_out(&plan.steps, 0))
}

/// Finishes an unfinished run of which nothing is left to change: proves the changes that were begun, does the steps
/// that are left and look, and ends it.
pub fn finish(
    run: &RecordedRun,
    host: &TargetHost<'_>,
    journal: &mut Journal<Entry>,
    interrupts: &Interrupts,
    report: &mut dyn FnMut(News<'_>),
) -> Ending {
    let earlier = steps_before(run.clone());
    Execution { host, journal, interrupts, report, earlier, needless: Vec::new() }.finish(run)
}

/// The steps of the runs that `run` went on from.
fn steps_before(run: RecordedRun) -> Vec<Step> {
    run.earlier.into_iter().map(|earlier| earlier.step).collect()
}

/// More bytes than a record of a step takes in the journal.
const RECORD: usize = 640;

#[cfg(test)]
mod tests;
