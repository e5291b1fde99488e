//! A disk as a whole: its table, its partitions and what each holds, the volume groups on it.

mod identify;
pub mod physical_volume;
mod probe;
mod read;
mod scan;
pub mod table;
pub mod volume_group;

pub use probe::Scratch;
pub use scan::{Source, scan, scan_alone};

use serde::{Serialize, Serializer};

use crate::format::content::Content;
use crate::ids::Id;
use crate::units::SectorSize;

pub mod table;

/// What is on a disk. Its JSON form is the contract of `okv-host scan`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Disk {
    /// Name and version of this schema: [`Disk::SCHEMA`].
    pub schema: &'static str,
    /// The path it was opened by.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Logical block size in bytes.
    pub sector_bytes: SectorSize,
    /// The partition table.
    pub table: Table,
    /// The partitions, by number.
    pub partitions: Vec<Partition>,
    /// What the whole disk holds; [`Kind::Partitioned`](crate::format::content::Kind::Partitioned) where it has a table.
    pub content: Content,
    /// The volume groups that have a physical volume here, assembled over all the disks of the scan.
    pub volume_groups: Vec<VolumeGroup>,
    /// What the disk tells about how a machine boots from it.
    pub boot: BootEvidence,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Disk {
    /// Name and version of the JSON schema.
    pub const SCHEMA: &'static str = "okv-host.scan.v1";

    /// Whether nothing at all could be read of it.
    pub fn could_not_be_opened(&self) -> bool {
        self.problems.iter().any(|p| p.id == ProblemId::CannotOpen)
    }

    /// Whether something on it could not be read, so that what was not found may yet be there.
    pub fn has_unread_parts(&self) -> bool {
        self.problems.iter().any(|p| matches!(p.id, ProblemId::CannotOpen | ProblemId::ReadError))
    }
}

/// A partition table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its kind.
    pub kind: TableKind,
    /// GPT disk GUID or MBR disk identifier.
    pub uuid: Option<Id>,
    /// State of the copy at the start: GPT header and array, or the MBR with its chain of logical partitions.
    pub primary: CopyState,
    /// State of the copy at the end; `missing` where there is none, as an MBR never has one.
    pub backup: CopyState,
    /// Whether the MBR beside a GPT has partitions of its own.
    pub hybrid: bool,
}

impl Table {
    /// No table.
    pub const NONE: Self = Self {
        kind: TableKind::None,
        uuid: None,
        primary: CopyState::Missing,
        backup: CopyState::Missing,
        hybrid: false,
    };
}

/// Kind of partition table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum TableKind {
    Gpt,
    Mbr,
    None,
}

/// State of one copy of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CopyState {
    /// There and sound.
    Ok,
    /// There, and wrong: checksum, bounds, or the medium cannot be read.
    Damaged,
    /// Not there.
    Missing,
    /// Sound, but it says something else than the other copy, or lies elsewhere than it should.
    Disagrees,
}

impl CopyState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::Disagrees => "disagrees",
        }
    }
}

/// A partition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Partition {
    /// Its number, as the kernel counts: GPT slot, MBR 1 to 4, logical from 5.
    pub number: u32,
    /// Offset in bytes.
    pub start_bytes: u64,
    /// Length in bytes.
    pub bytes: u64,
    /// GPT type GUID or MBR type.
    #[serde(rename = "type")]
    pub kind: PartitionType,
    /// GPT unique GUID; an MBR partition has none.
    pub uuid: Option<Id>,
    /// GPT name.
    pub name: Option<String>,
    /// Attributes that are set.
    pub flags: Vec<Flag>,
    /// What it holds.
    pub content: Content,
}

/// Type of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionType {
    /// GPT: a GUID.
    Guid(Id),
    /// MBR: one byte.
    Mbr(u8),
}

impl PartitionType {
    /// The EFI System Partition, in either kind of table.
    pub fn is_esp(self) -> bool {
        self == Self::Guid(guid::ESP) || self == Self::Mbr(0xef)
    }

    /// The GRUB BIOS boot partition of a GPT.
    pub fn is_bios_boot(self) -> bool {
        self == Self::Guid(guid::BIOS_BOOT)
    }

    /// An LVM partition, in either kind of table. It need not hold a physical volume.
    pub fn is_lvm(self) -> bool {
        self == Self::Guid(guid::LVM) || self == Self::Mbr(0x8e)
    }

    /// An MBR partition that holds logical partitions.
    pub fn is_extended(self) -> bool {
        matches!(self, Self::Mbr(0x05 | 0x0f | 0x85))
    }
}

impl std::fmt::Display for PartitionType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Guid(id) => id.fmt(f),
            Self::Mbr(byte) => write!(f, "{byte:#04x}"),
        }
    }
}

impl Serialize for PartitionType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Guid(id) => id.serialize(serializer),
            Self::Mbr(_) => serializer.collect_str(self),
        }
    }
}

/// Partition type GUIDs (UEFI specification, Discoverable Partitions Specification, GRUB manual).
pub mod guid {
    use crate::ids::Id;

    /// c12a7328-f81f-11d2-ba4b-00a0c93ec93b
    pub const ESP: Id = Id::Uuid(0xc12a_7328_f81f_11d2_ba4b_00a0_c93e_c93b_u128.to_be_bytes());
    /// 21686148-6449-6e6f-744e-656564454649
    pub const BIOS_BOOT: Id = Id::Uuid(0x2168_6148_6449_6e6f_744e_6565_6445_4649_u128.to_be_bytes());
    /// e6d6d379-f507-44c2-a23c-238f2a3df928
    pub const LVM: Id = Id::Uuid(0xe6d6_d379_f507_44c2_a23c_238f_2a3d_f928_u128.to_be_bytes());
}

/// An attribute of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// MBR: marked active (bootable).
    Active,
    /// MBR: a logical partition, within an extended one.
    Logical,
    /// GPT bit 0: the platform needs it.
    Required,
    /// GPT bit 1: firmware must not look into it.
    NoBlockIo,
    /// GPT bit 2: bootable by a legacy BIOS.
    LegacyBootable,
    /// GPT bits 48 to 63, whose meaning the type defines.
    #[serde(untagged)]
    TypeBit(TypeBit),
}

/// One of the GPT attribute bits 48 to 63, shown as `bit-60`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeBit(pub u8);

impl Serialize for TypeBit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("bit-{}", self.0))
    }
}

/// What a disk tells about booting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct BootEvidence {
    /// Number of the EFI System Partition.
    pub esp: Option<u32>,
    /// Number of the BIOS boot partition (where GRUB keeps its core image on a GPT disk).
    pub bios_boot_partition: Option<u32>,
    /// Whether sector 0 has machine code.
    pub boot_code: bool,
    /// Number of the MBR partition marked active.
    pub active_partition: Option<u32>,
}

/// Something wrong with a disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A fixed word.
    pub id: ProblemId,
    /// What it is, with offset and format.
    pub message: String,
}

impl Problem {
    /// A problem.
    pub fn new(id: ProblemId, message: impl Into<String>) -> Self {
        Self { id, message: message.into() }
    }

    /// The same, said of a part of the disk.
    pub fn within(mut self, part: &str) -> Self {
        self.message.insert_str(0, ": ");
        self.message.insert_str(0, part);
        self
    }
}

/// The fixed words for problems; part of the JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemId {
    /// The disk or image cannot be opened.
    CannotOpen,
    /// The medium cannot be read somewhere.
    ReadError,
    /// A partition table structure is damaged.
    TableDamaged,
    /// The two GPT copies, or a GPT and its MBR, do not agree.
    TableDisagrees,
    /// A partition lies beyond the disk.
    PartitionBeyondDisk,
    /// Two partitions share bytes.
    PartitionsOverlap,
    /// A signature is there but its structure is damaged.
    ContentDamaged,
    /// Signatures that exclude each other.
    Ambiguous,
    /// LVM metadata is damaged.
    LvmDamaged,
    /// Physical volumes of one volume group carry different versions of its metadata.
    LvmStale,
    /// A volume group misses a physical volume.
    MissingPv,
    /// Two volume groups of one name, or two disks with one identity (a copy, or two paths to one disk).
    Duplicate,
    /// The logical block size is assumed, not known.
    SectorSizeAssumed,
}

/// A volume group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VolumeGroup {
    /// Its name.
    pub name: String,
    /// Its identifier.
    pub uuid: Option<Id>,
    /// Extent size in bytes.
    pub extent_bytes: u64,
    /// Extents of all its physical volumes.
    pub extents: u64,
    /// Extents that no logical volume uses.
    pub free_extents: u64,
    /// Identifiers of the physical volumes that were not found on the disks of the scan.
    pub missing_pvs: Vec<Id>,
    /// Status flags of the group, lower-case as LVM2 writes them: `exported`, `resizeable`, ...
    pub flags: Vec<String>,
    /// Sequence number of the metadata that was used.
    pub seqno: u64,
    /// Its physical volumes, in the metadata's order.
    pub physical_volumes: Vec<PhysicalVolume>,
    /// Its logical volumes that are visible.
    pub logical_volumes: Vec<LogicalVolume>,
}

/// A physical volume of a volume group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhysicalVolume {
    /// Its identifier.
    pub uuid: Id,
    /// The disk it is on, by the path of the scan; `None` where it was not found.
    pub path: Option<String>,
    /// The partition it is on; `None` for a whole disk.
    pub partition: Option<u32>,
    /// Offset of its first extent from its own start, in bytes.
    pub first_extent_bytes: u64,
    /// Its extents.
    pub extents: u64,
    /// Its extents that no segment uses.
    pub free_extents: u64,
}

/// A logical volume.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogicalVolume {
    /// Its name.
    pub name: String,
    /// Its identifier.
    pub uuid: Option<Id>,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its segments, in order.
    pub segments: Vec<Segment>,
    /// What it holds; `None` where that was not looked at, because it is neither linear nor striped, or a part is missing.
    pub content: Option<Content>,
}

/// A segment of a logical volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// Its type as LVM2 calls it: `linear`, `striped`, `thin`, `raid1`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// First logical extent.
    pub start_extent: u64,
    /// Number of logical extents.
    pub extents: u64,
    /// Stripe size in bytes; 0 where there is one stripe or none.
    pub stripe_bytes: u64,
    /// Where its data lies; one entry for a linear segment, empty where the type is something else.
    pub stripes: Vec<Stripe>,
}

/// One stripe of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stripe {
    /// The physical volume.
    pub pv: Id,
    /// First physical extent.
    pub start_extent: u64,
}
