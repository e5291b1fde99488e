//! Files of a plan: one that is to be copied, and one as it was.

use serde::{Deserialize, Serialize};

use crate::base::digest::Sha256;

/// A copy to be. What was copied before the run was cut off is compared and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCopy {
    pub from: String,
    pub to: String,
    pub bytes: u64,
    /// What both sum up to.
    pub sha256: Sha256,
}

impl FileCopy {
    /// Where the copy is until it is whole, proved and on the disk: beside its place, by a name that no pattern of an
    /// ISO matches.
    pub fn part(&self) -> String {
        part_of(&self.to)
    }
}

/// Where a copy to `to` is until it is whole. See [`FileCopy::part`].
pub fn part_of(to: &str) -> String {
    let (folder, name) = to.rsplit_once('/').unwrap_or_default();
    format!("{folder}/.{name}.okv-host-part")
}

/// A file as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIdentity {
    pub inode: u64,
    pub bytes: u64,
    pub mode: u32,
}
