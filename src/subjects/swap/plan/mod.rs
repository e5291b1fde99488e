//! `swap-extend`: makes the swap volume as large as the node needs, in place, with room from a new disk where there is
//! none.
//!
//! The target is absolute and every step is planned only where the host does not show its result already: so a run that
//! was cut off is finished by the next one, and a node that is ready gets an empty plan. What a run cannot learn again
//! from the disks (UUID, label and priority of an area whose header is gone) comes from the journal.

use super::facts::Growth;
use crate::base::units::Bytes;
use crate::engine::{Action, CacheSwitch, Plan, ProgramRun, Reason, Refusal, Step};

mod caches;
mod disk;
mod durable;
mod group;
mod remembered;
mod space;
mod swap;

pub use caches::left_off;
pub use disk::{Choice, Wanted, disk_to_add};
pub use remembered::Remembered;

pub const COMMAND: &str = "swap-extend";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub group: String,
    pub volume: String,
    /// Bytes of swap that the node is to have.
    pub target_bytes: u64,
    /// The disk to add: its path, a link to it, its serial number or its world wide name.
    pub disk: Option<String>,
    /// Where that link leads, if it is one.
    pub disk_path: Option<String>,
    /// Whether a temporary area takes the pages where memory cannot.
    pub temporary_swap: bool,
    /// What a run that was cut off knew.
    pub remembered: Option<Remembered>,
    /// Write caches that a run which was cut off switched off.
    pub caches_off: Vec<CacheSwitch>,
}

impl Request {
    /// Path of the swap volume.
    pub fn device(&self) -> String {
        format!("/dev/{}/{}", self.group, self.volume)
    }

    /// The swap volume as LVM2's tools take it.
    fn name(&self) -> String {
        format!("{}/{}", self.group, self.volume)
    }
}

/// The plan. Without steps where the node has the swap.
///
/// # Errors
/// With everything that is in the way.
pub fn plan(growth: &Growth, request: &Request) -> Result<Plan, Refusal> {
    let mut notes = Vec::new();
    let system = group::system(growth, request)?;
    let mut need = swap::need(growth, request, &system)?;
    need.find_room(growth, request, &system)?;
    let mut steps = Vec::new();
    let space = space::missing(&system, &need);
    let disk = disk::choose(growth, request, &system, space)?;
    match &disk {
        Some(disk) => {
            notes.extend(disk.notes(growth));
            steps.extend(disk.steps(&system, request)?);
        }
        None if need.grows() => notes.push(format!("{} has the extents: no disk is added", request.group)),
        None => {}
    }
    steps.extend(swap::steps(growth, request, &system, &need)?);
    let steps = durable::durable(steps, &system, disk.as_ref(), request);
    notes.extend(caches::notes(growth, &system, disk.as_ref(), request));
    let steps = caches::without_caches(steps, growth, &system, disk.as_ref(), request);
    notes.extend(need.notes(growth, request));
    Ok(Plan {
        command: COMMAND,
        target: format!("{} of swap, with {} grown in place", Bytes(request.target_bytes), request.name()),
        steps,
        notes,
    })
}

fn refuse(id: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Refusal {
    Refusal { reasons: vec![Reason { id, message: message.into(), remedy: remedy.into() }] }
}

fn step(purpose: impl Into<String>, run: ProgramRun) -> Step {
    Step::new(purpose, Action::Run(run))
}

#[cfg(test)]
pub(crate) mod tests;
