//! Files of ext2 and ext3: twelve blocks, then blocks of the numbers of blocks, up to three levels of them.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/blockmap.rst`.

use std::io;

use super::blocks::Blocks;
use super::inode::Node;
use super::pieces::Pieces;
use crate::base::bytes::le32;
use crate::disk::filesystem::Extent;

/// Most blocks of numbers that are read of a file: a whole one of 1 TiB has as many.
const MOST_BLOCKS: u32 = (1 << 18) + (1 << 10);

struct Walk<'w> {
    blocks: &'w Blocks,
    node: &'w Node,
    pieces: Pieces,
    read: u32,
}

/// The pieces of a file that has a block map.
pub(super) fn pieces(blocks: &Blocks, node: &Node) -> io::Result<Vec<Extent>> {
    let pieces = Pieces::of(node, blocks.geometry.block_bytes);
    let mut walk = Walk { blocks, node, pieces, read: 0 };
    let per_block = blocks.geometry.block_bytes >> 2;
    let mut first = 0_u64;
    for slot in 0_u32..15 {
        let levels = slot.saturating_sub(11).min(3);
        let number = number(node.map(), slot as usize);
        let count = per_block.saturating_pow(levels);
        if first < walk.pieces.blocks() {
            walk.level(u64::from(number), levels, first)?;
        }
        first = first.saturating_add(count);
    }
    if first < walk.pieces.blocks() {
        return Err(node.damaged("its size is impossible for its block map"));
    }
    Ok(walk.pieces.finish())
}

fn number(numbers: &[u8], n: usize) -> u32 {
    le32(numbers, n.saturating_mul(4)).unwrap_or(0)
}

impl Walk<'_> {
    /// Adds what lies below block `number`, which is `levels` above data and begins at block `first` of the file.
    fn level(&mut self, number: u64, levels: u32, first: u64) -> io::Result<()> {
        if number == 0 {
            return Ok(());
        }
        if !self.blocks.geometry.has_blocks(number, 1) {
            return Err(self.node.damaged(format!("its block {number} cannot have data")));
        }
        let Some(below) = levels.checked_sub(1) else {
            return self.pieces.add(first, number, 1).map_err(|why| self.node.damaged(why));
        };
        self.read = self.read.saturating_add(1);
        if self.read > MOST_BLOCKS {
            return Err(self.node.damaged(format!("its block map has more than {MOST_BLOCKS} blocks")));
        }
        let numbers = self.blocks.block(number)?;
        let each = (self.blocks.geometry.block_bytes >> 2).saturating_pow(below);
        let mut at = first;
        for raw in numbers.chunks_exact(4) {
            if at >= self.pieces.blocks() {
                break;
            }
            self.level(u64::from(le32(raw, 0).unwrap_or(0)), below, at)?;
            at = at.saturating_add(each);
        }
        Ok(())
    }
}
