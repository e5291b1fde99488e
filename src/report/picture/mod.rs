//! What lies on each disk, as a picture shows it: partitions, and in physical volumes of LVM2 the logical volumes and
//! what is free. Before, and after the steps of a plan.

mod after;

pub(super) use after::after;

use super::layout::pieces;
use crate::disk::format::content::Kind;
use crate::disk::{Disk, LogicalVolume, PhysicalVolume, VolumeGroup};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DiskPicture {
    pub(super) path: String,
    pub(super) bytes: u64,
    /// In the order of their place; none where the whole disk is one piece.
    pub(super) areas: Vec<Area>,
}

/// A partition, a gap, or a whole disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Area {
    /// `None` of a gap and of a whole disk.
    pub(super) number: Option<u32>,
    pub(super) bytes: u64,
    pub(super) content: String,
    pub(super) look: Look,
    /// Where it is a physical volume of a group.
    pub(super) volume: Option<Physical>,
}

/// A physical volume: what lies in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Physical {
    pub(super) group: String,
    pub(super) extent_bytes: u64,
    pub(super) parts: Vec<Part>,
}

/// Extents of one logical volume, or free ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// `None` where they are free.
    pub(super) volume: Option<String>,
    pub(super) extents: u64,
    pub(super) content: String,
    pub(super) look: Look,
}

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Boot,
    Lvm,
    Swap,
    Data,
    Free,
    /// Made by the plan.
    New,
}

const FREE: &str = "free";

pub(super) fn before(disks: &[Disk]) -> Vec<DiskPicture> {
    disks.iter().filter(|disk| !disk.could_not_be_opened()).map(of_disk).collect()
}

fn of_disk(disk: &Disk) -> DiskPicture {
    let mut areas: Vec<Area> = pieces(disk)
        .into_iter()
        .map(|piece| match piece.partition {
            None => Area { number: None, bytes: piece.bytes, content: FREE.to_owned(), look: Look::Free, volume: None },
            Some(partition) => Area {
                number: Some(partition.number),
                bytes: piece.bytes,
                content: partition.content.word().to_owned(),
                look: look(partition.content.kind, partition.kind.is_esp() || partition.kind.is_bios_boot()),
                volume: physical(disk, Some(partition.number)),
            },
        })
        .collect();
    if areas.is_empty() {
        let (content, look) = match disk.content.kind {
            Kind::Blank => ("blank".to_owned(), Look::Free),
            kind => (disk.content.word().to_owned(), look(kind, false)),
        };
        areas.push(Area { number: None, bytes: disk.bytes, content, look, volume: physical(disk, None) });
    }
    DiskPicture { path: disk.path.clone(), bytes: disk.bytes, areas }
}

fn look(kind: Kind, is_of_firmware: bool) -> Look {
    match kind {
        _ if is_of_firmware => Look::Boot,
        Kind::Lvm2Pv => Look::Lvm,
        Kind::Swap => Look::Swap,
        Kind::Blank => Look::Free,
        _ => Look::Data,
    }
}

fn physical(disk: &Disk, partition: Option<u32>) -> Option<Physical> {
    let is_it = |pv: &&PhysicalVolume| pv.path.as_ref() == Some(&disk.path) && pv.partition == partition;
    let (group, pv) = disk.volume_groups.iter().find_map(|g| Some((g, g.physical_volumes.iter().find(is_it)?)))?;
    Some(Physical { group: group.name.clone(), extent_bytes: group.extent_bytes, parts: parts(group, pv) })
}

/// What lies in a physical volume, in its order.
fn parts(group: &VolumeGroup, pv: &PhysicalVolume) -> Vec<Part> {
    let mut used: Vec<(u64, u64, &LogicalVolume)> = Vec::new();
    for volume in &group.logical_volumes {
        for segment in &volume.segments {
            let each = segment.extents.checked_div(segment.stripes.len() as u64).unwrap_or_default();
            let here = segment.stripes.iter().filter(|stripe| stripe.pv == pv.uuid);
            used.extend(here.map(|stripe| (stripe.start_extent, each, volume)));
        }
    }
    used.sort_by_key(|(start, ..)| *start);
    // What belongs to no visible volume is free, unless the group counts less as free.
    let taken = used.iter().map(|(_, extents, _)| *extents).fold(0, u64::saturating_add);
    let rest = if pv.extents.saturating_sub(taken) == pv.free_extents { FREE } else { "free, or not shown" };
    let mut parts = Vec::new();
    let gap = |parts: &mut Vec<Part>, extents: u64| {
        if extents > 0 {
            parts.push(Part { volume: None, extents, content: rest.to_owned(), look: Look::Free });
        }
    };
    let mut at = 0_u64;
    for (start, extents, volume) in used {
        gap(&mut parts, start.saturating_sub(at));
        let content = volume.content.as_ref();
        let name = Some(volume.name.clone());
        match parts.last_mut().filter(|last| start <= at && last.volume == name) {
            Some(last) => last.extents = last.extents.saturating_add(extents),
            None => parts.push(Part {
                volume: name,
                extents,
                content: content.map_or_else(|| "not read".to_owned(), |content| content.word().to_owned()),
                look: content.map_or(Look::Data, |content| look(content.kind, false)),
            }),
        }
        at = at.max(start.saturating_add(extents));
    }
    gap(&mut parts, pv.extents.saturating_sub(at));
    parts
}
