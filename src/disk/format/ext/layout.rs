//! How block groups are laid out: which keep a superblock, and how many blocks of metadata each has.

use super::superblock::{Superblock, compat, incompat, ro_compat};

/// How the block groups are laid out.
#[derive(Debug, Clone, Copy)]
pub(in crate::disk) struct Layout {
    /// Block groups.
    pub(in crate::disk) groups: u64,
    /// Blocks of an inode table.
    pub(in crate::disk) inode_table: u64,
    /// Group descriptors in a block: the groups of a metagroup.
    pub(in crate::disk) descriptors: u64,
}

impl Layout {
    pub(in crate::disk) fn of(sb: &Superblock) -> Option<Self> {
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
    pub(in crate::disk) fn blocks(&self, sb: &Superblock) -> Option<u64> {
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
    pub(in crate::disk) fn base_blocks(&self, sb: &Superblock, group: u64) -> u64 {
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

/// Whether a group keeps a superblock.
pub(in crate::disk) fn has_super(sb: &Superblock, group: u64) -> bool {
    supers(sb, group.saturating_add(1)) > supers(sb, group)
}
