//! What a volume holds: the signatures found in as few reads as give a sure answer.
//!
//! One read of the first bytes is enough where they hold a signature that claims the volume to its end. Only where
//! nothing is found there, or what is found leaves room behind it for the superblock of an array, the far places are
//! read as well: a member of an md array shows the array's file system at its start, but that file system ends
//! before the array's superblock.

mod far_name;
mod far_windows;

use far_name::Far;
use far_windows::FarWindows;

use super::format::content::{Content, Found, Kind, Place};
use super::format::windows::Windows;
use super::format::{Malformed, foreign, signature, vfat};
use super::read::fill;
use super::table::Edges;
use super::{Problem, ProblemId, physical_volume};
use crate::base::bytes::all_zero;
use crate::base::units::ByteRange;
use crate::io::image::Image;

/// Bytes read at the start of a volume.
const HEAD: usize = 8192;
/// Bytes read at the start of a logical volume: md 1.2 and bcache keep their superblock at byte 4096, behind whatever
/// was there before.
pub(crate) const LOGICAL_HEAD: usize = HEAD;
/// Bytes read at the start of a volume that is likely a physical volume: label, metadata header and text.
const PV_HEAD: usize = 16384;
/// Bytes read of a volume for the code of a boot loader.
const BOOT_CODE: usize = 512;
/// Most volumes of a disk that are read further because they seem blank.
const MOST_BLANK: u32 = 128;
/// The least room that the superblock of an array needs behind the data, in bytes (md 1.0).
const ROOM: u64 = 4096;

pub(crate) struct Identified {
    pub(crate) content: Content,
    /// Its physical volume, where it is one.
    pub(crate) physical_volume: Option<physical_volume::Reading>,
    /// What is wrong; offsets are from the start of the volume.
    pub(crate) problems: Vec<Problem>,
}

impl Identified {
    /// A hole in a sparse image file is blank: that was asked instead of reading it.
    fn hole() -> Self {
        Self { content: Content::new(Kind::Blank), physical_volume: None, problems: Vec::new() }
    }
}

/// Memory for what is read of a volume, used again for every volume.
pub(crate) struct VolumeBuffers {
    head: Vec<u8>,
    rest: RestBuffers,
    /// Whether the volume before was a hole: then the next one may well be, and is asked before it is read.
    after_hole: bool,
}

/// Memory for what is read of a volume beyond its first bytes.
#[derive(Default)]
struct RestBuffers {
    far: Vec<u8>,
    /// What was found of the volume.
    found: Vec<Found>,
    /// How many volumes of this disk that seemed blank were read further.
    blank: u32,
    root_directory: Vec<u8>,
}

impl VolumeBuffers {
    /// For the volumes of another disk.
    pub(crate) fn of_new_disk(&mut self) {
        self.rest.blank = 0;
    }
}

/// Whether one more volume is read further. A table can have thousands of partitions; those beyond the limit are not
/// called blank.
fn may_look(looked: &mut u32) -> bool {
    *looked = looked.saturating_add(1);
    *looked <= MOST_BLANK
}

impl Default for VolumeBuffers {
    fn default() -> Self {
        Self { head: vec![0; PV_HEAD], rest: RestBuffers::default(), after_hole: false }
    }
}

/// Bytes that are read of a partition at first.
pub(crate) fn head_bytes(likely_pv: bool) -> u64 {
    let bytes = if likely_pv { PV_HEAD } else { HEAD };
    bytes as u64
}

pub(crate) fn identify(volume: &dyn Image, buffers: &mut VolumeBuffers) -> Identified {
    identify_by(HEAD, volume, buffers)
}

pub(crate) fn identify_logical(volume: &dyn Image, buffers: &mut VolumeBuffers) -> Identified {
    identify_by(LOGICAL_HEAD, volume, buffers)
}

/// Identifies a whole disk of which `edges` were read. The start is not read again, nor is what was wrong with it told
/// again.
pub(crate) fn identify_disk(disk: &dyn Image, edges: &Edges<'_>, buffers: &mut VolumeBuffers) -> Identified {
    let head = edges.head.get(..edges.head.len().min(HEAD)).unwrap_or_default();
    let sound = !edges.bad.iter().any(|bad| bad.start() < head.len() as u64);
    if sound && all_zero(head) && is_hole(disk) {
        return Identified::hole();
    }
    identify_from(disk, head, sound, &mut buffers.rest, Vec::new())
}

/// Identifies a volume that is likely a physical volume of LVM2, as its partition type says: the result is the same, in
/// fewer reads where it is one.
pub(crate) fn identify_likely_pv(volume: &dyn Image, buffers: &mut VolumeBuffers) -> Identified {
    identify_by(PV_HEAD, volume, buffers)
}

/// Identifies a volume that holds the code of a boot loader, as its partition type says: such code has no superblock,
/// so no further place is looked at.
pub(crate) fn identify_boot_code(volume: &dyn Image, buffers: &mut VolumeBuffers) -> Identified {
    let mut problems = Vec::new();
    let len = usize::try_from(volume.bytes()).map_or(BOOT_CODE, |b| b.min(BOOT_CODE));
    let code = buffers.head.get_mut(..len).unwrap_or_default();
    let bad = fill(volume, code, 0, &mut problems);
    let kind = if !bad.is_empty() {
        Kind::Unreadable
    } else if all_zero(code) {
        Kind::Blank
    } else {
        Kind::Unknown
    };
    Identified { content: Content::new(kind), physical_volume: None, problems }
}

fn identify_by(head_len: usize, volume: &dyn Image, buffers: &mut VolumeBuffers) -> Identified {
    let VolumeBuffers { head, rest, after_hole } = buffers;
    if *after_hole && is_hole(volume) {
        return Identified::hole();
    }
    let mut problems = Vec::new();
    let head_len = usize::try_from(volume.bytes()).map_or(head_len, |b| b.min(head_len));
    let head = head.get_mut(..head_len).unwrap_or_default();
    let bad = fill(volume, head, 0, &mut problems);
    let sound = bad.is_empty();
    *after_hole = sound && all_zero(head) && is_hole(volume);
    if *after_hole {
        return Identified::hole();
    }
    identify_from(volume, head, sound, rest, problems)
}

/// Identifies a volume whose first bytes are in memory already; `sound`: the medium gave all of them.
fn identify_from(
    volume: &dyn Image,
    head: &[u8],
    sound: bool,
    buffers: &mut RestBuffers,
    mut problems: Vec<Problem>,
) -> Identified {
    let sector = volume.sector_size().map(|sector| sector.bytes());
    let near = Windows::new(volume.bytes()).on_sectors(sector).with(0, head);
    let mut found = std::mem::take(&mut buffers.found);
    found.clear();
    let physical_volume = look(&near, volume, head, &mut found, &mut buffers.root_directory, &mut problems);
    let mut unreadable = !sound;
    let mut unknown = Content::new(Kind::Unknown);
    let blank = if far_look_needed(&found, volume.bytes()) {
        let mut far = FarWindows::read(volume, head.len() as u64, &mut buffers.far, &mut problems);
        unreadable |= far.unreadable;
        let windows = far.windows(near);
        for extra in signature::find_all(&windows) {
            if !found.iter().any(|f| f.content.kind == extra.content.kind) {
                found.push(extra);
            }
        }
        if found.is_empty() {
            foreign::name(&windows, &mut unknown);
        }
        let blank =
            all_zero(head) && far.is_zero() && may_look(&mut buffers.blank) && far.more_is_zero(volume, &mut problems);
        unreadable |= far.unreadable;
        blank
    } else {
        false
    };
    let damages: Vec<Malformed> = found.iter_mut().flat_map(|f| std::mem::take(&mut f.problems)).collect();
    let mut content = match (decide(&mut found, &mut problems), unreadable) {
        (Some(content), _) => content,
        (None, true) => Content::new(Kind::Unreadable),
        (None, false) if blank => Content::new(Kind::Blank),
        (None, false) => unknown,
    };
    buffers.found = found;
    content.damage = damages.iter().map(ToString::to_string).collect();
    Far { volume, problems: &mut problems }.complete(&near, &mut content);
    for refusal in &content.refusals {
        problems.push(Problem::new(ProblemId::KernelRefuses, refusal.message()));
    }
    for damage in damages {
        problems.push(Problem::new(ProblemId::ContentDamaged, damage.to_string()));
    }
    Identified { content, physical_volume, problems }
}

/// What the first bytes say.
fn look(
    near: &Windows<'_>,
    volume: &dyn Image,
    head: &[u8],
    found: &mut Vec<Found>,
    buffer: &mut Vec<u8>,
    problems: &mut Vec<Problem>,
) -> Option<physical_volume::Reading> {
    signature::find_into(found, near);
    if let Some(fat) = found.iter_mut().find(|f| f.content.kind == Kind::Vfat)
        && let Some(labelled) = with_root_label(near, volume, buffer, problems)
    {
        *fat = labelled;
    }
    let physical_volume = physical_volume::read(volume, head);
    if let Some(pv) = &physical_volume {
        found.push(pv.found.clone());
        problems.extend(pv.problems.iter().cloned());
    }
    physical_volume
}

/// Whether the whole volume is a hole in a sparse image file: one question instead of the far reads.
fn is_hole(volume: &dyn Image) -> bool {
    ByteRange::new(0, volume.bytes()).is_some_and(|all| volume.is_hole(all))
}

/// A FAT volume with the label that its operator gave it, which lies in the root directory and mostly in its first
/// sector. `None` where that cannot be read, or has no label.
fn with_root_label(
    near: &Windows<'_>,
    volume: &dyn Image,
    buffer: &mut Vec<u8>,
    problems: &mut Vec<Problem>,
) -> Option<Found> {
    let (at, len) = vfat::root_directory(near)?;
    for len in [len.min(512), len] {
        buffer.resize(buffer.len().max(len), 0);
        let directory = buffer.get_mut(..len)?;
        at.checked_add(len as u64).filter(|end| *end <= volume.bytes())?;
        if !fill(volume, directory, at, problems).is_empty() {
            return None;
        }
        let windows = near.with(at, directory);
        if vfat::root_label_is_known(&windows) {
            return vfat::find(&windows);
        }
    }
    None
}

/// Whether the far end may say something that the start does not.
fn far_look_needed(found: &[Found], volume_bytes: u64) -> bool {
    found.is_empty()
        || found.iter().any(|f| {
            f.place == Place::Start
                && f.content.bytes.is_none_or(|b| b.checked_add(ROOM).is_some_and(|end| end <= volume_bytes))
        })
}

/// The one content, or none, or an ambiguity that is told.
fn decide(found: &mut Vec<Found>, problems: &mut Vec<Problem>) -> Option<Content> {
    if found.iter().any(|f| f.place == Place::EndWithDataAtStart) {
        // The array owns what its member shows at the start.
        found.retain(|f| f.place != Place::Start);
    }
    // A bridge disc is one volume with two directories.
    if found.len() == 2 && found.iter().all(|f| matches!(f.content.kind, Kind::Iso9660 | Kind::Udf)) {
        found.retain(|f| f.content.kind == Kind::Iso9660);
    }
    if found.len() < 2 {
        return found.pop().map(|f| f.content);
    }
    let mut candidates: Vec<Kind> = found.iter().map(|f| f.content.kind).collect();
    candidates.sort_unstable();
    candidates.dedup();
    let names: Vec<&str> = candidates.iter().map(|k| k.word()).collect();
    let message = format!("signatures that exclude each other: {}", names.join(", "));
    problems.push(Problem::new(ProblemId::Ambiguous, message));
    Some(Content { candidates, ..Content::new(Kind::Ambiguous) })
}

#[cfg(test)]
mod tests;
