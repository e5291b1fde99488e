//! btrfs superblocks (`include/uapi/linux/btrfs_tree.h`, `struct btrfs_super_block`).

use super::content::{Content, Found, Kind};
use super::far::BTRFS_MIRROR;
use super::windows::Windows;
use super::{Malformed, start_is_zero};
use crate::base::bytes::{Fields, label, le16, le32, le64};
use crate::base::ids::Id;

const FORMAT: &str = "btrfs superblock";
const MAGIC: &[u8] = b"_BHRfS_M";
const PRIMARY: u64 = 64 << 10;
const BYTES: usize = 4096;

/// Looks for the primary superblock at 64 KiB; on a volume whose start was wiped, for the mirror at 64 MiB.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    superblock(windows, PRIMARY).or_else(|| {
        let found = superblock(windows, BTRFS_MIRROR)?;
        let why = "the primary superblock is gone; a mirror is there";
        start_is_zero(windows).then(|| found.with_problem(Malformed::new(FORMAT, PRIMARY, why)))
    })
}

fn superblock(windows: &Windows<'_>, at: u64) -> Option<Found> {
    if !windows.has(at.saturating_add(64), MAGIC) {
        return None;
    }
    let block = windows.get(at, BYTES)?;
    let content = Content::new(Kind::Btrfs)
        .uuid(Id::Uuid(block.array(32).ok()?))
        .label(label(block.take(299, 256).ok()?))
        // Of this device: the file system may span several.
        .bytes(le64(block, 209).ok()?);
    let mut found = Found::at_start(content);
    if le64(block, 48).ok()? != at {
        found = found.with_problem(Malformed::new(FORMAT, at, "it says that it lies elsewhere"));
    }
    // Other kinds of checksum need more than a table: they are taken on trust.
    let stored = le32(block, 0).ok()?;
    if le16(block, 196).ok()? == 0 && crc32c::crc32c(block.get(32..)?) != stored {
        found = found.with_problem(Malformed::new(FORMAT, at, "its checksum does not fit its bytes"));
    }
    Some(found)
}
