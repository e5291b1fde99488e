//! How far the writing of a table has come on a disk, and whether anything else is there.

use super::{NewSector, NewTable};
use crate::base::bytes::all_zero;
use crate::base::units::{ByteRange, MIB};
use crate::io::image::{Image, ReadError};

/// How much is looked at, from either end of a disk, in bytes: every table, and every superblock that lies at an end.
pub(super) const LOOKED_AT: u64 = 2 * MIB;
/// A multiple of every sector size.
const PIECE: u64 = 64 << 10;

/// What of a table is on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Nothing, and nothing else either: both ends of the disk and of the future partition are zero.
    Blank,
    /// Some of its sectors; the others are zero.
    Partly,
    Whole,
    /// Something that is not ours is there as well, or instead.
    Foreign {
        /// Offset of the first byte that is not ours. Where the disk is of another size than that which the table was
        /// made for: where the shorter of the two ends.
        at: u64,
    },
}

impl NewTable {
    /// What of this table is on the disk `image`, by its first and last 2 MiB.
    ///
    /// A sector of the table must be all zero or exactly ours; outside the partition everything else must be zero. The
    /// ends of the partition must be zero only where no sector of ours is there: afterwards what it holds is for others
    /// to judge.
    ///
    /// # Errors
    /// Where the disk cannot be read there.
    pub fn begun_on(&self, image: &dyn Image) -> Result<Begun, ReadError> {
        let (bytes, planned) = (image.bytes(), self.disk_end());
        let sector = self.sectors.first().map_or(0, |s| s.bytes.len() as u64);
        // A part of a sector at the end belongs to no table.
        if bytes.checked_sub(planned).is_none_or(|beyond| beyond >= sector) {
            return Ok(Begun::Foreign { at: bytes.min(planned) });
        }
        let mut found = Found::default();
        let mut piece = Vec::new();
        for window in windows(bytes).flat_map(pieces) {
            piece.resize(usize::try_from(window.len()).unwrap_or_default(), 0);
            image.read_at(&mut piece, window.start())?;
            self.take_out_ours(&mut piece, window, &mut found);
            found.note_rest(&piece, window, self.partition);
            if found.outside.is_some() {
                break; // The first byte that is not ours is known: nothing behind it changes the answer.
            }
        }
        Ok(found.verdict(self.sectors.len()))
    }

    /// Counts the sectors of ours in `buf`, and makes them zero there so that what is left is foreign.
    fn take_out_ours(&self, buf: &mut [u8], window: ByteRange, found: &mut Found) {
        for sector in &self.sectors {
            let from = sector.at.checked_sub(window.start()).and_then(|n| usize::try_from(n).ok());
            let there = from.and_then(|from| buf.get_mut(from..)?.get_mut(..sector.bytes.len()));
            let Some(there) = there else { continue };
            if *there == *sector.bytes {
                found.ours = found.ours.saturating_add(1);
            } else if !all_zero(there) {
                found.note(sector.at.saturating_add(first_difference(there, sector)));
            }
            there.fill(0);
        }
    }
}

/// The first and last [`LOOKED_AT`] bytes of a disk of `bytes` bytes, without overlap.
fn windows(bytes: u64) -> impl Iterator<Item = ByteRange> {
    let head = bytes.min(LOOKED_AT);
    let tail = bytes.saturating_sub(LOOKED_AT).max(head);
    [ByteRange::new(0, head), ByteRange::new(tail, bytes.saturating_sub(tail))].into_iter().flatten()
}

/// Where `there` first has another byte than `sector`: one that is there rather than one that is missing.
/// A window in pieces that stay in the processor's cache. No sector lies in two of them.
fn pieces(window: ByteRange) -> impl Iterator<Item = ByteRange> {
    let mut at = window.start();
    std::iter::from_fn(move || {
        let end = at.checked_add(1)?.next_multiple_of(PIECE).min(window.end());
        let piece = ByteRange::new(at, end.checked_sub(at).filter(|len| *len > 0)?);
        at = end;
        piece
    })
}

fn first_difference(there: &[u8], sector: &NewSector) -> u64 {
    let differs = |wrong: fn(u8) -> bool| {
        there.iter().zip(&sector.bytes).position(|(is, ours)| is != ours && wrong(*is)).map(|at| at as u64)
    };
    differs(|is| is != 0).or_else(|| differs(|_| true)).unwrap_or_default()
}

#[derive(Default)]
struct Found {
    /// Sectors of ours.
    ours: usize,
    /// The first byte outside the partition that is not ours.
    outside: Option<u64>,
    /// The first byte of the partition that is not zero.
    inside: Option<u64>,
}

impl Found {
    fn note(&mut self, at: u64) {
        self.outside = Some(self.outside.map_or(at, |first| first.min(at)));
    }

    /// Notes what is not zero in `buf`, which was read from `window`.
    fn note_rest(&mut self, buf: &[u8], window: ByteRange, partition: ByteRange) {
        let cut = |at: u64| usize::try_from(at.saturating_sub(window.start())).unwrap_or(usize::MAX).min(buf.len());
        let (start, end) = (cut(partition.start()), cut(partition.end()));
        let first = |from: usize, to: usize| {
            let part = buf.get(from..to).filter(|part| !all_zero(part))?;
            let within = part.iter().position(|byte| *byte != 0)?;
            window.start().checked_add(from.saturating_add(within) as u64)
        };
        first(0, start).into_iter().chain(first(end, buf.len())).for_each(|at| self.note(at));
        self.inside = self.inside.or(first(start, end));
    }

    fn verdict(&self, sectors: usize) -> Begun {
        let inside = self.inside.filter(|_| self.ours == 0);
        match self.outside.into_iter().chain(inside).min() {
            Some(at) => Begun::Foreign { at },
            None if self.ours == 0 => Begun::Blank,
            None if self.ours < sectors => Begun::Partly,
            None => Begun::Whole,
        }
    }
}
