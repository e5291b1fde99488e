//! A step and what it does: data.

use serde::{Deserialize, Serialize};

use super::{Back, FileCopy, FileIdentity, KernelPartition, Proof, Run, TableWrite};

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
    /// Runs a program.
    Run(Run),
    /// Writes a partition table to a disk that has none.
    WriteTable(TableWrite),
    /// Tells the kernel of one partition (`BLKPG`), without having it read the table again.
    TellKernel(KernelPartition),
    /// Copies a file to another place, never over an existing one.
    Copy(FileCopy),
    /// Follows the vendor's upgrade until it asks for a restart.
    Follow(Follow),
}

/// The vendor's upgrade, to be followed to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// Path of its log.
    pub log: String,
    /// Path of the system log, which has errors of an upgrade too.
    pub messages: String,
    /// The longest it is followed, in seconds; it goes on behind that.
    pub limit_seconds: u64,
}

impl Action {
    /// Whether it changes something; else it looks, or tells a program to look.
    pub fn changes(&self) -> bool {
        match self {
            Self::Rename { .. } | Self::WriteTable(_) | Self::TellKernel(_) | Self::Copy(_) => true,
            Self::Run(run) => run.back != Back::Nothing,
            Self::Follow(_) => false,
        }
    }

    /// Whether it is taken back whatever else stays.
    pub fn comes_back_always(&self) -> bool {
        matches!(self, Self::Run(Run { back: Back::By { vital: true, .. }, .. }))
    }

    /// The mount point at which something is mounted once it is done.
    pub fn mounts(&self) -> Option<&str> {
        match self {
            Self::Run(Run { proof: Some(Proof::Mounted { point }), .. }) => Some(point),
            _ => None,
        }
    }

    /// The mount point at which nothing is mounted any more once it is done.
    pub fn unmounts(&self) -> Option<&str> {
        match self {
            Self::Run(Run { proof: Some(Proof::NotMounted { point }), .. }) => Some(point),
            _ => None,
        }
    }

    /// Whether its way back are bytes that were there before.
    pub fn keeps_bytes(&self) -> bool {
        matches!(self, Self::Run(Run { back: Back::Bytes { .. }, .. }))
    }

    /// Whether it has no way back once it is done.
    pub fn stays_done(&self) -> bool {
        matches!(self, Self::Run(Run { back: Back::Stays { .. }, .. }))
    }

    /// Whether it takes away what the node needs, until a later step [gives it back](Self::gives_back): a run does not stop in between.
    pub fn takes_away(&self) -> bool {
        self.comes_back_always() && matches!(self, Self::Run(Run { proof: Some(Proof::SwapUnused { .. }), .. }))
    }

    /// Whether it gives the node back what it needs.
    pub fn gives_back(&self) -> bool {
        matches!(self, Self::Run(Run { proof: Some(Proof::SwapUsed { .. }), .. }))
    }
}
