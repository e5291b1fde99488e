//! The far places of a volume: the rest of its start, its end, and the single places that formats name.

use std::ops::Range;

use super::HEAD;
use crate::base::bytes::all_zero;
use crate::disk::Problem;
use crate::disk::format::far;
use crate::disk::format::windows::Windows;
use crate::disk::read::fill;
use crate::io::image::Image;

/// Where a first partition begins by the custom of all tools. A disk that lost its table is not blank: what is there
/// tells.
const FIRST_PARTITION: u64 = 1 << 20;

/// Bytes at either end of a volume that have to be zero for it to be blank.
const AT_ENDS: u64 = 1 << 20;
const PIECE: usize = 64 << 10;
/// The farthest of the places before the end where a Promise array keeps its superblock, as libblkid knows them.
const PROMISE: u64 = 3087 * 512;
/// Further places where something begins: VMFS and LUKS2 (2 MiB, 4 MiB), a partition behind a small one, btrfs (256
/// GiB), and the partitions of installers (129 MiB behind Microsoft's reserved one, 513 MiB behind an ESP).
const STARTS: &[u64] = &[2 << 20, 4 << 20, 8 << 20, 16 << 20, 129 << 20, 201 << 20, 513 << 20, 1 << 30, 256 << 30];

/// Keeps the buffer of the volume before: what is read of one volume is overwritten by the next.
pub(super) struct FarWindows<'b> {
    buffer: &'b mut Vec<u8>,
    parts: Vec<(u64, Range<usize>)>,
    pub(super) unreadable: bool,
}

impl<'b> FarWindows<'b> {
    pub(super) fn read(volume: &dyn Image, already: u64, buffer: &'b mut Vec<u8>, problems: &mut Vec<Problem>) -> Self {
        let mut far = Self { buffer, parts: Vec::with_capacity(far::MOST + 2), unreadable: false };
        let bytes = volume.bytes();
        let start = far::START.min(bytes);
        let end = bytes.saturating_sub(far::END).max(start);
        far.read_part(volume, already..start, problems);
        far.read_part(volume, end.max(already)..bytes, problems);
        for range in far::ranges(bytes).into_iter().flatten() {
            far.read_part(volume, range, problems);
        }
        far.read_part(volume, FIRST_PARTITION..(FIRST_PARTITION + HEAD as u64).min(bytes), problems);
        far
    }

    fn read_part(&mut self, volume: &dyn Image, range: Range<u64>, problems: &mut Vec<Problem>) {
        let from = self.parts.last().map_or(0, |(_, last)| last.end);
        let to = from.saturating_add(usize::try_from(range.end.saturating_sub(range.start)).unwrap_or_default());
        // Grows once, for the first volume; what is there from an earlier one is overwritten.
        self.buffer.resize(self.buffer.len().max(to), 0);
        if let Some(part) = self.buffer.get_mut(from..to).filter(|p| !p.is_empty()) {
            self.unreadable |= !fill(volume, part, range.start, problems).is_empty();
            self.parts.push((range.start, from..to));
        }
    }

    /// Whether all that was read is zero.
    pub(super) fn is_zero(&self) -> bool {
        self.parts.iter().all(|(_, range)| self.buffer.get(range.clone()).is_some_and(all_zero))
    }

    /// Whether all is zero too of one MiB at both ends, and of the further places where a signature or a partition can
    /// begin. Read only of a volume that seems blank.
    pub(super) fn more_is_zero(&mut self, volume: &dyn Image, problems: &mut Vec<Problem>) -> bool {
        let bytes = volume.bytes();
        let start = AT_ENDS.min(bytes);
        let ends = [0..start, bytes.saturating_sub(AT_ENDS).max(start)..bytes];
        let single = STARTS.iter().copied().chain(bytes.checked_sub(PROMISE));
        let single = single.filter(|at| *at < bytes).map(|at| at..at.saturating_add(HEAD as u64).min(bytes));
        let pieces = ends.into_iter().flat_map(|end| end.clone().step_by(PIECE).map(move |at| (at, end.end)));
        let pieces = pieces.map(|(at, end)| at..at.saturating_add(PIECE as u64).min(end));
        let mut piece = Vec::new();
        for range in pieces.chain(single) {
            piece.resize(usize::try_from(range.end.saturating_sub(range.start)).unwrap_or_default(), 0);
            self.unreadable |= !fill(volume, &mut piece, range.start, problems).is_empty();
            if !all_zero(&piece) {
                return false;
            }
        }
        true
    }

    pub(super) fn windows<'w>(&'w self, near: Windows<'w>) -> Windows<'w> {
        self.parts.iter().fold(near, |windows, (at, range)| match self.buffer.get(range.clone()) {
            Some(part) => windows.with(*at, part),
            None => windows,
        })
    }
}
