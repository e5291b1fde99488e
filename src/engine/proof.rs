//! What a host shows when a step was done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::subject_proof::SubjectProof;

/// What a host shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// LVM2 sees a physical volume there, and still all the others.
    PhysicalVolume {
        device: String,
        /// The volume group it belongs to; `None` where to none.
        group: Option<String>,
        /// Identifiers of the physical volumes that were there before.
        beside: Vec<String>,
    },
    /// A logical volume has this many extents.
    Extents {
        group: String,
        volume: String,
        extents: u64,
    },
    /// There is no such logical volume.
    NoVolume {
        group: String,
        volume: String,
    },
    /// The kernel does not swap to this area.
    SwapUnused {
        area: String,
    },
    /// The kernel swaps to this area.
    SwapUsed {
        area: String,
        /// Bytes of the area, the header's page among them.
        bytes: u64,
        /// Its priority; `None` where the kernel chooses it.
        priority: Option<i32>,
    },
    /// The area has a swap header of this size and identity.
    SwapHeader {
        area: String,
        bytes: u64,
        uuid: String,
        label: Option<String>,
    },
    Mounted {
        point: String,
    },
    /// Nothing is mounted there.
    NotMounted {
        point: String,
    },
    /// There is a file that is not empty.
    File {
        path: String,
    },
    /// What only a subject can verify. Serialized as its own word.
    #[serde(untagged)]
    Subject(SubjectProof),
}

impl From<SubjectProof> for Proof {
    fn from(proof: SubjectProof) -> Self {
        Self::Subject(proof)
    }
}
