//! A step and what it does: data.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::cache_switch::CacheSwitch;
use super::file::{FileCopy, FileIdentity};
use super::program::{Back, ProgramRun};
use super::proof::Proof;
use super::role::Role;
use super::swap_header::SwapHeader;
use super::table_write::{KernelPartition, TableWrite};

/// One step: small, done or not done, provable afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    pub purpose: String,
    /// What it is to the way back of its run.
    pub role: Role,
    pub action: Action,
}

impl Step {
    /// A step that is taken back when a later one fails.
    pub fn new(purpose: impl Into<String>, action: Action) -> Self {
        Self { purpose: purpose.into(), role: Role::Plain, action }
    }

    /// The same step in this role.
    pub fn in_role(self, role: Role) -> Self {
        Self { role, ..self }
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StepVisitor)
    }
}

/// Reads a step. Only 0.1.0 wrote steps without a role: their action implies it. So only such an action is read twice.
struct StepVisitor;

impl<'de> Visitor<'de> for StepVisitor {
    type Value = Step;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a step")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Step, A::Error> {
        let (mut purpose, mut role, mut action) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "purpose" => purpose = Some(map.next_value()?),
                "role" => role = map.next_value()?,
                "action" if role.is_some() => action = Some(map.next_value()?),
                "action" => {
                    let value: Value = map.next_value()?;
                    role = Some(Role::of_old(&value));
                    action = Some(Action::deserialize(value).map_err(A::Error::custom)?);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Step {
            purpose: purpose.ok_or_else(|| A::Error::missing_field("purpose"))?,
            role: role.unwrap_or_default(),
            action: action.ok_or_else(|| A::Error::missing_field("action"))?,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Gives a file another name in its folder, never over an existing one, and flushes the folder.
    Rename {
        /// Path it has before.
        from: String,
        /// Path it has afterwards.
        to: String,
        /// What the file must still be when the step is done: anything else stops the run.
        file: FileIdentity,
    },
    Run(ProgramRun),
    /// Writes a partition table to a disk that has none.
    WriteTable(TableWrite),
    /// Adds one partition to those that the kernel knows (`BLKPG`), without having it read the table again.
    #[serde(rename = "tell-kernel")]
    AddPartition(KernelPartition),
    /// Switches the volatile write caches of disks.
    SwitchCaches(Vec<CacheSwitch>),
    /// Writes the first page of a swap area that is not in use.
    WriteSwapHeader(SwapHeader),
    /// Writes zeros over the first page of a swap volume that is not in use, before the volume goes away.
    ClearSwapHeader {
        /// The volume.
        area: String,
    },
    /// Writes zeros over the label and the metadata area of a physical volume that is half made.
    ClearHalfMade {
        /// The partition.
        device: String,
    },
    /// Copies a file to another place, never over an existing one.
    Copy(FileCopy),
    /// Follows the vendor's upgrade until it asks for a restart.
    Follow(Follow),
}

/// The vendor's upgrade, to be followed to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct Follow {
    pub log: String,
    /// Path of the system log, which has errors of an upgrade too.
    pub messages: String,
    /// The longest it is followed, in seconds; it goes on behind that.
    pub limit_seconds: u64,
}

impl Action {
    /// Whether it changes something; else it looks, or has a program look.
    pub fn changes(&self) -> bool {
        match self {
            Self::Rename { .. }
            | Self::WriteTable(_)
            | Self::AddPartition(_)
            | Self::ClearHalfMade { .. }
            | Self::SwitchCaches(_)
            | Self::WriteSwapHeader(_)
            | Self::ClearSwapHeader { .. }
            | Self::Copy(_) => true,
            Self::Run(run) => run.back != Back::Nothing,
            Self::Follow(_) => false,
        }
    }

    /// Whether it is a program that changes nothing and whose exit status is the proof: running it again verifies
    /// again. One with a proof of its own leaves something behind, such as a saved file.
    pub fn only_verifies(&self) -> bool {
        matches!(self, Self::Run(run) if run.back == Back::Nothing && run.proof.is_none())
    }

    /// The mount point at which something is mounted once it is done.
    pub fn mounts_at(&self) -> Option<&str> {
        match self {
            Self::Run(ProgramRun { proof: Some(Proof::Mounted { point }), .. }) => Some(point),
            _ => None,
        }
    }

    /// The mount point at which nothing is mounted any more once it is done.
    pub fn unmounts_at(&self) -> Option<&str> {
        match self {
            Self::Run(ProgramRun { proof: Some(Proof::NotMounted { point }), .. }) => Some(point),
            _ => None,
        }
    }

    /// Whether it makes everything again as it was before `other`.
    pub fn reverses(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::SwitchCaches(on), Self::SwitchCaches(off)) => {
                off.iter().all(|off| on.iter().any(|on| on.reverses(off)))
            }
            _ => false,
        }
    }

    /// Whether bytes that were there before are its way back.
    pub fn restores_bytes(&self) -> bool {
        matches!(self, Self::WriteSwapHeader(_) | Self::Run(ProgramRun { back: Back::Bytes { .. }, .. }))
    }
}
