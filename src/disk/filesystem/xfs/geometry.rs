//! Where things lie: sizes from the superblock, and numbers of blocks and inodes as places on the volume.
//!
//! A number of a block or an inode has its allocation group in its high bits, and the place in the group below. Groups
//! are not powers of two, so such numbers have gaps.
//!
//! Source: the kernel's `xfs_format.h` (`XFS_FSB_TO_AGNO`, `XFS_INO_TO_AGNO` and those beside them) and `xfs_types.c`.

use std::io;

use super::features::{self, Features};
use crate::base::bytes::{Fields, be64, u8_at};
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::{damaged, short};
use crate::disk::format::windows::Windows;
use crate::disk::format::xfs::superblock;

/// Largest sector, block, and block of a folder.
pub(super) const LARGEST: u64 = 65536;
/// Sectors of headers at the start of each allocation group.
const HEADER_SECTORS: u64 = 4;

#[derive(Debug, Clone)]
pub(super) struct Geometry {
    /// Whether metadata has checksums (version 5).
    pub(super) checksums: bool,
    pub(super) file_type: bool,
    pub(super) block_bytes: u32,
    pub(super) inode_bytes: u16,
    /// Bytes of a block of a folder.
    pub(super) folder_block_bytes: u32,
    /// The inode of the top folder.
    pub(super) top: u64,
    /// What the user sees, and what records of the log have.
    pub(super) uuid: [u8; 16],
    /// What metadata has.
    pub(super) meta_uuid: [u8; 16],
    /// Of the log on this volume, in bytes; `None` where it is on another device.
    pub(super) log: Option<ByteRange>,
    sector_bytes: u16,
    groups: u32,
    group_blocks: u32,
    data_blocks: u64,
    /// Bits of a block in its group.
    group_log: u32,
    /// Bits of an inode in its block.
    inodes_log: u32,
}

impl Geometry {
    /// From the first sector of a volume of `bytes` bytes.
    pub(super) fn read(head: &[u8], bytes: u64) -> io::Result<Self> {
        let windows = Windows::new(bytes).with(0, head);
        let (sb, raw, wrong) = superblock(&windows).ok_or_else(|| damaged("no xfs superblock"))?;
        if let Some(first) = wrong.into_iter().chain(sb.outgrown(bytes)).next() {
            return Err(damaged(first));
        }
        let Features { file_type, meta_uuid } = features::of(raw, sb.version(), sb.version_flags)?;
        let byte = |at| u8_at(raw, at).map(u32::from).map_err(short);
        let uuid = raw.array(32).map_err(short)?;
        let (group_log, folder_log) = (byte(124)?, byte(192)?);
        let inodes_log = u32::from(sb.block_log).checked_sub(sb.inode_log.into());
        let folder_block_bytes =
            sb.block_bytes.checked_shl(folder_log).filter(|bytes| folder_log < 8 && u64::from(*bytes) <= LARGEST);
        let fits = 1_u32.checked_shl(group_log).is_some_and(|most| {
            sb.group_blocks <= most && u64::from(sb.group_blocks).saturating_mul(2) > u64::from(most)
        });
        let (Some(inodes_log), Some(folder_block_bytes), true) = (inodes_log, folder_block_bytes, fits) else {
            return Err(damaged("xfs superblock: its sizes of groups, folders and inodes do not agree"));
        };
        if byte(123)? != inodes_log {
            return Err(damaged("xfs superblock at byte 123: impossible number of inodes in a block"));
        }
        let mut geometry = Self {
            checksums: sb.version() == 5,
            file_type,
            block_bytes: sb.block_bytes,
            inode_bytes: sb.inode_bytes,
            folder_block_bytes,
            top: be64(raw, 56).map_err(short)?,
            uuid,
            meta_uuid: if meta_uuid { raw.array(248).map_err(short)? } else { uuid },
            log: None,
            sector_bytes: sb.sector_bytes,
            groups: sb.groups,
            group_blocks: sb.group_blocks,
            data_blocks: sb.data_blocks,
            group_log,
            inodes_log,
        };
        if sb.log_start != 0 {
            let log = geometry.blocks(sb.log_start, sb.log_blocks.into());
            geometry.log = Some(log.ok_or_else(|| damaged("xfs superblock at byte 48: impossible place of the log"))?);
        }
        if geometry.inode(geometry.top).is_none() {
            return Err(damaged("xfs superblock at byte 56: impossible inode of the top folder"));
        }
        Ok(geometry)
    }

    /// Where `count` blocks from number `first` lie. `None` where they are not within one group, behind its headers.
    pub(super) fn blocks(&self, first: u64, count: u64) -> Option<ByteRange> {
        let (group, at) = split(first, self.group_log)?;
        let range = self.in_group(group, at)?;
        let last = self.in_group(group, at.checked_add(count.checked_sub(1)?)?)?;
        ByteRange::new(range, last.checked_sub(range)?.checked_add(self.block_bytes.into())?)
    }

    /// Where an inode lies, in bytes. `None` where no inode can have this number.
    pub(super) fn inode(&self, number: u64) -> Option<u64> {
        let (group, rest) = split(number, self.group_log.checked_add(self.inodes_log)?)?;
        let (block, place) = split(rest, self.inodes_log)?;
        let place = place.checked_mul(self.inode_bytes.into())?;
        self.in_group(group, block)?.checked_add(place)
    }

    /// Where a block of a group lies, in bytes.
    fn in_group(&self, group: u64, block: u64) -> Option<u64> {
        let (groups, each) = (u64::from(self.groups), u64::from(self.group_blocks));
        let size = u64::from(self.block_bytes);
        let first = group.checked_mul(each)?;
        let headers = HEADER_SECTORS.checked_mul(self.sector_bytes.into())?.div_ceil(size);
        let number = first.checked_add(block)?;
        let is_there = group < groups && block >= headers && block < each && number < self.data_blocks;
        is_there.then(|| number.checked_mul(size)).flatten()
    }
}

/// The bits of a number from `low` on, and those below.
fn split(number: u64, low: u32) -> Option<(u64, u64)> {
    let high = number.checked_shr(low)?;
    Some((high, number.checked_sub(high.checked_shl(low)?)?))
}
