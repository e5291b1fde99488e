//! Reads a physical volume of LVM2: its label, and the metadata in its areas.

use std::borrow::Cow;

use super::format::Malformed;
use super::format::content::Found;
use super::format::lvm2::metadata_area::{HEADER_BYTES, Header};
use super::format::lvm2::{self, Label, VolumeGroup, label};
use super::{Problem, ProblemId};
use crate::base::units::ByteRange;
use crate::io::image::{Image, ReadError};

mod half_made;
#[cfg(test)]
mod tests;

pub use half_made::{WRITTEN, is_half_made};

/// Longest metadata text that is read, in bytes. Thousands of logical volumes take a few MiB.
const LONGEST_TEXT: u64 = 16 << 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What its label says of the volume; where it is damaged, the problem is here and not in `problems`.
    pub found: Found,
    /// The label; `None` where it is damaged.
    pub label: Option<Label>,
    pub metadata: Metadata,
    /// What is wrong with its areas and their text. Offsets are from the start of the volume.
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metadata {
    /// It has no metadata area, or none that LVM2 is to use: the other volumes of the group tell.
    Absent,
    /// Its areas are empty: it belongs to no group.
    Empty,
    /// None of its areas can be used.
    Damaged,
    /// It belongs to a group.
    Group {
        /// The group as this volume describes it.
        group: Box<VolumeGroup>,
        /// Checksum of the text: what differs in it differs.
        checksum: u32,
    },
}

/// Reads the physical volume that `volume` is, if there is an LVM2 label in `head`, its first bytes (2 KiB or more; 16
/// KiB save a read of most metadata).
///
/// The first area that holds a sound text is used; a second one is only looked at where the first holds none.
pub fn read(volume: &dyn Image, head: &[u8]) -> Option<Reading> {
    let label = label::find(head)?;
    let found = lvm2::found(&label);
    let Ok(label) = label else {
        return Some(Reading { found, label: None, metadata: Metadata::Damaged, problems: Vec::new() });
    };
    let mut problems = Vec::new();
    if label.device_bytes > volume.bytes() {
        let (labelled, real) = (label.device_bytes, volume.bytes());
        let why = format!("the volume had {labelled} bytes when it was labelled and has {real} now");
        problems.push(damaged(&Malformed::new("LVM2 label", label.at, why)));
    }
    let mut metadata = Metadata::Absent;
    for area in &label.metadata_areas {
        metadata = match (read_area(volume, head, *area), metadata) {
            (Ok(group @ Metadata::Group { .. }), _) => {
                metadata = group;
                break;
            }
            (Ok(Metadata::Absent), before) | (Ok(_), before @ Metadata::Damaged) => before,
            (Ok(other), _) => other,
            (Err(problem), _) => {
                problems.push(problem);
                Metadata::Damaged
            }
        };
    }
    Some(Reading { found, label: Some(label), metadata, problems })
}

/// Reads one area. Nothing is allocated that is not on the volume.
fn read_area(volume: &dyn Image, head: &[u8], area: ByteRange) -> Result<Metadata, Problem> {
    const FORMAT: &str = "LVM2 metadata area";
    let start = area.start();
    let here = |bad: Malformed| damaged(&bad.at_offset(start));
    let sector = ByteRange::new(start, HEADER_BYTES as u64).filter(|_| area.end() <= volume.bytes());
    let sector = sector.ok_or_else(|| {
        let why = format!("it ends at byte {}, the volume at {}", area.end(), volume.bytes());
        here(Malformed::new(FORMAT, 0, why))
    })?;
    let sector = fetch(volume, head, sector)?;
    let header = Header::parse(&sector, start).map_err(here)?;
    if header.bytes != area.len() {
        let why = format!("it says that it has {} bytes, the label {}", header.bytes, area.len());
        return Err(here(Malformed::new(FORMAT, 32, why)));
    }
    if header.ignored {
        return Ok(Metadata::Absent);
    }
    let Some(text) = header.committed else { return Ok(Metadata::Empty) };
    let pieces = header.pieces(&text).map_err(here)?;
    if text.bytes > LONGEST_TEXT {
        return Err(here(Malformed::new(FORMAT, 48, format!("a text of {} bytes is too long", text.bytes))));
    }
    let mut bytes = fetch(volume, head, pieces.first)?;
    if !pieces.second.is_empty() {
        bytes.to_mut().extend_from_slice(&fetch(volume, head, pieces.second)?);
    }
    let checksum = lvm2::checksum(&[&bytes]);
    if checksum != text.checksum {
        let why = format!("checksum is {:#010x}, should be {checksum:#010x}", text.checksum);
        return Err(damaged(&Malformed::new("LVM2 metadata text", pieces.first.start(), why)));
    }
    let group = VolumeGroup::parse(&bytes).map_err(|mut bad| {
        bad.at = pieces.locate(bad.at);
        damaged(&bad)
    })?;
    Ok(Metadata::Group { group: Box::new(group), checksum })
}

/// The bytes of `range`, which is known to lie on the volume: from `head` where they are there.
fn fetch<'h>(volume: &dyn Image, head: &'h [u8], range: ByteRange) -> Result<Cow<'h, [u8]>, Problem> {
    let (start, len) = (usize::try_from(range.start()), usize::try_from(range.len()));
    let held = start.ok().zip(len.ok()).and_then(|(start, len)| head.get(start..)?.get(..len));
    if let Some(held) = held {
        return Ok(Cow::Borrowed(held));
    }
    let mut bytes = vec![0; len.unwrap_or_default()];
    let unreadable = |e: ReadError| Problem::new(ProblemId::ReadError, format!("LVM2 metadata area: {e}"));
    volume.read_at(&mut bytes, range.start()).map_err(unreadable)?;
    Ok(Cow::Owned(bytes))
}

fn damaged(bad: &Malformed) -> Problem {
    Problem::new(ProblemId::LvmDamaged, bad.to_string())
}
