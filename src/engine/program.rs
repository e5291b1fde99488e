//! A program that a step runs: what must hold before, what shows that it was done, and how it is taken back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::command::Command;
use super::proof::Proof;
use super::table_write::BytesAt;
use crate::io::tool::Program;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct ProgramRun {
    #[serde(rename = "argv")]
    pub command: Command,
    /// The longest it may take, in seconds.
    #[serde(default = "minute", skip_serializing_if = "is_minute")]
    pub limit_seconds: u64,
    /// What must hold when it is run; asked again at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guard>,
    /// Where this holds already, it is not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<Proof>,
    /// What the host shows when it was done; without it, the exit status is the proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// How it is taken back.
    #[serde(default, skip_serializing_if = "Back::is_nothing")]
    pub back: Back,
    /// Block devices that it may write to, and folders of file systems that it may write to. They are flushed before
    /// the step counts as done or as taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<String>,
}

fn minute() -> u64 {
    60
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde wants a reference
fn is_minute(seconds: &u64) -> bool {
    *seconds == minute()
}

impl ProgramRun {
    /// A program that only looks; its success is the proof.
    pub fn looks(program: Program, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            command: Command::new(program, args),
            limit_seconds: minute(),
            guard: None,
            unless: None,
            proof: None,
            back: Back::Nothing,
            writes: Vec::new(),
        }
    }

    /// A program after which `proof` holds, and which `back` takes back.
    pub fn changes(
        program: Program,
        args: impl IntoIterator<Item = impl Into<String>>,
        proof: impl Into<Proof>,
        back: Back,
    ) -> Self {
        Self { proof: Some(proof.into()), back, ..Self::looks(program, args) }
    }

    /// Its limit, where that is not the minute which a program has that names none.
    pub fn limit_of_its_own(&self) -> Option<u64> {
        Some(self.limit_seconds).filter(|seconds| *seconds != minute())
    }

    /// The same with this limit.
    pub fn within(self, limit_seconds: u64) -> Self {
        Self { limit_seconds, ..self }
    }

    /// The same, which may write to these block devices, and to the file systems of these folders.
    pub fn writing(self, paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { writes: paths.into_iter().map(Into::into).collect(), ..self }
    }

    /// The same only where `guard` holds.
    pub fn only_if(self, guard: Guard) -> Self {
        Self { guard: Some(guard), ..self }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Back {
    /// It changes nothing that would have to be.
    #[default]
    Nothing,
    /// What it changes need not be taken back: nothing depends on it.
    Needless,
    /// By this program, after which the proof of the step does not hold any more.
    By {
        #[serde(rename = "argv")]
        command: Command,
    },
    /// By writing these bytes, which were there before.
    Bytes {
        /// The volume.
        path: String,
        /// The bytes, in whole sectors.
        bytes: Vec<BytesAt>,
        /// Bytes from the start that were zero where nothing is listed.
        of: u64,
    },
    /// It is not taken back.
    Stays { why: String },
}

impl Back {
    pub fn by(program: Program, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::By { command: Command::new(program, args) }
    }

    fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

/// What must hold at the moment when a program is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Memory and the other swap areas hold what is swapped out to this one, with a margin.
    RoomForPages { area: String, margin_kib: u64 },
    /// The next start of the node does not surely end before its end.
    NextStart,
    /// Neither the folder nor a file in it whose name has this word is immutable: what removes them would end half-way.
    Removable { folder: String, word: String },
}
