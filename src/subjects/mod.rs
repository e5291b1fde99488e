//! One folder for each subject of the upgrade: what it gathers, how that is judged, what is planned, and the steps that
//! only it can do.
//!
//! | part | what |
//! | --- | --- |
//! | `facts` | gathers from a host; judges nothing. Every source answers with [`Probed`](crate::host::Probed) |
//! | beside it | judgement that rules and plans share; pure |
//! | `rules/` | one rule a file: its record, and what it finds; pure |
//! | `plan` | decides: facts and a request to steps that are data, or to a refusal; pure |
//! | `steps` | does and verifies the steps that only this subject knows |
//!
//! What another subject may read of it is what its `mod.rs` exports.

pub mod boot;
pub mod certificates;
pub mod console;
pub mod disks;
pub mod facts;
mod gather;
pub mod kernels;
pub mod media;
pub mod next_start;
pub mod preflight;
pub mod records;
pub mod rule;
pub mod ssh_keys;
mod steps;
pub mod swap;
pub mod table;
pub mod upgrade;
pub mod waivers;

pub use facts::{Facts, Subjects};
pub use gather::{ask_for_edited_files, of_disks, of_disks_at, of_host, of_host_at};
pub use steps::Steps;
