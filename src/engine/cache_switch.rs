//! Write caches of disks to be switched.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::table_write::DiskIdentity;

/// The volatile write cache of a disk to be switched, by a file of sysfs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct CacheSwitch {
    pub disk: DiskIdentity,
    /// The file of sysfs that shows and switches it.
    pub file: String,
    /// What the file has before.
    pub from: String,
    pub to: String,
}

impl CacheSwitch {
    pub(super) fn reverses(&self, other: &Self) -> bool {
        (&self.disk, &self.file, &self.from, &self.to) == (&other.disk, &other.file, &other.to, &other.from)
    }
}
