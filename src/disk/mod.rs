//! A disk as a whole: its table, its partitions and what each holds, the volume groups on it.

mod array;
mod beside_table;
mod edges;
pub mod filesystem;
pub mod format;
mod group;
mod identify;
pub mod new_swap;
pub mod new_table;
mod opened;
mod partition;
pub mod physical_volume;
mod probe;
mod problem;
mod read;
mod scan;
mod smallest;
mod source;
pub mod table;
pub mod volume_group;

pub use format::lvm2::volume_group::Allocation;
pub use group::{LogicalVolume, PhysicalVolume, Segment, Stripe, VolumeGroup};
pub use opened::OpenedDisk;
pub use partition::{CopyState, Flag, Partition, PartitionType, Table, TableKind, TypeBit, guid};
pub use probe::Scratch;
pub use problem::{Problem, ProblemId};
pub use scan::{scan, scan_alone, scan_file};
pub use smallest::smallest_disk;
pub use source::Source;

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::units::SectorSize;
use crate::io::image::{Image, vm};
use format::content::Content;

/// What one volume holds, by itself.
pub fn content_of(volume: &dyn Image) -> Content {
    identify::identify(volume, &mut identify::VolumeBuffers::default()).content
}

/// What is on a disk. Its JSON form is the contract of `okv-host scan`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Disk {
    /// Name and version of this schema.
    #[schemars(extend("const" = Disk::SCHEMA))]
    pub schema: &'static str,
    /// The path it was opened by; of a disk in an archive, with its name there.
    pub path: String,
    /// How its bytes lie in the file.
    pub image_type: vm::Format,
    pub bytes: u64,
    /// Logical block size in bytes.
    pub sector_bytes: SectorSize,
    pub table: Table,
    pub partitions: Vec<Partition>,
    /// What the whole disk contains; of the kind `partitioned` where it has a table.
    pub content: Content,
    /// The volume groups that have a physical volume here, assembled over all the disks of the scan.
    pub volume_groups: Vec<VolumeGroup>,
    pub boot: BootEvidence,
    pub problems: Vec<Problem>,
}

impl Disk {
    pub const SCHEMA: &'static str = "okv-host.scan.v1";

    /// Whether nothing at all could be read of it.
    pub fn could_not_be_opened(&self) -> bool {
        self.problems.iter().any(|p| p.id == ProblemId::CannotOpen)
    }

    /// Whether something on it could not be read.
    pub fn has_unread_parts(&self) -> bool {
        self.problems.iter().any(|p| matches!(p.id, ProblemId::CannotOpen | ProblemId::ReadError))
    }

    /// Whether a part of the answer is missing: something could not be read, or is so damaged that it says nothing.
    pub fn is_incomplete(&self) -> bool {
        self.has_unread_parts()
            || self
                .problems
                .iter()
                .any(|p| matches!(p.id, ProblemId::LvmDamaged | ProblemId::ImageDamaged) || self.lost_its_table(p))
    }

    /// The first problem that can be the reason why something was not found here.
    pub fn what_may_hide(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| match problem.id {
            ProblemId::CannotOpen | ProblemId::ReadError | ProblemId::PartitionBeyondDisk => true,
            ProblemId::LvmDamaged | ProblemId::ContentDamaged | ProblemId::Ambiguous => true,
            ProblemId::ImageDamaged => true,
            _ => self.lost_its_table(problem),
        })
    }

    /// Whether `problem` is that of a table of which no sound copy is left.
    fn lost_its_table(&self, problem: &Problem) -> bool {
        let unsound = |copy| matches!(copy, CopyState::Damaged | CopyState::Missing);
        let none_is_left = unsound(self.table.primary) && unsound(self.table.backup);
        matches!(problem.id, ProblemId::TableDamaged | ProblemId::TableIgnored | ProblemId::TableDisagrees)
            && (self.partitions.is_empty() || self.table.kind == TableKind::Gpt && none_is_left)
    }

    /// `problem`, with the path of this disk before it.
    pub fn describe(&self, problem: &Problem) -> String {
        if problem.message.starts_with(&self.path) {
            return problem.message.clone();
        }
        format!("{}: {}", self.path, problem.message)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
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
