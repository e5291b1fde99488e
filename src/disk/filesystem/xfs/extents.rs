//! Extents of a data fork: which blocks of the volume hold which blocks of a file.
//!
//! A record has 128 bits: 1 that says "allocated and never written", 54 of the offset in the file, 52 of the first
//! block, 21 of the number of blocks (`xfs_bmbt_rec` in the kernel's `xfs_format.h`).

use std::io;
use std::ops::ControlFlow;

use super::bmap_btree::{self, RECORD};
use super::inode::{Fork, Raw};
use super::volume::Volume;
use crate::base::bytes::Fields;
use crate::base::units::ByteRange;
use crate::disk::filesystem::MOST_EXTENTS;
use crate::disk::filesystem::failure::{damaged, short};

/// A piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Offset in the file, in blocks.
    pub(super) at: u64,
    pub(super) blocks: u64,
    /// Where it lies on the volume.
    pub(super) range: ByteRange,
    /// Whether it was written; otherwise it is zeros.
    pub(super) written: bool,
}

/// What is done with each piece; `Break` ends it.
pub(super) type Each<'e> = dyn FnMut(Piece) -> io::Result<ControlFlow<()>> + 'e;

/// Gives the pieces of a file to `each`, in the order of the file and none over another.
pub(super) fn each(volume: &Volume, inode: &Raw, each: &mut Each<'_>) -> io::Result<()> {
    if inode.realtime {
        return Err(damaged("it lies in the realtime section, which is not read here"));
    }
    if inode.extents > MOST_EXTENTS as u64 {
        return Err(damaged(format_args!("{} extents are too many: {MOST_EXTENTS} are read", inode.extents)));
    }
    let mut run = Run { volume, end: 0, left: inode.extents, each };
    let flow = match inode.fork {
        Fork::Extents => {
            let count = usize::try_from(inode.extents).ok().and_then(|count| count.checked_mul(RECORD));
            let records = count.and_then(|len| inode.bytes.get(..len));
            run.records(records.ok_or_else(|| damaged("it has no room for its extents"))?)?
        }
        Fork::Tree => bmap_btree::each_leaf(volume, inode, &mut |records| run.records(records))?,
        Fork::Local | Fork::Device => return Err(damaged("it has no extents")),
    };
    match run.left {
        left if left > 0 && flow.is_continue() => {
            Err(damaged(format_args!("{left} of its {} extents are missing", inode.extents)))
        }
        _ => Ok(()),
    }
}

struct Run<'r, 'e> {
    volume: &'r Volume,
    /// The block of the file behind the last piece.
    end: u64,
    /// Extents that the inode has besides those that were seen.
    left: u64,
    each: &'r mut Each<'e>,
}

impl Run<'_, '_> {
    fn records(&mut self, records: &[u8]) -> io::Result<ControlFlow<()>> {
        for record in records.chunks_exact(RECORD) {
            let bits = u128::from_be_bytes(record.array(0).map_err(short)?);
            let piece = self.piece(bits)?;
            self.left = self.left.checked_sub(1).ok_or_else(|| damaged("it has more extents than it says"))?;
            if (self.each)(piece)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn piece(&mut self, bits: u128) -> io::Result<Piece> {
        let (at, first, blocks) = (field(bits, 73, 54), field(bits, 21, 52), field(bits, 0, 21));
        let range = self.volume.geometry.blocks(first, blocks);
        let range = range.filter(|range| range.end() <= self.volume.image.bytes());
        let range = range.ok_or_else(|| {
            damaged(format_args!("its extent at block {at} is not within the volume: {blocks} blocks from {first}"))
        })?;
        if at < self.end {
            return Err(damaged(format_args!("its extent at block {at} lies over the one before")));
        }
        self.end = at.checked_add(blocks).ok_or_else(|| damaged("its extents have no end"))?;
        Ok(Piece { at, blocks, range, written: bits >> 127 == 0 })
    }
}

/// The `len` bits of a record from bit `low` on.
fn field(bits: u128, low: u32, len: u32) -> u64 {
    let mask = u64::MAX.checked_shr(64_u32.saturating_sub(len)).unwrap_or_default();
    u64::try_from((bits >> low) & u128::from(mask)).unwrap_or_default()
}
