//! How a host is changed, as data: the steps of a run, what the journal records of them, the one reader of the journal,
//! and how a run ends.
//!
//! Nothing here touches a host. [`apply`] executes the steps.

pub mod apply;
pub mod audit;
mod cache_switch;
mod command;
mod ending;
mod entry;
mod exit_status;
mod file;
mod plan;
mod program;
mod proof;
mod recorded;
mod role;
mod step;
mod subject_proof;
mod swap_header;
mod table_write;
#[cfg(test)]
mod tests;

pub use cache_switch::CacheSwitch;
pub use command::Command;
pub use ending::Ending;
pub use entry::Entry;
pub use exit_status::{ExitStatus, PluginState};
pub use file::{FileCopy, FileIdentity, part_of};
pub use plan::{Plan, Reason, Refusal};
pub use program::{Back, Guard, ProgramRun};
pub use proof::Proof;
pub use recorded::{EarlierStep, Left, RecordedRun, RunState, StandingStep, last_run, runs};
pub use role::Role;
#[cfg(test)]
pub(crate) use role::assert_roles_fit;
pub use step::{Action, Follow, Step};
pub use subject_proof::SubjectProof;
pub use swap_header::SwapHeader;
pub use table_write::{BytesAt, DiskIdentity, KernelPartition, TableWrite};
