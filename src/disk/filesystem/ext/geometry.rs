//! Where things lie, from a sound superblock.

use std::io;

use super::error::{damaged, short, unread, unsupported};
use super::sums;
use crate::base::ids::Id;
use crate::disk::format::ext::features;
use crate::disk::format::ext::layout::Layout;
use crate::disk::format::ext::superblock::{LEN, MAGIC_AT, START, Superblock, incompat, ro_compat};
use crate::io::image::Image;

const SUPERBLOCK: &str = "ext superblock";

/// What the superblock says, checked, so that nothing here is zero that is divided by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Geometry {
    pub(super) sb: Superblock,
    pub(super) block_bytes: u64,
    /// Group descriptors in a block.
    pub(super) descriptors: u64,
    pub(super) uuid: [u8; 16],
    /// What the sums of metadata begin with; `None` where it has none.
    pub(super) seed: Option<u32>,
}

impl Geometry {
    /// Reads the superblock.
    pub(super) fn read(volume: &dyn Image) -> io::Result<Self> {
        let mut raw = vec![0; LEN];
        volume.read_at(&mut raw, START).map_err(unread(SUPERBLOCK))?;
        if raw.get(MAGIC_AT as usize..).is_none_or(|raw| !raw.starts_with(&[0x53, 0xef])) {
            return Err(damaged(SUPERBLOCK, "there is none"));
        }
        let sb = Superblock::read(&raw).map_err(short(SUPERBLOCK))?;
        // First: with such a feature the other fields may mean anything.
        if let Some(features) = features::not_readable(&sb) {
            return Err(unsupported(SUPERBLOCK, format!("the file system has {features}, which cannot be read")));
        }
        if sb.incompat & incompat::JOURNAL_DEV != 0 {
            return Err(unsupported(SUPERBLOCK, "this is the external journal of a file system, it has no files"));
        }
        if let Some((at, why)) = sb.checksum_problem(&raw).or_else(|| sb.impossible_fields().next()) {
            return Err(damaged(SUPERBLOCK, format!("{why} (field at byte {at})")));
        }
        Self::checked(sb, volume.bytes()).map_err(|why| damaged(SUPERBLOCK, why))
    }

    fn checked(sb: Superblock, volume: u64) -> Result<Self, String> {
        let layout = Layout::of(&sb).ok_or("the block groups cannot be")?;
        let (Some(block_bytes), Id::Uuid(uuid)) = (sb.block_bytes(), sb.uuid) else {
            return Err("impossible block size".into());
        };
        let bytes = sb.bytes().ok_or("impossible number of blocks")?;
        if bytes > volume {
            return Err(format!("the file system has {bytes} bytes, and the volume only {volume}"));
        }
        if layout.groups.checked_mul(u64::from(sb.inodes_per_group)) != Some(u64::from(sb.inodes)) {
            return Err(format!("{} inodes do not fit into {} block groups", sb.inodes, layout.groups));
        }
        let least = if sb.incompat & incompat::BITS64 != 0 { 64 } else { 32 };
        if sb.desc_size < least || u64::from(sb.desc_size) > block_bytes {
            return Err(format!("impossible size of a group descriptor: {} bytes", sb.desc_size));
        }
        let seed = (sb.ro_compat & ro_compat::METADATA_CSUM != 0).then(|| {
            let own = sb.incompat & incompat::CSUM_SEED != 0;
            if own { sb.checksum_seed } else { sums::crc32c(sums::START, &uuid) }
        });
        Ok(Self { sb, block_bytes, descriptors: layout.descriptors, uuid, seed })
    }

    pub(super) fn has(&self, incompat: u32) -> bool {
        self.sb.incompat & incompat != 0
    }

    pub(super) fn has_ro(&self, ro_compat: u32) -> bool {
        self.sb.ro_compat & ro_compat != 0
    }

    /// Whether `count` blocks from `first` can have data.
    pub(super) fn has_blocks(&self, first: u64, count: u64) -> bool {
        first > u64::from(self.sb.first_data_block) && first.checked_add(count).is_some_and(|end| end <= self.sb.blocks)
    }

    /// Blocks of a cluster.
    pub(super) fn cluster_blocks(&self) -> u64 {
        1_u64.checked_shl(self.sb.cluster_bits()).unwrap_or(1)
    }
}
