//! Decides: pure functions from facts and a request to a [`Plan`] or a [`Refusal`].
//!
//! A plan says what will be done, in steps that are data: what is printed is what is applied. It is made from what is true now, towards
//! an absolute target, so that making it again after a crash continues from there; a plan without steps is success.

use serde::{Deserialize, Serialize};

pub mod kernel_prune;
pub mod ssh_dsa_retire;

/// What will be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The command it is a plan of.
    pub command: &'static str,
    /// The target, in one sentence.
    pub target: String,
    /// The steps, in order; none where the target is already reached.
    pub steps: Vec<Step>,
    /// What the operator should know beside the steps.
    pub notes: Vec<String>,
}

/// One step: small, done or not done, provable afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is for, in one sentence.
    pub purpose: String,
    /// What it does.
    pub action: Action,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Runs a program that changes nothing, or what its purpose says; its success is the proof.
    Run {
        /// Absolute path and arguments.
        argv: Vec<String>,
    },
}

impl Action {
    /// Whether it changes something that can be taken back; else it looks, or tells a program to look.
    pub fn changes(&self) -> bool {
        matches!(self, Self::Rename { .. })
    }
}

/// A file as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIdentity {
    /// Inode number.
    pub inode: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// Permission bits.
    pub mode: u32,
}

/// Why nothing is planned, and what would lift it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Each reason; there is at least one.
    pub reasons: Vec<Reason>,
}

/// A reason to refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A fixed word.
    pub id: &'static str,
    /// What is in the way, with file, line and figures.
    pub message: String,
    /// What would lift it.
    pub remedy: String,
}
