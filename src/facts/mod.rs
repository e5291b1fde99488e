//! What is true now. Gathers, never judges; one source a file.
//!
//! Every source answers with [`Probed`], so that "could not look" is never mistaken for an answer.

pub mod boot;

pub mod disagreement;

mod gather;
mod gathered;

pub mod growth;
pub mod inventory;
pub mod kernel;

pub mod procedure;

pub mod ssh;

pub use gather::{of_disks, of_host, of_host_at};
pub use gathered::{Facts, Subjects};
