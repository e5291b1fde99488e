//! What `df` calls the size of an ext file system, computed as the kernel does when it mounts one.
//!
//! `statfs(2)` reports the blocks without the overhead: superblocks and their backups, group descriptors, blocks reserved
//! for more of those, bitmaps, inode tables, and an internal journal (`ext4_calculate_overhead`, `fs/ext4/super.c`).
//! The kernel walks the groups; the same sum has a closed form, because each group has two bitmaps and one inode table
//! wherever flex_bg has put them, and because which groups keep a superblock is known from their number alone.
//!
//! * Without bigalloc the kernel computes anew at each mount, so `s_overhead_clusters` is not looked at.
//! * With bigalloc it believes `s_overhead_clusters`; where that is zero it has to look at the descriptors.
//! * Kernels before 5.18 (and stable branches of April 2022) differ in two ways, and cannot be told from a disk: they leave
//!   the reserved descriptor blocks out of the sum, and believe `s_overhead_clusters` always. `mke2fs` 1.47
//!   writes it with the value that is computed here; where it is zero, such a kernel reports a little more than this.

use super::bigalloc;
use super::superblock::{Superblock, compat, incompat, ro_compat};
use crate::format::windows::Windows;

/// `f_blocks * f_frsize` in bytes, or `None` where it cannot be known from what was read.
pub(super) fn df_bytes(sb: &Superblock, windows: &Windows<'_>) -> Option<u64> {
    let clusters = match u64::from(sb.overhead_clusters) {
        stored if sb.bigalloc() && stored != 0 && stored <= sb.blocks => stored,
        _ => {
            let layout = Layout::of(sb)?;
            let metadata = if sb.bigalloc() { bigalloc::clusters(sb, &layout, windows)? } else { layout.blocks(sb)? };
            let start = u64::from(sb.first_data_block).checked_shr(sb.cluster_bits())?;
            start.checked_add(metadata)?.checked_add(journal_clusters(sb)?)?
        }
    };
    let overhead = clusters.checked_mul(1_u64.checked_shl(sb.cluster_bits())?)?;
    sb.blocks.checked_sub(overhead)?.checked_mul(sb.block_bytes()?)
}

/// Clusters of an internal journal. Its size is in the journal's inode; the superblock keeps a backup of that inode,
/// which every tool writes that makes a journal, except for one made on a mounted file system until the next e2fsck.
fn journal_clusters(sb: &Superblock) -> Option<u64> {
    /// `EXT3_JNL_BACKUP_BLOCKS`: the backup is valid.
    const VALID: u8 = 1;
    if sb.compat & compat::HAS_JOURNAL == 0 || sb.journal_inum == 0 {
        return Some(0);
    }
    if sb.jnl_backup_type != VALID || sb.journal_bytes == 0 {
        return None;
    }
    let blocks = sb.journal_bytes.checked_div(sb.block_bytes()?)?;
    Some(blocks.div_ceil(1_u64.checked_shl(sb.cluster_bits())?))
}

/// How the block groups are laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Block groups.
    pub(super) groups: u64,
    /// Blocks of an inode table.
    pub(super) inode_table: u64,
    /// Group descriptors in a block: the groups of a metagroup.
    descriptors: u64,
}

impl Layout {
    fn of(sb: &Superblock) -> Option<Self> {
        let block = sb.block_bytes()?;
        let inodes_per_block = block.checked_div(u64::from(sb.inode_size))?;
        Some(Self {
            groups: sb
                .blocks
                .checked_sub(u64::from(sb.first_data_block))?
                .checked_add(u64::from(sb.blocks_per_group).checked_sub(1)?)?
                .checked_div(u64::from(sb.blocks_per_group))?,
            inode_table: u64::from(sb.inodes_per_group).checked_div(inodes_per_block)?,
            descriptors: block.checked_div(u64::from(sb.desc_size)).filter(|n| *n != 0)?,
        })
    }

    /// Blocks of metadata in all groups.
    fn blocks(&self, sb: &Superblock) -> Option<u64> {
        let supers = supers(sb, self.groups);
        let each = self.inode_table.checked_add(2)?;
        let with_super = u64::from(sb.reserved_gdt_blocks).checked_add(1)?;
        let groups = self.groups.checked_mul(each)?;
        groups.checked_add(supers.checked_mul(with_super)?)?.checked_add(self.descriptor_blocks(sb, supers)?)
    }

    /// Blocks of group descriptors in all groups.
    fn descriptor_blocks(&self, sb: &Superblock, supers_of_all: u64) -> Option<u64> {
        let table = self.groups.div_ceil(self.descriptors);
        if sb.incompat & incompat::META_BG == 0 {
            return supers_of_all.checked_mul(table);
        }
        let first = u64::from(sb.first_meta_bg);
        // The kernel refuses a first metagroup beyond the last.
        let meta_groups = table.checked_sub(first)?;
        let old = supers(sb, self.groups.min(first.checked_mul(self.descriptors)?)).checked_mul(first)?;
        // A metagroup has its one block of descriptors in its first, second and last group.
        let copies = self.descriptors.min(3);
        let Some(whole) = meta_groups.checked_sub(1) else { return Some(old) };
        let rest = self.groups.checked_sub(first.checked_add(whole)?.checked_mul(self.descriptors)?)?;
        let copies_in_last = if rest == self.descriptors { copies } else { rest.min(2) };
        old.checked_add(whole.checked_mul(copies)?)?.checked_add(copies_in_last)
    }

    /// Blocks at the start of group `group` with its superblock and descriptors, without reserved ones.
    pub(super) fn base_blocks(&self, sb: &Superblock, group: u64) -> u64 {
        let has_super = u64::from(has_super(sb, group));
        let first = u64::from(sb.first_meta_bg);
        let meta_group = group.checked_div(self.descriptors).unwrap_or(0);
        let descriptors = if sb.incompat & incompat::META_BG == 0 {
            has_super.saturating_mul(self.groups.div_ceil(self.descriptors))
        } else if meta_group < first {
            has_super.saturating_mul(first)
        } else {
            let at = group.saturating_sub(meta_group.saturating_mul(self.descriptors));
            u64::from(at <= 1 || at.saturating_add(1) == self.descriptors)
        };
        has_super.saturating_add(descriptors)
    }
}

/// How many of the groups below `limit` keep a superblock.
fn supers(sb: &Superblock, limit: u64) -> u64 {
    if sb.compat & compat::SPARSE_SUPER2 != 0 {
        let [a, b] = sb.backup_bgs.map(|group| u64::from(group != 0 && u64::from(group) < limit));
        let same = sb.backup_bgs[0] == sb.backup_bgs[1];
        return limit.min(1).saturating_add(a).saturating_add(if same { 0 } else { b });
    }
    if sb.ro_compat & ro_compat::SPARSE_SUPER == 0 {
        return limit;
    }
    // Groups 0 and 1, and the powers of 3, 5 and 7, which have nothing in common.
    let powers = [3_u64, 5, 7].map(|base| {
        let below = |power: &u64| *power < limit;
        std::iter::successors(Some(base), |power| power.checked_mul(base)).take_while(below).count() as u64
    });
    powers.iter().fold(limit.min(2), |sum, n| sum.saturating_add(*n))
}

fn has_super(sb: &Superblock, group: u64) -> bool {
    supers(sb, group.saturating_add(1)) > supers(sb, group)
}
