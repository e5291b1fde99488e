//! The fields of the superblock that matter here, and what makes them impossible.

use crate::base::bytes::{self, Fields, Truncated, le16, le32, u8_at};
use crate::base::ids::Id;

/// Offset of the superblock from the start of the volume, in bytes.
pub(in crate::disk) const START: u64 = 1024;
/// Length of the superblock in bytes.
pub(in crate::disk) const LEN: usize = 1024;
/// Offset of the magic within it.
pub(in crate::disk) const MAGIC_AT: u64 = 56;

const CHECKSUM_AT: usize = 1020;
const CHECKSUM_TYPE_AT: u64 = 373;
/// The only checksum type that exists.
const CRC32C: u8 = 1;

/// Bits of `s_state`.
pub(in crate::disk) mod state {
    /// Unmounted. Of use only where there is no journal, because with one the bit stays while it is mounted.
    pub(in crate::disk) const VALID: u16 = 0x1;
    /// The kernel found something wrong.
    pub(in crate::disk) const ERRORS: u16 = 0x2;
}

/// Bits of `s_feature_compat`.
pub(in crate::disk) mod compat {
    pub(in crate::disk) const HAS_JOURNAL: u32 = 0x4;
    pub(in crate::disk) const SPARSE_SUPER2: u32 = 0x200;
}

/// Bits of `s_feature_incompat`.
pub(in crate::disk) mod incompat {
    pub(in crate::disk) const FILETYPE: u32 = 0x2;
    pub(in crate::disk) const RECOVER: u32 = 0x4;
    pub(in crate::disk) const JOURNAL_DEV: u32 = 0x8;
    pub(in crate::disk) const META_BG: u32 = 0x10;
    pub(in crate::disk) const BITS64: u32 = 0x80;
    pub(in crate::disk) const CSUM_SEED: u32 = 0x2000;
    pub(in crate::disk) const LARGE_DIR: u32 = 0x4000;
}

/// Bits of `s_feature_ro_compat`.
pub(in crate::disk) mod ro_compat {
    pub(in crate::disk) const SPARSE_SUPER: u32 = 0x1;
    pub(in crate::disk) const LARGE_FILE: u32 = 0x2;
    pub(in crate::disk) const BTREE_DIR: u32 = 0x4;
    pub(in crate::disk) const HUGE_FILE: u32 = 0x8;
    pub(in crate::disk) const GDT_CSUM: u32 = 0x10;
    pub(in crate::disk) const BIGALLOC: u32 = 0x200;
    pub(in crate::disk) const METADATA_CSUM: u32 = 0x400;
}

/// A superblock. The names are the kernel's, without their `s_`.
#[derive(Debug, Clone, Copy)]
pub(in crate::disk) struct Superblock {
    pub(in crate::disk) inodes: u32,
    pub(in crate::disk) blocks: u64,
    pub(in crate::disk) free_blocks: u64,
    pub(in crate::disk) first_data_block: u32,
    pub(in crate::disk) log_block_size: u32,
    pub(in crate::disk) log_cluster_size: u32,
    pub(in crate::disk) blocks_per_group: u32,
    pub(in crate::disk) clusters_per_group: u32,
    pub(in crate::disk) inodes_per_group: u32,
    pub(in crate::disk) state: u16,
    pub(in crate::disk) rev_level: u32,
    pub(in crate::disk) inode_size: u16,
    pub(in crate::disk) compat: u32,
    pub(in crate::disk) incompat: u32,
    pub(in crate::disk) ro_compat: u32,
    pub(in crate::disk) uuid: Id,
    pub(in crate::disk) reserved_gdt_blocks: u16,
    pub(in crate::disk) creator_os: u32,
    pub(in crate::disk) journal_inum: u32,
    pub(in crate::disk) journal_dev: u32,
    pub(in crate::disk) checksum_seed: u32,
    pub(in crate::disk) jnl_backup_type: u8,
    pub(in crate::disk) desc_size: u16,
    pub(in crate::disk) first_meta_bg: u32,
    /// Size in bytes that the backup of the journal's inode in `s_jnl_blocks` gives.
    pub(in crate::disk) journal_bytes: u64,
    pub(in crate::disk) overhead_clusters: u32,
    pub(in crate::disk) backup_bgs: [u32; 2],
    checksum_type: u8,
}

impl Superblock {
    pub(in crate::disk) fn read(raw: &[u8]) -> Result<Self, Truncated> {
        let incompat = le32(raw, 96)?;
        let rev_level = le32(raw, 76)?;
        let wide = incompat & incompat::BITS64 != 0;
        let high = |at| if wide { le32(raw, at) } else { Ok(0) };
        Ok(Self {
            inodes: le32(raw, 0)?,
            blocks: join(high(336)?, le32(raw, 4)?),
            free_blocks: join(high(344)?, le32(raw, 12)?),
            first_data_block: le32(raw, 20)?,
            log_block_size: le32(raw, 24)?,
            log_cluster_size: le32(raw, 28)?,
            blocks_per_group: le32(raw, 32)?,
            clusters_per_group: le32(raw, 36)?,
            inodes_per_group: le32(raw, 40)?,
            state: le16(raw, 58)?,
            rev_level,
            // Revision 0 has no such field: its inodes are 128 bytes.
            inode_size: if rev_level == 0 { 128 } else { le16(raw, 88)? },
            compat: le32(raw, 92)?,
            incompat,
            ro_compat: le32(raw, 100)?,
            uuid: Id::Uuid(raw.array(104)?),
            reserved_gdt_blocks: le16(raw, 206)?,
            creator_os: le32(raw, 72)?,
            journal_inum: le32(raw, 224)?,
            journal_dev: le32(raw, 228)?,
            checksum_seed: le32(raw, 624)?,
            jnl_backup_type: u8_at(raw, 253)?,
            desc_size: if wide { le16(raw, 254)? } else { 32 },
            first_meta_bg: le32(raw, 260)?,
            journal_bytes: join(le32(raw, 328)?, le32(raw, 332)?),
            overhead_clusters: le32(raw, 584)?,
            backup_bgs: [le32(raw, 588)?, le32(raw, 592)?],
            checksum_type: u8_at(raw, 373)?,
        })
    }

    pub(in crate::disk) fn label(&self, raw: &[u8]) -> Option<String> {
        bytes::label(raw.take(120, 16).ok()?)
    }

    /// Block size in bytes: 1 KiB to 64 KiB.
    pub(in crate::disk) fn block_bytes(&self) -> Option<u64> {
        (self.log_block_size <= 6).then(|| 1024_u64.checked_shl(self.log_block_size))?
    }

    /// Bytes that the file system occupies.
    pub(in crate::disk) fn bytes(&self) -> Option<u64> {
        self.blocks.checked_mul(self.block_bytes()?)
    }

    /// Bytes that are free in it. `None` where a journal has yet to be replayed, or there are more than it has.
    pub(in crate::disk) fn free_bytes(&self) -> Option<u64> {
        let settled = self.incompat & incompat::RECOVER == 0 && self.free_blocks <= self.blocks;
        settled.then(|| self.free_blocks.checked_mul(self.block_bytes()?))?
    }

    /// Whether allocation is by clusters of blocks.
    pub(in crate::disk) fn bigalloc(&self) -> bool {
        self.ro_compat & ro_compat::BIGALLOC != 0
    }

    /// log2 of the blocks of a cluster.
    pub(in crate::disk) fn cluster_bits(&self) -> u32 {
        if self.bigalloc() { self.log_cluster_size.saturating_sub(self.log_block_size) } else { 0 }
    }

    /// Whether it carries a checksum.
    pub(in crate::disk) fn has_checksum(&self) -> bool {
        self.ro_compat & ro_compat::METADATA_CSUM != 0
    }

    /// What is wrong with the checksum, and where.
    pub(in crate::disk) fn checksum_problem(&self, raw: &[u8]) -> Option<(u64, &'static str)> {
        if !self.has_checksum() {
            // tune2fs clears the type together with the feature, so this is a feature bit that was lost.
            return (self.checksum_type == CRC32C)
                .then_some((CHECKSUM_TYPE_AT, "has a checksum type but not the feature metadata_csum"));
        }
        if self.checksum_type != CRC32C {
            return Some((CHECKSUM_TYPE_AT, "unknown checksum type"));
        }
        let (covered, stored) = (raw.take(0, CHECKSUM_AT).ok()?, le32(raw, CHECKSUM_AT).ok()?);
        (!crc32c::crc32c(covered) != stored).then_some((CHECKSUM_AT as u64, "the checksum does not match"))
    }

    /// The fields that no file system can have, by the rules of the kernel's mount; what depends on a field
    /// that is itself impossible is not held against it a second time.
    pub(in crate::disk) fn impossible_fields(&self) -> impl Iterator<Item = (u64, &'static str)> {
        let journal = self.incompat & incompat::JOURNAL_DEV != 0;
        let block = self.block_bytes();
        let per_bitmap = block.unwrap_or(u64::MAX / 8).saturating_mul(8);
        let inodes = u64::from(self.inodes_per_group);
        let inode_ok = self.inode_size.is_power_of_two()
            && self.inode_size >= 128
            && block.is_none_or(|block| u64::from(self.inode_size) <= block);
        let inodes_per_block = block.unwrap_or(1).checked_div(u64::from(self.inode_size)).unwrap_or(0);
        let units = if self.bigalloc() { self.clusters_per_group } else { self.blocks_per_group };
        let units_ok = units != 0 && u64::from(units) <= per_bitmap;
        let cluster = self.log_cluster_size.checked_sub(self.log_block_size).filter(|bits| *bits <= 14);
        let per_group = cluster.and_then(|bits| self.clusters_per_group.checked_shl(bits));
        let desc_ok = self.desc_size.is_power_of_two() && (32..=1024).contains(&self.desc_size);
        [
            (self.rev_level > 1, 76, "unknown revision"),
            (block.is_none(), 24, "impossible block size"),
            (u64::from(self.first_data_block) >= self.blocks, 4, "impossible number of blocks"),
            (!journal && (!units_ok || self.blocks_per_group == 0), 32, "impossible size of a block group"),
            (
                !journal && self.bigalloc() && block.is_some() && per_group != Some(self.blocks_per_group),
                28,
                "impossible size of a cluster",
            ),
            (!journal && !inode_ok, 88, "impossible inode size"),
            (
                !journal && inode_ok && (inodes < inodes_per_block || inodes > per_bitmap),
                40,
                "impossible number of inodes in a block group",
            ),
            (!journal && !desc_ok, 254, "impossible size of a group descriptor"),
        ]
        .into_iter()
        .filter_map(|(wrong, at, why)| wrong.then_some((at, why)))
    }
}

fn join(high: u32, low: u32) -> u64 {
    (u64::from(high) << 32) | u64::from(low)
}
