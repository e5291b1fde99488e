//! Inodes, as they lie in their tables.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/inodes.rst` and `fs/ext4/inode.c`.

use std::io;

use super::blocks::Blocks;
use super::descriptor::Descriptor;
use super::error::{damaged, short};
use super::geometry::Geometry;
use super::sums;
use crate::base::bytes::{Fields, Truncated, le16, le32};
use crate::disk::filesystem::{FILE, Inode, TYPE_BITS};
use crate::disk::format::ext::superblock::{incompat, ro_compat};

/// Bytes of an inode that every version has.
pub(super) const OLD_BYTES: usize = 128;
/// Offset and length of what says where the data is, or is the data.
const MAP: (usize, usize) = (40, 60);
const SUM_LOW_AT: usize = 124;
const SUM_HIGH_AT: usize = 130;

/// Bits of `i_flags`.
pub(super) mod flag {
    pub(crate) const IMMUTABLE: u32 = 0x10;
    pub(crate) const ENCRYPTED: u32 = 0x800;
    pub(crate) const INDEX: u32 = 0x1000;
    pub(crate) const HUGE_FILE: u32 = 0x4_0000;
    pub(crate) const EXTENTS: u32 = 0x8_0000;
    pub(crate) const INLINE_DATA: u32 = 0x1000_0000;
    pub(crate) const CASEFOLD: u32 = 0x4000_0000;
}

/// An inode with what is needed to read its data.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) inode: Inode,
    pub(super) flags: u32,
    /// Whether an extended attribute lies in a block of its own.
    pub(super) has_attribute_block: bool,
    /// Bytes of the fields behind [`OLD_BYTES`].
    pub(super) extra: usize,
    /// What the sums of its metadata begin with; `None` where there are none.
    pub(super) seed: Option<u32>,
    /// The whole inode.
    pub(super) raw: Vec<u8>,
}

impl Node {
    /// Reads inode `number`.
    pub(super) fn read(blocks: &Blocks, number: u64) -> io::Result<Self> {
        let what = || format!("inode {number}");
        let geometry = &blocks.geometry;
        let index = number.checked_sub(1).filter(|_| number <= u64::from(geometry.sb.inodes));
        let index = index.ok_or_else(|| damaged(what(), "the file system has none with this number"))?;
        let per_group = u64::from(geometry.sb.inodes_per_group);
        let group = index.checked_div(per_group).unwrap_or_default();
        let descriptor = Descriptor::read(blocks, group)?;
        if descriptor.is_unused {
            return Err(damaged(what(), "it is not in use"));
        }
        let bytes = u64::from(geometry.sb.inode_size);
        let at = index.checked_rem(per_group).and_then(|n| n.checked_mul(bytes)).unwrap_or_default();
        let raw = blocks.part(descriptor.inode_table, at, bytes).map_err(|e| damaged(what(), e))?;
        let node = Self::parse(geometry, number, raw).map_err(short(what()))?;
        node.map_err(|why| damaged(what(), why))
    }

    fn parse(geometry: &Geometry, number: u64, raw: Vec<u8>) -> Result<Result<Self, &'static str>, Truncated> {
        let extra = if raw.len() > OLD_BYTES { usize::from(le16(&raw, OLD_BYTES)?) } else { 0 };
        let (mode, links) = (u32::from(le16(&raw, 0)?), le16(&raw, 26)?);
        let seed = seed(geometry, number, &raw)?;
        if mode == 0 && links == 0 {
            return Ok(Err("it is not in use"));
        }
        if seed.is_some_and(|seed| !has_its_sum(seed, &raw, extra)) {
            return Ok(Err("its checksum does not match"));
        }
        if extra & 3 != 0 || raw.len() < OLD_BYTES.saturating_add(extra) {
            return Ok(Err("the size of its fields is impossible"));
        }
        if mode == 0 || links == 0 {
            return Ok(Err("it is not in use"));
        }
        let flags = le32(&raw, 32)?;
        let mut inode = Inode {
            number,
            mode,
            uid: pair(le16(&raw, 120)?, le16(&raw, 2)?),
            gid: pair(le16(&raw, 122)?, le16(&raw, 24)?),
            bytes: bytes(geometry, mode, &raw)?,
            blocks: used(geometry, flags, &raw)?,
            immutable: flags & flag::IMMUTABLE != 0,
        };
        // As `stat` shows it, a file in its inode uses the blocks that it would need.
        if inode.is_file() && flags & flag::INLINE_DATA != 0 {
            inode.blocks = inode.blocks.saturating_add(inode.bytes.div_ceil(512));
        }
        if inode.bytes > i64::MAX as u64 {
            return Ok(Err("its size is impossible"));
        }
        let has_attribute_block = le32(&raw, 104)? != 0 || le16(&raw, 118)? != 0;
        Ok(Ok(Self { inode, flags, has_attribute_block, extra, seed, raw }))
    }

    pub(super) fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// The 60 bytes that say where its data is, or are its data.
    pub(super) fn map(&self) -> &[u8] {
        self.raw.take(MAP.0, MAP.1).unwrap_or_default()
    }

    pub(super) fn damaged(&self, why: impl std::fmt::Display) -> io::Error {
        damaged(format!("inode {}", self.inode.number), why)
    }
}

fn pair(high: u16, low: u16) -> u32 {
    (u32::from(high) << 16) | u32::from(low)
}

/// Size in bytes: folders have the upper half only where they may be large.
fn bytes(geometry: &Geometry, mode: u32, raw: &[u8]) -> Result<u64, Truncated> {
    let high = mode & TYPE_BITS == FILE || geometry.has(incompat::LARGE_DIR);
    let high = if high { le32(raw, 108)? } else { 0 };
    Ok((u64::from(high) << 32) | u64::from(le32(raw, 4)?))
}

/// Blocks of 512 bytes that it uses.
fn used(geometry: &Geometry, flags: u32, raw: &[u8]) -> Result<u64, Truncated> {
    let low = u64::from(le32(raw, 28)?);
    if !geometry.has_ro(ro_compat::HUGE_FILE) {
        return Ok(low);
    }
    let count = (u64::from(le16(raw, 116)?) << 32) | low;
    let unit = if flags & flag::HUGE_FILE != 0 { geometry.block_bytes >> 9 } else { 1 };
    Ok(count.saturating_mul(unit))
}

/// What the sums of an inode begin with. Only Linux writes them.
fn seed(geometry: &Geometry, number: u64, raw: &[u8]) -> Result<Option<u32>, Truncated> {
    let Some(seed) = geometry.seed.filter(|_| geometry.sb.creator_os == 0) else { return Ok(None) };
    let number = u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    Ok(Some(sums::crc32c(sums::crc32c(seed, &number), raw.take(100, 4)?)))
}

fn has_its_sum(seed: u32, raw: &[u8], extra: usize) -> bool {
    let mut copy = raw.to_vec();
    let (Ok(low), high) = (le16(raw, SUM_LOW_AT), le16(raw, SUM_HIGH_AT).ok().filter(|_| extra >= 4)) else {
        return false;
    };
    let places = [Some(SUM_LOW_AT), high.map(|_| SUM_HIGH_AT)];
    for at in places.into_iter().flatten() {
        copy.iter_mut().skip(at).take(2).for_each(|byte| *byte = 0);
    }
    let sum = sums::crc32c(seed, &copy);
    match high {
        Some(high) => sum == pair(high, low),
        None => sum & 0xffff == u32::from(low),
    }
}
