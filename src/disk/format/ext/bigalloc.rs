//! Metadata of a bigalloc file system whose superblock does not say how much it is: from the group descriptors.
//!
//! Several pieces of metadata can lie in one cluster, which counts once, so they must be looked up. The descriptors
//! come right after the superblock; where not all of them were read, the answer is `None`.

use super::layout::Layout;
use super::superblock::{Superblock, incompat};
use crate::base::bytes::le32;
use crate::disk::format::windows::Windows;

/// As many descriptors as a block of 64 KiB holds: more are never looked at.
const MOST_GROUPS: u64 = 2048;

/// Clusters with metadata in all groups, as `count_overhead` of the kernel counts them: without the reserved descriptor
/// blocks, and without an inode table that crosses into another group.
pub(super) fn clusters(sb: &Superblock, layout: &Layout, windows: &Windows<'_>) -> Option<u64> {
    let size = u64::from(sb.desc_size);
    let table_bytes = layout.groups.checked_mul(size)?;
    let block = sb.block_bytes()?;
    let one_metagroup = table_bytes <= block;
    if layout.groups > MOST_GROUPS || (sb.incompat & incompat::META_BG != 0 && !one_metagroup) {
        return None;
    }
    let start = block.max(2048);
    let table = windows.get(start, usize::try_from(table_bytes).ok()?)?;
    let mut ranges = Vec::with_capacity(table.len());
    let group_blocks = u64::from(sb.blocks_per_group);
    let first = u64::from(sb.first_data_block);
    let mut add = |block: u64, blocks: u64| -> Option<()> {
        let at = block.checked_sub(first)?;
        let last = at.checked_add(blocks.checked_sub(1)?)?;
        if at.checked_div(group_blocks)? == last.checked_div(group_blocks)? && block < sb.blocks {
            ranges.push((at.checked_shr(sb.cluster_bits())?, last.checked_shr(sb.cluster_bits())?));
        }
        Some(())
    };
    for (group, descriptor) in (0_u64..).zip(table.chunks_exact(usize::from(sb.desc_size))) {
        let wide = sb.incompat & incompat::BITS64 != 0 && size >= 64;
        let address = |at: usize| -> Option<u64> {
            let high = if wide { le32(descriptor, at.checked_add(32)?).ok()? } else { 0 };
            Some((u64::from(high) << 32) | u64::from(le32(descriptor, at).ok()?))
        };
        add(address(0)?, 1)?;
        add(address(4)?, 1)?;
        add(address(8)?, layout.inode_table.max(1))?;
        let base = layout.base_blocks(sb, group);
        if base != 0 {
            add(first.checked_add(group.checked_mul(group_blocks)?)?, base.min(group_blocks))?;
        }
    }
    ranges.sort_unstable();
    let mut next = 0;
    let mut count = 0_u64;
    for (from, to) in ranges {
        let from = from.max(next);
        let end = to.checked_add(1)?;
        count = count.checked_add(end.saturating_sub(from))?;
        next = next.max(end);
    }
    Some(count)
}
