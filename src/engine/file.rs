//! Files of a plan: one that is to be copied, and one as it was.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::digest::Sha256;

/// A copy to be. What was copied before the run was cut off is compared and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct FileIdentity {
    pub inode: u64,
    pub bytes: u64,
    pub mode: u32,
    /// Sum of its content; plans of okv-host 0.1.0 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_journal_of_0_1_0_has_no_sum() {
        let file: FileIdentity = serde_json::from_str(r#"{"inode":7,"bytes":8,"mode":384}"#).unwrap();
        assert_eq!(file, FileIdentity { inode: 7, bytes: 8, mode: 0o600, sha256: None });
    }
}
