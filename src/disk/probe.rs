//! From an image to a [`Disk`]: the edges, the table, the partitions, each with one read where possible.

use std::collections::HashSet;

use super::array::PvWithin;
use super::beside_table::beside_table;
use super::edges::EdgeBuffers;
use super::format::content::{Content, Kind};
use super::format::md::member::Member;
use super::identify::{
    Identified, VolumeBuffers, head_bytes, identify, identify_boot_code, identify_disk, identify_likely_pv,
};
use super::table::Edges;
use super::{Disk, Partition, Problem, ProblemId, TableKind, array, physical_volume, table};
use crate::base::cause::cause;
use crate::base::units::{ByteRange, SectorSize};
use crate::io::image::{Image, Slice, vm};

/// Most partitions whose starts are fetched at once.
const MOST_AHEAD: usize = 64;

/// Buffers that are used again for every disk, so that a fleet is scanned without allocating for each read.
#[derive(Default)]
pub struct Scratch {
    edges: EdgeBuffers,
    pub(super) volume: VolumeBuffers,
}

/// A disk, and the physical volumes found on it.
pub(crate) struct Probe {
    pub(crate) disk: Disk,
    pub(crate) physical_volumes: Vec<PvHere>,
}

pub(crate) struct PvHere {
    /// Its partition; `None` for the whole disk.
    pub(crate) partition: Option<u32>,
    pub(crate) range: ByteRange,
    pub(crate) reading: physical_volume::Reading,
    /// The array that it is on, where it was found in a member of one.
    pub(crate) member: Option<Member>,
}

/// Reads what is on `image`. Volume groups are not assembled yet: that takes all disks of a scan.
pub(crate) fn probe(path: &str, image: &dyn Image, scratch: &mut Scratch) -> Probe {
    let mut problems = Vec::new();
    let Scratch { edges, volume } = scratch;
    let edges = edges.read(image, &mut problems);
    read_on(path, image, (&edges, volume), problems)
}

/// The same of a file, where it is the disk itself, or else the format that it begins like.
pub(crate) fn probe_file(path: &str, image: &dyn Image, scratch: &mut Scratch) -> Result<Probe, vm::Format> {
    let mut problems = Vec::new();
    let Scratch { edges, volume } = scratch;
    let edges = edges.read(image, &mut problems);
    match vm::detect(edges.head) {
        Some(format) => Err(format),
        None => Ok(read_on(path, image, (&edges, volume), problems)),
    }
}

fn read_on(
    path: &str,
    image: &dyn Image,
    (edges, volume): (&Edges<'_>, &mut VolumeBuffers),
    mut problems: Vec<Problem>,
) -> Probe {
    volume.of_new_disk();
    let reading = table::read(image, edges);
    problems.extend(reading.problems);

    let mut physical_volumes = Vec::new();
    let mut partitions = reading.partitions;
    for partition in partitions.iter().take(MOST_AHEAD) {
        let head = head_bytes(partition.kind.is_lvm()).min(partition.bytes);
        ByteRange::new(partition.start_bytes, head).into_iter().for_each(|head| image.will_need(head));
    }
    for partition in &mut partitions {
        if let Some(found) = identify_partition((image, reading.sector), partition, volume, &mut problems) {
            if physical_volumes.is_empty() {
                physical_volumes.reserve_exact(1); // mostly the only one
            }
            physical_volumes.push(found);
        }
    }
    let divided = reading.table.kind != TableKind::None;
    let content = if divided && !partitions.is_empty() {
        beside_table(image.bytes(), edges, &partitions, &mut problems)
    } else {
        let found = identify_disk(image, edges, volume);
        problems.extend(found.problems);
        if let (Some(pv), Some(range)) = (found.physical_volume, ByteRange::new(0, image.bytes())) {
            physical_volumes.push(PvHere { partition: None, range, reading: pv, member: None });
        }
        let mut content = found.content;
        if let Some(within) = array::follow(image, &mut content, volume) {
            problems.extend(within.problems);
            physical_volumes.extend(within.physical_volume.map(|pv| on_array(pv, None, 0)));
        }
        match content.kind {
            // A table without partitions, and nothing else that would own the disk.
            Kind::Blank | Kind::Unknown if divided => Content::new(Kind::Partitioned),
            _ => content,
        }
    };
    remove_repeated(&mut problems);
    let disk = Disk {
        schema: Disk::SCHEMA,
        path: path.to_owned(),
        image_type: vm::Format::Raw,
        bytes: image.bytes(),
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

/// The ends of a disk belong to its volumes too, and so does what is wrong with them.
fn remove_repeated(problems: &mut Vec<Problem>) {
    if problems.len() > 1 {
        let mut seen = HashSet::new();
        problems.retain(|problem| seen.insert((problem.id, problem.message.clone())));
    }
}

/// A disk of which nothing could be read.
pub(crate) fn unopened(path: &str, why: &std::io::Error) -> Probe {
    let mut disk = empty(path);
    let message = match why.kind() {
        std::io::ErrorKind::UnexpectedEof => cause(why),
        _ => format!("cannot open: {}", cause(why)),
    };
    disk.problems.push(Problem::new(ProblemId::CannotOpen, message));
    Probe { disk, physical_volumes: Vec::new() }
}

fn empty(path: &str) -> Disk {
    Disk {
        schema: Disk::SCHEMA,
        path: path.to_owned(),
        image_type: vm::Format::Raw,
        bytes: 0,
        sector_bytes: crate::base::units::SectorSize::S512,
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
    (image, sector): (&dyn Image, SectorSize),
    partition: &mut Partition,
    buffers: &mut VolumeBuffers,
    problems: &mut Vec<Problem>,
) -> Option<PvHere> {
    let range = ByteRange::new(partition.start_bytes, partition.bytes)?;
    if partition.content.kind == Kind::Extended {
        return None;
    }
    let volume = Slice::new(image, range).on_sectors(sector);
    let Identified { content, physical_volume, problems: found } = if partition.kind.is_bios_boot() {
        identify_boot_code(&volume, buffers)
    } else if partition.kind.is_lvm() {
        identify_likely_pv(&volume, buffers)
    } else {
        identify(&volume, buffers)
    };
    // Of a partition that goes on beyond the disk, what was not found may yet be in the missing part.
    let cut = volume.bytes() < range.len() && matches!(content.kind, Kind::Blank | Kind::Unknown);
    partition.content = if cut { Content::new(Kind::Unreadable) } else { content };
    let number = partition.number;
    problems.extend(found.into_iter().map(|p| p.within(&format!("partition {number}"))));
    if let Some(within) = array::follow(&volume, &mut partition.content, buffers) {
        problems.extend(within.problems.into_iter().map(|p| p.within(&format!("partition {number}"))));
        return within.physical_volume.map(|pv| on_array(pv, Some(partition.number), partition.start_bytes));
    }
    physical_volume.map(|reading| PvHere { partition: Some(partition.number), range, reading, member: None })
}

/// A physical volume in the data of a member that begins at `start` of its disk.
fn on_array(found: PvWithin, partition: Option<u32>, start: u64) -> PvHere {
    let PvWithin { member, reading } = found;
    let at = start.saturating_add(member.data.start());
    // The member lies within the disk, so its data does too.
    let range = ByteRange::new(at, member.data.len()).unwrap_or(member.data);
    PvHere { partition, range, reading, member: Some(member) }
}
