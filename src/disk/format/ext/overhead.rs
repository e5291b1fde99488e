//! What `df` calls the size of an ext file system, computed as the kernel does when it mounts one.
//!
//! `statfs(2)` reports the blocks without the overhead: superblocks and their backups, group descriptors, blocks
//! reserved for more of those, bitmaps, inode tables, and an internal journal (`ext4_calculate_overhead`,
//! `fs/ext4/super.c`). The kernel walks the groups; the same sum has a closed form, because each group has two bitmaps
//! and one inode table wherever flex_bg has put them, and because which groups keep a superblock is known from their
//! number alone.
//!
//! * Without bigalloc the kernel computes anew at each mount, so `s_overhead_clusters` is not looked at.
//! * With bigalloc it believes `s_overhead_clusters`; where that is zero it has to look at the descriptors.
//! * Kernels before 5.18 (and stable branches of April 2022) differ in two ways, and cannot be told from a disk: they
//!   leave the reserved descriptor blocks out of the sum, and believe `s_overhead_clusters` always. `mke2fs` 1.47
//!   writes it with the value that is computed here; where it is zero, such a kernel reports a little more than this.

use super::bigalloc;
use super::layout::Layout;
use super::superblock::{Superblock, compat};
use crate::disk::format::windows::Windows;

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
