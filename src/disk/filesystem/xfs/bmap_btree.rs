//! The tree of extents of a file that has too many for its inode.
//!
//! The root is in the inode; below are blocks, whose records or pointers are in the order of the file. Pointers to
//! siblings are not needed: the tree is followed from its root, and each block has to be one level lower.
//!
//! Source: `xfs_bmdr_block`, `xfs_btree_block` in the kernel's `xfs_format.h`, and `xfs_bmap_btree.c`.

use std::io;
use std::ops::ControlFlow;

use super::checksum::Stamp;
use super::inode::Raw;
use super::volume::Volume;
use crate::base::bytes::{Fields, be16, be64};
use crate::disk::filesystem::failure::{self, damaged, short};

const MAGIC: &[u8] = b"BMAP";
const MAGIC_V5: &[u8] = b"BMA3";
/// Bytes of the header of a block, and of that of the root.
const HEADER: usize = 24;
const HEADER_V5: usize = 72;
const ROOT_HEADER: usize = 4;
const STAMP: Stamp = Stamp { crc: 64, place: 24, uuid: 40, owner: 56 };
/// A tree of the smallest blocks that has all extents a file can have is lower.
const HIGHEST: u16 = 16;
/// Bytes of the record of an extent.
pub(super) const RECORD: usize = 16;
/// Bytes of a key, and of a pointer.
const WORD: usize = 8;

/// What is done with the records of a leaf.
pub(super) type Leaf<'l> = dyn FnMut(&[u8]) -> io::Result<ControlFlow<()>> + 'l;

/// Gives the records of each leaf to `leaf`, in the order of the file.
pub(super) fn each_leaf(volume: &Volume, inode: &Raw, leaf: &mut Leaf<'_>) -> io::Result<ControlFlow<()>> {
    let root = &inode.bytes;
    let level = be16(root, 0).map_err(short)?;
    if !(1..=HIGHEST).contains(&level) {
        return Err(damaged(format_args!("its tree of extents has an impossible height: {level}")));
    }
    let pointers = pointers(root, ROOT_HEADER, be16(root, 2).map_err(short)?)?;
    // A block has an extent at least, and a block of pointers two.
    let most = inode.extents.saturating_mul(2).saturating_add(HIGHEST.into());
    let mut walk = Walk { volume, owner: inode.known.number, left: most, leaf };
    walk.below(pointers, level)
}

struct Walk<'w, 'l> {
    volume: &'w Volume,
    owner: u64,
    /// Blocks that may still be read.
    left: u64,
    leaf: &'w mut Leaf<'l>,
}

impl Walk<'_, '_> {
    /// Goes through what pointers of a block of `level` lead to.
    fn below(&mut self, pointers: &[u8], level: u16) -> io::Result<ControlFlow<()>> {
        let level = level.saturating_sub(1);
        for pointer in pointers.chunks_exact(WORD) {
            let number = be64(pointer, 0).map_err(short)?;
            let range = self.volume.geometry.blocks(number, 1);
            let range = range.ok_or_else(|| damaged(format_args!("its tree of extents leads to block {number}")))?;
            self.left = self.left.checked_sub(1).ok_or_else(|| damaged("its tree of extents has too many blocks"))?;
            let block = self.volume.structure(range)?;
            let records = self.records(&block, range.start(), level);
            let records = records.map_err(failure::of(format_args!("block of extents at byte {}", range.start())))?;
            let flow = if level == 0 { (self.leaf)(records)? } else { self.below(records, level)? };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The records of a leaf, or the pointers of a block above.
    fn records<'b>(&self, block: &'b [u8], at: u64, level: u16) -> io::Result<&'b [u8]> {
        let checksums = self.volume.geometry.checksums;
        let (magic, header) = if checksums { (MAGIC_V5, HEADER_V5) } else { (MAGIC, HEADER) };
        if !block.starts_with(magic) {
            return Err(damaged("it is none"));
        }
        if checksums {
            STAMP.verify(&self.volume.geometry, block, at, self.owner)?;
        }
        let found = be16(block, 4).map_err(short)?;
        if found != level {
            return Err(damaged(format_args!("it has level {found}, not {level}")));
        }
        let count = be16(block, 6).map_err(short)?;
        if level > 0 {
            return pointers(block, header, count);
        }
        let len = usize::from(count).checked_mul(RECORD).filter(|len| *len > 0);
        len.and_then(|len| block.take(header, len).ok()).ok_or_else(|| damaged("impossible number of extents"))
    }
}

/// Pointers lie behind the room for all keys that can be.
fn pointers(block: &[u8], header: usize, count: u16) -> io::Result<&[u8]> {
    let most = block.len().checked_sub(header).map(|room| room / (2 * WORD)).unwrap_or_default();
    let count = usize::from(count);
    if count == 0 || count > most {
        return Err(damaged(format_args!("impossible number of pointers in its tree of extents: {count}")));
    }
    let (keys, len) = (most.saturating_mul(WORD), count.saturating_mul(WORD));
    block.take(header.saturating_add(keys), len).map_err(short)
}
