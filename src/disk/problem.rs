//! What can be wrong with a disk, in fixed words.

use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    pub id: ProblemId,
    /// What it is, with offset and format.
    pub message: String,
}

impl Problem {
    pub fn new(id: ProblemId, message: impl Into<String>) -> Self {
        Self { id, message: message.into() }
    }

    /// The same, said of a part of the disk.
    pub fn within(self, part: &str) -> Self {
        Self { id: self.id, message: [part, ": ", &self.message].concat() }
    }
}

/// The fixed words for problems; part of the JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemId {
    CannotOpen,
    /// The medium cannot be read somewhere.
    ReadError,
    /// A partition table structure is damaged.
    TableDamaged,
    /// The two GPT copies, or a GPT and its MBR, do not agree.
    TableDisagrees,
    /// The table is sound, and Linux does not use it: after the next start its partitions are not there.
    TableIgnored,
    PartitionBeyondDisk,
    /// Two partitions share bytes.
    PartitionsOverlap,
    /// A signature is there but its structure is damaged.
    ContentDamaged,
    /// A file system is sound, and some kernels do not mount it.
    KernelRefuses,
    /// Signatures that exclude each other.
    Ambiguous,
    /// LVM metadata is damaged.
    LvmDamaged,
    /// Physical volumes of one volume group carry different versions of its metadata.
    LvmStale,
    MissingPv,
    /// Two volume groups of one name, or two disks with one identity (a copy, or two paths to one disk).
    Duplicate,
    /// The logical block size is assumed, not known.
    SectorSizeAssumed,
    /// The file that the disk lies in is damaged.
    ImageDamaged,
    /// The file that the disk lies in was not closed: its machine is running, or was cut off.
    ImageNotClosed,
}
