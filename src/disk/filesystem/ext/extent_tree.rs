//! Files of ext4: a tree of extents, whose root is in the inode.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/ifork.rst` and `fs/ext4/ext4_extents.h`.

use std::io;

use super::blocks::Blocks;
use super::inode::Node;
use super::pieces::Pieces;
use super::sums;
use crate::base::bytes::{Fields, Truncated, le16, le32};
use crate::disk::filesystem::Extent;

const MAGIC: u16 = 0xf30a;
/// Bytes of a header and of an entry.
const ENTRY: usize = 12;
/// Levels of nodes that a tree may have below its root.
const DEEPEST: u16 = 5;
/// Longest extent in blocks; a greater length is that of one which is not yet written.
const LONGEST: u16 = 1 << 15;
/// Most nodes that are read of a tree, in which a file as large as can be read has room for its extents several times.
const MOST_NODES: u32 = 1 << 16;

/// The blocks of the file that a node may speak of.
#[derive(Clone, Copy)]
struct Span {
    first: u64,
    end: u64,
}

struct Walk<'w> {
    blocks: &'w Blocks,
    node: &'w Node,
    pieces: Pieces,
    read: u32,
}

/// The pieces of a file that has an extent tree. Those that are not yet written are left out: they are read as zeros.
pub(super) fn pieces(blocks: &Blocks, node: &Node) -> io::Result<Vec<Extent>> {
    let pieces = Pieces::of(node, blocks.geometry.block_bytes);
    let mut walk = Walk { blocks, node, pieces, read: 0 };
    let depth = le16(node.map(), 6).unwrap_or(u16::MAX);
    if depth > DEEPEST {
        return Err(node.damaged(format!("its extent tree has {depth} levels, and {DEEPEST} at most are possible")));
    }
    walk.level(node.map(), depth, Span { first: 0, end: 1 << 32 })?;
    Ok(walk.pieces.finish())
}

impl Walk<'_> {
    fn level(&mut self, raw: &[u8], depth: u16, span: Span) -> io::Result<()> {
        let damaged = |_: Truncated| self.node.damaged("a node of its extent tree is too short");
        let entries = self.entries(raw, depth).map_err(damaged)?.map_err(|why| self.node.damaged(why))?;
        if depth == 0 { self.leaf(entries, span) } else { self.index(entries, depth, span) }
    }

    /// The entries behind a header that fits.
    fn entries<'r>(&self, raw: &'r [u8], depth: u16) -> Result<Result<&'r [u8], &'static str>, Truncated> {
        let (count, room) = (usize::from(le16(raw, 2)?), usize::from(le16(raw, 4)?));
        if le16(raw, 0)? != MAGIC || le16(raw, 6)? != depth {
            return Ok(Err("a node of its extent tree has no sound header"));
        }
        if count > room || room.saturating_add(1).saturating_mul(ENTRY) > raw.len() || (count == 0 && depth > 0) {
            return Ok(Err("a node of its extent tree has an impossible number of entries"));
        }
        raw.take(ENTRY, count.saturating_mul(ENTRY)).map(Ok)
    }

    fn leaf(&mut self, entries: &[u8], span: Span) -> io::Result<()> {
        let mut next = span.first;
        for raw in entries.chunks_exact(ENTRY) {
            let (first, len, start) = extent(raw).map_err(|_| self.node.damaged("an extent is too short"))?;
            let count = u64::from(if len > LONGEST { len.saturating_sub(LONGEST) } else { len });
            let end = first.saturating_add(count);
            let is_sound = count > 0 && first >= next && end <= span.end;
            if !is_sound || !self.blocks.geometry.has_blocks(start, count) {
                return Err(self.node.damaged(format!("its extent at block {first} of the file is impossible")));
            }
            if len <= LONGEST {
                self.pieces.add(first, start, count).map_err(|why| self.node.damaged(why))?;
            }
            next = end;
        }
        Ok(())
    }

    fn index(&mut self, entries: &[u8], depth: u16, span: Span) -> io::Result<()> {
        let mut all = entries.chunks_exact(ENTRY).peekable();
        let first_of = |raw: &[u8]| u64::from(le32(raw, 0).unwrap_or(0));
        while let Some(raw) = all.next() {
            let own = Span { first: first_of(raw), end: all.peek().map_or(span.end, |next| first_of(next)) };
            let block = child(raw).map_err(|_| self.node.damaged("an entry of its extent tree is too short"))?;
            let is_sound = own.first >= span.first && own.first < own.end && own.end <= span.end;
            if !is_sound || !self.blocks.geometry.has_blocks(block, 1) {
                return Err(self.node.damaged(format!("the node {block} of its extent tree is impossible")));
            }
            self.read = self.read.saturating_add(1);
            if self.read > MOST_NODES {
                return Err(self.node.damaged(format!("its extent tree has more than {MOST_NODES} nodes")));
            }
            let below = self.blocks.block(block)?;
            if self.node.seed.is_some_and(|seed| !has_its_sum(seed, &below)) {
                return Err(self
                    .node
                    .damaged(format!("the checksum of block {block} of its extent tree does not match")));
            }
            self.level(&below, depth.saturating_sub(1), own)?;
        }
        Ok(())
    }
}

/// First block of the file, length as it is on the disk, and first block on the volume.
fn extent(raw: &[u8]) -> Result<(u64, u16, u64), Truncated> {
    let start = (u64::from(le16(raw, 6)?) << 32) | u64::from(le32(raw, 8)?);
    Ok((u64::from(le32(raw, 0)?), le16(raw, 4)?, start))
}

/// The block of a node below.
fn child(raw: &[u8]) -> Result<u64, Truncated> {
    Ok((u64::from(le16(raw, 8)?) << 32) | u64::from(le32(raw, 4)?))
}

/// The sum lies behind the room for entries.
fn has_its_sum(seed: u32, raw: &[u8]) -> bool {
    let at = usize::from(le16(raw, 4).unwrap_or(u16::MAX)).saturating_add(1).saturating_mul(ENTRY);
    let covered = raw.take(0, at);
    covered.is_ok_and(|covered| le32(raw, at) == Ok(sums::crc32c(seed, covered)))
}
