//! A partition table to be written, and a partition that the kernel is to know.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::disk::TableKind;

/// A partition table for a disk that has none: every byte that is not listed, and every one before, is zero at the ends
/// of the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct TableWrite {
    pub disk: DiskIdentity,
    /// GPT or MBR.
    pub kind: TableKind,
    /// The sectors in the order in which they are written, each flushed before the next.
    pub sectors: Vec<BytesAt>,
}

impl TableWrite {
    /// What chooses the blocks that are sampled before anything is written: the same for the same plan.
    pub fn seed(&self) -> u64 {
        let bytes: Vec<u8> = self.sectors.iter().flat_map(|sector| &sector.hex).copied().collect();
        let sum = crate::base::digest::sum(&bytes).to_string();
        sum.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
    }
}

/// A disk as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct DiskIdentity {
    pub path: String,
    pub bytes: u64,
    /// Logical block size in bytes.
    pub sector_bytes: u64,
    /// Model, where the disk has one.
    pub model: Option<String>,
    /// Serial number, where the disk has one.
    pub serial: Option<String>,
    /// World wide name, where the disk has one.
    pub wwn: Option<String>,
}

/// A partition that the kernel is to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct KernelPartition {
    pub disk: String,
    pub number: u32,
    /// Offset in bytes.
    pub start_bytes: u64,
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct BytesAt {
    /// Offset in bytes.
    pub at: u64,
    /// The bytes, in hexadecimal.
    #[serde(with = "hex")]
    #[schemars(with = "String")]
    pub hex: Vec<u8>,
}
