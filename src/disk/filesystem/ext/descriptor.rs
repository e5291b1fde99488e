//! Descriptors of block groups: where the inodes of a group lie. Each is read when it is needed.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/group_descr.rst`, and `descriptor_loc` of `fs/ext4/super.c`
//! for where they are.

use std::io;

use super::blocks::Blocks;
use super::error::{damaged, short};
use super::geometry::Geometry;
use super::sums;
use crate::base::bytes::{Fields, Truncated, le16, le32};
use crate::disk::format::ext::layout::has_super;
use crate::disk::format::ext::superblock::{incompat, ro_compat};

const CHECKSUM_AT: usize = 30;
/// Bit of `bg_flags`: no inode of the group was ever used, and their table may be anything.
const INODE_UNINIT: u16 = 1;

/// A group descriptor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Descriptor {
    /// First block of the inode table.
    pub(super) inode_table: u64,
    /// Whether its inode table was never written.
    pub(super) is_unused: bool,
}

impl Descriptor {
    pub(super) fn read(blocks: &Blocks, group: u64) -> io::Result<Self> {
        let what = || format!("descriptor of block group {group}");
        let geometry = &blocks.geometry;
        let (block, at) = place(geometry, group).ok_or_else(|| damaged(what(), "it lies nowhere"))?;
        let raw = blocks.part(block, at, u64::from(geometry.sb.desc_size))?;
        let found = Self::parse(geometry, group, &raw).map_err(short(what()))?;
        found.ok_or_else(|| damaged(what(), "its checksum does not match"))
    }

    /// `None` where its checksum does not match.
    fn parse(geometry: &Geometry, group: u64, raw: &[u8]) -> Result<Option<Self>, Truncated> {
        let low = u64::from(le32(raw, 8)?);
        let high = if geometry.has(incompat::BITS64) { u64::from(le32(raw, 40)?) } else { 0 };
        let has_sum = geometry.seed.is_some() || geometry.has_ro(ro_compat::GDT_CSUM);
        if has_sum && sum(geometry, group, raw)? != le16(raw, CHECKSUM_AT)? {
            return Ok(None);
        }
        let is_unused = has_sum && le16(raw, 18)? & INODE_UNINIT != 0;
        Ok(Some(Self { inode_table: (high << 32) | low, is_unused }))
    }
}

/// The checksum that a descriptor should have.
fn sum(geometry: &Geometry, group: u64, raw: &[u8]) -> Result<u16, Truncated> {
    let number = u32::try_from(group).unwrap_or(u32::MAX).to_le_bytes();
    if let Some(seed) = geometry.seed {
        let sum = sums::crc32c_without(sums::crc32c(seed, &number), raw, CHECKSUM_AT, 2);
        return Ok((sum & 0xffff) as u16);
    }
    let start = sums::crc16(sums::crc16(u16::MAX, &geometry.uuid), &number);
    let rest = if geometry.has(incompat::BITS64) { raw.get(32..).unwrap_or_default() } else { &[] };
    Ok(sums::crc16(sums::crc16(start, raw.take(0, CHECKSUM_AT)?), rest))
}

/// The block that a group's descriptor is in, and its offset there.
fn place(geometry: &Geometry, group: u64) -> Option<(u64, u64)> {
    let sb = &geometry.sb;
    let of_block = group.checked_div(geometry.descriptors)?;
    let at = group.checked_rem(geometry.descriptors)?.checked_mul(u64::from(sb.desc_size))?;
    let with_superblock = u64::from(geometry.block_bytes == 1024);
    if !geometry.has(incompat::META_BG) || of_block < u64::from(sb.first_meta_bg) {
        return Some((of_block.checked_add(with_superblock)?.checked_add(1)?, at));
    }
    let first_group = of_block.checked_mul(geometry.descriptors)?;
    let start = first_group.checked_mul(u64::from(sb.blocks_per_group))?.checked_add(u64::from(sb.first_data_block))?;
    // With blocks of 1 KiB the superblock is in block 1, also where the first group begins at block 0.
    let before = u64::from(first_group == 0 && with_superblock == 1 && sb.first_data_block == 0);
    Some((start.checked_add(u64::from(has_super(sb, first_group)))?.checked_add(before)?, at))
}
