//! The pieces of a file, gathered in their order.

use super::inode::Node;
use crate::base::units::ByteRange;
use crate::disk::filesystem::{Extent, MOST_EXTENTS};

/// Pieces of one file, none beyond its end.
pub(super) struct Pieces {
    extents: Vec<Extent>,
    block_bytes: u64,
    /// Size of the file in bytes.
    end: u64,
}

impl Pieces {
    pub(super) fn of(node: &Node, block_bytes: u64) -> Self {
        Self { extents: Vec::new(), block_bytes, end: node.inode.bytes }
    }

    /// Blocks of the file, the last of which may be used in part.
    pub(super) fn blocks(&self) -> u64 {
        self.end.div_ceil(self.block_bytes.max(1))
    }

    /// Adds `count` blocks: from block `first` of the file, at block `on_volume`.
    pub(super) fn add(&mut self, first: u64, on_volume: u64, count: u64) -> Result<(), String> {
        let overflow = || "an extent is impossible".to_owned();
        let bytes = |blocks: u64| blocks.checked_mul(self.block_bytes).ok_or_else(overflow);
        let (at, start) = (bytes(first)?, bytes(on_volume)?);
        let len = bytes(count)?.min(self.end.saturating_sub(at));
        if len == 0 {
            return Ok(());
        }
        if let Some(last) = self.extents.last_mut()
            && last.at.checked_add(last.range.len()) == Some(at)
            && last.range.end() == start
        {
            let joined = last.range.len().checked_add(len).and_then(|len| ByteRange::new(last.range.start(), len));
            last.range = joined.ok_or_else(overflow)?;
            return Ok(());
        }
        if self.extents.len() >= MOST_EXTENTS {
            return Err(format!("it has more than {MOST_EXTENTS} pieces"));
        }
        self.extents.push(Extent { at, range: ByteRange::new(start, len).ok_or_else(overflow)? });
        Ok(())
    }

    pub(super) fn finish(self) -> Vec<Extent> {
        self.extents
    }
}
