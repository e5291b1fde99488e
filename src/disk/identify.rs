//! What a volume holds: the signatures found in as few reads as give a sure answer.
//!
//! One read of the first bytes is enough where they hold a signature that claims the volume to its end. Only where
//! nothing is found there, or what is found leaves room behind it for the superblock of an array, the far places are
//! read as well: a member of an md array shows the array's file system at its start, but that file system ends
//! before the array's superblock.

use std::ops::Range;

use super::read::fill;
use super::{Problem, ProblemId, physical_volume};
use crate::bytes::all_zero;
use crate::format::content::{Content, Found, Kind, Place};
use crate::format::windows::Windows;
use crate::format::{far, signature, vfat};
use crate::image::Image;
use crate::units::ByteRange;

/// Bytes read at the start of a volume.
pub(crate) const HEAD: usize = 8192;
/// Bytes read at the start of a volume that is likely a physical volume: label, metadata header and text.
pub(crate) const PV_HEAD: usize = 16384;
/// The least room that the superblock of an array needs behind the data, in bytes (md 1.0).
const ROOM: u64 = 4096;

/// What a volume holds.
pub(crate) struct Identified {
    /// Its content.
    pub(crate) content: Content,
    /// Its physical volume, where it is one.
    pub(crate) physical_volume: Option<physical_volume::Reading>,
    /// What is wrong; offsets are from the start of the volume.
    pub(crate) problems: Vec<Problem>,
}

/// Identifies `volume`, of which `head` has been read: its first bytes, up to [`PV_HEAD`] of them, but for `bad`.
/// `buffer` is for what else must be read.
pub(crate) fn identify(volume: &dyn Image, head: &[u8], bad: &[ByteRange], buffer: &mut Vec<u8>) -> Identified {
    let near = Windows::new(volume.bytes()).with(0, head);
    let mut problems = Vec::new();
    let (mut found, physical_volume) = look(&near, volume, head, &mut problems);
    let mut unreadable = !bad.is_empty();
    let blank = if far_look_needed(&found, volume.bytes()) {
        let far = FarWindows::read(volume, head.len() as u64, buffer, &mut problems);
        unreadable |= far.unreadable;
        let windows = far.windows(near);
        for extra in signature::find_all(&windows) {
            if !found.iter().any(|f| f.content.kind == extra.content.kind) {
                found.push(extra);
            }
        }
        windows.parts().all(|(_, part)| all_zero(part))
    } else {
        false
    };
    let content = match (decide(&found, &mut problems), unreadable) {
        (Some(content), _) => content,
        (None, true) => Content::new(Kind::Unreadable),
        (None, false) if blank => Content::new(Kind::Blank),
        (None, false) => Content::new(Kind::Unknown),
    };
    for damage in found.into_iter().flat_map(|f| f.problems) {
        problems.push(Problem::new(ProblemId::ContentDamaged, damage.to_string()));
    }
    Identified { content, physical_volume, problems }
}

/// Identifies a volume that holds the code of a boot loader, as its partition type says: such code has no superblock, so no further
/// place is looked at.
pub(crate) fn identify_boot_code(head: &[u8]) -> Content {
    Content::new(if all_zero(head) { Kind::Blank } else { Kind::Unknown })
}

/// What the first bytes say.
fn look(
    near: &Windows<'_>,
    volume: &dyn Image,
    head: &[u8],
    problems: &mut Vec<Problem>,
) -> (Vec<Found>, Option<physical_volume::Reading>) {
    let mut found = signature::find_all(near);
    // The label that an operator gives a FAT volume lies in its root directory.
    if let Some((at, len)) = vfat::root_directory(near).filter(|_| found.iter().any(|f| f.content.kind == Kind::Vfat)) {
        let mut directory = vec![0; len];
        if volume.read_at(&mut directory, at).is_ok() {
            found = signature::find_all(&near.with(at, &directory));
        }
    }
    let physical_volume = physical_volume::read(volume, head);
    if let Some(pv) = &physical_volume {
        found.push(pv.found.clone());
        problems.extend(pv.problems.iter().cloned());
    }
    (found, physical_volume)
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
fn decide(found: &[Found], problems: &mut Vec<Problem>) -> Option<Content> {
    let owners = || found.iter().filter(|f| f.place == Place::EndWithDataAtStart);
    let rivals: Vec<&Found> = match owners().next() {
        // The array owns what its member shows at the start.
        Some(_) => owners().chain(found.iter().filter(|f| f.place == Place::BothEnds)).collect(),
        None => found.iter().collect(),
    };
    match rivals.as_slice() {
        [] => None,
        [one] => Some(one.content.clone()),
        // A bridge disc is one volume with two directories.
        [one, two] if [one, two].iter().all(|f| matches!(f.content.kind, Kind::Iso9660 | Kind::Udf)) => {
            [one, two].into_iter().find(|f| f.content.kind == Kind::Iso9660).map(|f| f.content.clone())
        }
        many => {
            let mut candidates: Vec<Kind> = many.iter().map(|f| f.content.kind).collect();
            candidates.sort_unstable();
            candidates.dedup();
            let names: Vec<&str> = candidates.iter().map(|k| k.word()).collect();
            let message = format!("signatures that exclude each other: {}", names.join(", "));
            problems.push(Problem::new(ProblemId::Ambiguous, message));
            Some(Content { candidates, ..Content::new(Kind::Ambiguous) })
        }
    }
}

/// The far places of a volume, read: the rest of its start, its end, and the single places that formats name.
struct FarWindows<'b> {
    buffer: &'b mut Vec<u8>,
    parts: Vec<(u64, Range<usize>)>,
    unreadable: bool,
}

impl<'b> FarWindows<'b> {
    fn read(volume: &dyn Image, already: u64, buffer: &'b mut Vec<u8>, problems: &mut Vec<Problem>) -> Self {
        buffer.clear();
        let mut far = Self { buffer, parts: Vec::with_capacity(far::MOST + 2), unreadable: false };
        let bytes = volume.bytes();
        let start = far::START.min(bytes);
        let end = bytes.saturating_sub(far::END).max(start);
        far.read_part(volume, already..start, problems);
        far.read_part(volume, end.max(already)..bytes, problems);
        for range in far::ranges(bytes).into_iter().flatten() {
            far.read_part(volume, range, problems);
        }
        far
    }

    fn read_part(&mut self, volume: &dyn Image, range: Range<u64>, problems: &mut Vec<Problem>) {
        let from = self.buffer.len();
        let len = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or_default();
        self.buffer.resize(from.saturating_add(len), 0);
        if let Some(part) = self.buffer.get_mut(from..).filter(|p| !p.is_empty()) {
            self.unreadable |= !fill(volume, part, range.start, problems).is_empty();
            self.parts.push((range.start, from..from.saturating_add(len)));
        }
    }

    fn windows<'w>(&'w self, near: Windows<'w>) -> Windows<'w> {
        self.parts.iter().fold(near, |windows, (at, range)| match self.buffer.get(range.clone()) {
            Some(part) => windows.with(*at, part),
            None => windows,
        })
    }
}
