//! What a host shows when a step was done that only a subject can verify.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a host shows, as its subject reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectProof {
    /// Packages are gone, and kernels are whole: vmlinuz, initramfs, modules, boot entry.
    Kernels {
        /// The packages, as `NAME-EPOCH:VERSION-RELEASE.ARCH`.
        gone: Vec<String>,
        /// The releases of the kernels.
        whole: Vec<String>,
    },
    /// The boot loader starts this kernel where nobody chooses.
    BootDefault { release: String },
    /// An ISO is mounted there, read-only, and has these files.
    IsoMounted { iso: String, point: String, has: Vec<String> },
    /// The vendor's upgrade has begun to write its log.
    UpgradeBegan { log: String },
    /// The next start of the node does not surely end before its end.
    NextStart,
}

impl fmt::Display for SubjectProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kernels { gone, .. } => {
                write!(f, "{} are gone, and the kernels that stay are whole", gone.join(", "))
            }
            Self::BootDefault { release } => write!(f, "{release} is started by default"),
            Self::IsoMounted { iso, point, .. } => write!(f, "{iso} is mounted at {point}, read-only"),
            Self::NextStart => f.write_str("the next start of the node gets to its end"),
            Self::UpgradeBegan { log } => write!(f, "the upgrade writes to {log}"),
        }
    }
}
