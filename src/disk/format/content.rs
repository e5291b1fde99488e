//! What a volume holds, in one shape for every format.

use schemars::JsonSchema;
use serde::Serialize;

use super::Malformed;
use super::refusal::Refusal;
use crate::base::ids::Id;

/// The kind of content. The words are part of the JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Ext2,
    Ext3,
    Ext4,
    Jbd,
    Xfs,
    Vfat,
    Swap,
    #[serde(rename = "lvm2-pv")]
    Lvm2Pv,
    /// A member of a Linux md array; `version` is that of its metadata.
    Md,
    Luks,
    Btrfs,
    Zfs,
    Ntfs,
    Exfat,
    Iso9660,
    Udf,
    Lvm1,
    Bcache,
    #[serde(rename = "oracle-asm")]
    OracleAsm,
    /// A member of a SNIA DDF array.
    Ddf,
    /// A member of an Intel Matrix array.
    Imsm,
    /// A partition that only holds logical partitions.
    Extended,
    /// The whole disk is divided by a partition table.
    Partitioned,
    /// Every byte looked at is zero.
    Blank,
    /// Something is there that nothing here recognises.
    Unknown,
    /// Signatures that exclude each other; `candidates` names them.
    Ambiguous,
    /// The medium could not be read there.
    Unreadable,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Ext2 => "ext2",
            Self::Ext3 => "ext3",
            Self::Ext4 => "ext4",
            Self::Jbd => "jbd",
            Self::Xfs => "xfs",
            Self::Vfat => "vfat",
            Self::Swap => "swap",
            Self::Lvm2Pv => "lvm2-pv",
            Self::Md => "md",
            Self::Luks => "luks",
            Self::Btrfs => "btrfs",
            Self::Zfs => "zfs",
            Self::Ntfs => "ntfs",
            Self::Exfat => "exfat",
            Self::Iso9660 => "iso9660",
            Self::Udf => "udf",
            Self::Lvm1 => "lvm1",
            Self::Bcache => "bcache",
            Self::OracleAsm => "oracle-asm",
            Self::Ddf => "ddf",
            Self::Imsm => "imsm",
            Self::Extended => "extended",
            Self::Partitioned => "partitioned",
            Self::Blank => "blank",
            Self::Unknown => "unknown",
            Self::Ambiguous => "ambiguous",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether a /boot can live on it.
    pub fn is_boot_file_system(self) -> bool {
        matches!(self, Self::Ext2 | Self::Ext3 | Self::Ext4 | Self::Xfs)
    }
}

/// Byte order of a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ByteOrder {
    Little,
    Big,
}

/// What only a swap area has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Swap {
    /// Page size of the machine that made it, in bytes.
    pub page_bytes: u32,
    /// Byte order of the machine that made it.
    pub byte_order: ByteOrder,
    /// Whether it holds the memory image of a hibernated machine.
    pub hibernation: bool,
    /// Pages of it that the kernel leaves out.
    #[serde(skip_serializing_if = "is_none")]
    pub bad_pages: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for it
fn is_none(pages: &u32) -> bool {
    *pages == 0
}

/// An array that can be read from one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Array {
    pub content: Content,
    pub bytes: u64,
    /// How often the array was changed when this member was last written.
    #[serde(skip)]
    pub events: u64,
    /// Which of the array's members it is.
    #[serde(skip)]
    pub role: u32,
}

impl Array {
    /// The member with the highest is the one to read: the newest, and of those the first, which the others are made
    /// from.
    pub fn rank(&self) -> (u64, u32) {
        (self.events, u32::MAX.saturating_sub(self.role))
    }
}

/// What a volume holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Content {
    pub kind: Kind,
    pub uuid: Option<Id>,
    pub label: Option<String>,
    /// Bytes that it occupies by its own figure, from the start of the volume.
    pub bytes: Option<u64>,
    /// ext and xfs: what `df` calls Size (`f_blocks * f_frsize`), in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df_bytes: Option<u64>,
    /// ext that was unmounted cleanly: the free blocks, in bytes. No part of the reports of a disk: it changes with
    /// every file.
    #[serde(skip)]
    pub free_bytes: Option<u64>,
    /// Version of the format, where formats of one kind differ: md, xfs, luks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'static str>,
    /// Of unknown content: the format whose signature is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap: Option<Swap>,
    /// ext: whether its journal has yet to be replayed, as while it is mounted, or after a loss of power.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unreplayed_journal: bool,
    /// What keeps some kernels from mounting it.
    #[serde(skip)]
    pub refusals: Vec<Refusal>,
    /// What is wrong with it, in words. The reports of a disk have these among its problems.
    #[serde(skip)]
    pub damage: Vec<String>,
    /// Of a member of a mirror of md that has all its data: the array.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub array: Option<Box<Array>>,
    /// Of an ambiguous volume: what it could be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Kind>,
}

impl Content {
    /// Content of this kind of which nothing else is known yet.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            uuid: None,
            label: None,
            bytes: None,
            df_bytes: None,
            free_bytes: None,
            version: None,
            format: None,
            swap: None,
            unreplayed_journal: false,
            refusals: Vec::new(),
            array: None,
            damage: Vec::new(),
            candidates: Vec::new(),
        }
    }

    /// What it is called: its kind, or the format that unknown content has the signature of.
    pub fn word(&self) -> &'static str {
        self.format.unwrap_or(self.kind.word())
    }

    /// The same with this identifier, unless it is all zero.
    pub fn uuid(mut self, id: Id) -> Self {
        self.uuid = (!id.is_nil()).then_some(id);
        self
    }

    /// The same with this label.
    pub fn label(mut self, label: Option<String>) -> Self {
        self.label = label;
        self
    }

    /// The same occupying this many bytes.
    pub fn bytes(mut self, bytes: u64) -> Self {
        self.bytes = Some(bytes);
        self
    }

    /// The same of this version of its format.
    pub fn version(mut self, version: &'static str) -> Self {
        self.version = Some(version);
        self
    }
}

/// Where the metadata of a format lies within its volume, which says what may lie beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the start: nothing else can own the start.
    Start,
    /// At the end, with the data of the array from the start: a file system or table there is the array's (md 0.90 and
    /// 1.0, DDF, IMSM).
    EndWithDataAtStart,
    /// At both ends (zfs).
    BothEnds,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub content: Content,
    pub place: Place,
    /// What is wrong with it; offsets are from the start of the volume. Empty for a sound one.
    pub problems: Vec<Malformed>,
}

impl Found {
    /// A sound signature at the start of its volume.
    pub fn at_start(content: Content) -> Self {
        Self { content, place: Place::Start, problems: Vec::new() }
    }

    /// The same with one thing wrong.
    pub fn with_problem(mut self, problem: Malformed) -> Self {
        self.problems.push(problem);
        self
    }
}
