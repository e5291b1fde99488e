//! From an image to a [`Disk`]: the edges, the table, the partitions, each with one read where possible.

use super::beside_table::beside_table;
use super::identify::{HEAD, Identified, PV_HEAD, identify, identify_boot_code};
use super::read::fill;
use super::table::{self, Edges};
use super::{Disk, Partition, Problem, ProblemId, TableKind, physical_volume};
use crate::format::content::{Content, Kind};
use crate::image::{Image, Slice};
use crate::units::ByteRange;

/// Bytes read at the start of a disk: both places of a GPT (512- and 4096-byte sectors) with their arrays.
const EDGE_HEAD: usize = 24576;
/// Bytes read at the end of a disk: the backup GPT of either sector size, with its array.
const EDGE_TAIL: usize = 20480;

/// Buffers that are used again for every disk, so that a fleet is scanned without allocating for each read.
pub struct Scratch {
    head: Vec<u8>,
    tail: Vec<u8>,
    volume: Vec<u8>,
    pub(super) far: Vec<u8>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { head: vec![0; EDGE_HEAD], tail: vec![0; EDGE_TAIL], volume: vec![0; PV_HEAD], far: Vec::new() }
    }
}

/// A disk, and the physical volumes found on it.
pub(crate) struct Probe {
    pub(crate) disk: Disk,
    pub(crate) physical_volumes: Vec<PvHere>,
}

/// A physical volume of a disk: where it is, and what it says.
pub(crate) struct PvHere {
    /// Its partition; `None` for the whole disk.
    pub(crate) partition: Option<u32>,
    /// Where it lies on the disk.
    pub(crate) range: ByteRange,
    pub(crate) reading: physical_volume::Reading,
}

/// Reads what is on `image`. Volume groups are not assembled yet: that takes all disks of a scan.
pub(crate) fn probe(path: &str, image: &dyn Image, scratch: &mut Scratch) -> Probe {
    let bytes = image.bytes();
    let mut problems = Vec::new();
    let head_len = shorter(EDGE_HEAD, bytes);
    let tail_len = shorter(EDGE_TAIL, bytes);
    let Scratch { head, tail, volume, far } = scratch;
    let (Some(head), Some(tail)) = (head.get_mut(..head_len), tail.get_mut(..tail_len)) else {
        return Probe { disk: empty(path), physical_volumes: Vec::new() };
    };
    let mut bad = fill(image, head, 0, &mut problems);
    bad.extend(fill(image, tail, bytes.saturating_sub(tail_len as u64), &mut problems));
    let reading = table::read(image, &Edges { head, tail, bad: &bad });
    problems.extend(reading.problems);

    let mut physical_volumes = Vec::new();
    let mut partitions = reading.partitions;
    for partition in &mut partitions {
        physical_volumes.extend(identify_partition(image, partition, volume, far, &mut problems));
    }
    let whole = head.get(..shorter(PV_HEAD, bytes)).unwrap_or_default();
    let head_bad: Vec<ByteRange> = bad.iter().copied().filter(|r| r.start() < whole.len() as u64).collect();
    let content = if reading.table.kind == TableKind::None {
        let found = identify(image, whole, &head_bad, far);
        problems.extend(found.problems);
        if let (Some(pv), Some(range)) = (found.physical_volume, ByteRange::new(0, bytes)) {
            physical_volumes.push(PvHere { partition: None, range, reading: pv });
        }
        found.content
    } else {
        beside_table(bytes, head, tail, &partitions, &mut problems)
    };
    let disk = Disk {
        schema: Disk::SCHEMA,
        path: path.to_owned(),
        bytes,
        sector_bytes: reading.sector,
        table: reading.table,
        partitions,
        content,
        volume_groups: Vec::new(),
        boot: reading.boot,
        problems,
    };
    Probe { disk, physical_volumes }
}

/// A disk of which nothing could be read.
pub(crate) fn unopened(path: &str, why: &std::io::Error) -> Disk {
    let mut disk = empty(path);
    disk.problems.push(Problem::new(ProblemId::CannotOpen, format!("{path}: cannot open: {why}")));
    disk
}

fn empty(path: &str) -> Disk {
    Disk {
        schema: Disk::SCHEMA,
        path: path.to_owned(),
        bytes: 0,
        sector_bytes: crate::units::SectorSize::S512,
        table: super::Table::NONE,
        partitions: Vec::new(),
        content: Content::new(Kind::Unreadable),
        volume_groups: Vec::new(),
        boot: super::BootEvidence::default(),
        problems: Vec::new(),
    }
}

/// Fills in what `partition` holds; its physical volume, where it is one.
fn identify_partition(
    image: &dyn Image,
    partition: &mut Partition,
    buffer: &mut [u8],
    far: &mut Vec<u8>,
    problems: &mut Vec<Problem>,
) -> Option<PvHere> {
    let range = ByteRange::new(partition.start_bytes, partition.bytes)?;
    if partition.content.kind == Kind::Extended {
        return None;
    }
    let volume = Slice::new(image, range);
    let wanted = if partition.kind.is_lvm() { PV_HEAD } else { HEAD };
    let head = buffer.get_mut(..shorter(wanted, volume.bytes()))?;
    let bad = fill(&volume, head, 0, problems);
    if partition.kind.is_bios_boot() && bad.is_empty() {
        partition.content = identify_boot_code(head);
        return None;
    }
    let Identified { content, physical_volume, problems: found } = identify(&volume, head, &bad, far);
    // Of a partition that goes on beyond the disk, what was not found may yet be in the missing part.
    let cut = volume.bytes() < range.len() && matches!(content.kind, Kind::Blank | Kind::Unknown);
    partition.content = if cut { Content::new(Kind::Unreadable) } else { content };
    problems.extend(found.into_iter().map(|p| p.within(&format!("partition {}", partition.number))));
    physical_volume.map(|reading| PvHere { partition: Some(partition.number), range, reading })
}

fn shorter(len: usize, bytes: u64) -> usize {
    usize::try_from(bytes).map_or(len, |b| b.min(len))
}
