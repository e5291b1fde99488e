//! ext2, ext3, ext4 and the external ext journal, from the superblock at byte 1024.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/super.rst` and `fs/ext4/super.c`; what tells ext2, ext3 and
//! ext4 apart is no field of the superblock but a custom about its feature flags, and libblkid's is the one that
//! counts.

mod bigalloc;
pub(in crate::disk) mod features;
pub(in crate::disk) mod layout;
mod overhead;
pub(in crate::disk) mod superblock;
#[cfg(test)]
mod tests;

use self::superblock::{LEN, START, Superblock, compat, incompat, ro_compat};
use super::Malformed;
use super::content::{Content, Found, Kind};
use super::windows::Windows;

const FORMAT: &str = "ext superblock";
const MAGIC: [u8; 2] = 0xef53_u16.to_le_bytes();

/// What ext2 and ext3 know of the two masks that matter for a mount; a bit beyond them makes it ext4.
const OLD_INCOMPAT: u32 = incompat::FILETYPE | incompat::META_BG;
const OLD_RO_COMPAT: u32 = ro_compat::SPARSE_SUPER | ro_compat::LARGE_FILE | ro_compat::BTREE_DIR;

/// Looks for an ext superblock. `None` where the magic is absent, the superblock was not read whole, or two and more
/// fields are impossible: two bytes of magic alone are weak evidence.
///
/// A superblock with problems gets no `df_bytes`: the kernel would not mount it, so there is no size to report.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    if !windows.has(START.saturating_add(superblock::MAGIC_AT), &MAGIC) {
        return None;
    }
    let raw = windows.get(START, LEN)?;
    let sb = Superblock::read(raw).ok()?;
    let mut impossible = sb.impossible_fields();
    let first = impossible.next();
    let second = impossible.next();
    let checksum = sb.checksum_problem(raw);
    // A checksum that holds proves that somebody wrote a superblock here, whatever its fields say.
    if second.is_some() && (checksum.is_some() || !sb.has_checksum()) {
        return None;
    }
    let mut content = Content::new(kind(&sb)).uuid(sb.uuid).label(sb.label(raw));
    content.bytes = sb.bytes();
    let mut found = Found::at_start(content);
    for (at, why) in [checksum, first, second].into_iter().flatten() {
        found = found.with_problem(Malformed::new(FORMAT, START.saturating_add(at), why));
    }
    let (refusals, unknown) = features::judge(&sb);
    found.content.refusals = refusals;
    for (at, why) in unknown {
        found = found.with_problem(Malformed::new(FORMAT, START.saturating_add(at), why));
    }
    if let Some(why) = sb.block_bytes().and_then(|bytes| windows.too_small_for_device(bytes)) {
        found = found.with_problem(Malformed::new(FORMAT, START.saturating_add(24), format!("has blocks of {why}")));
    }
    found.content.unreplayed_journal = sb.incompat & incompat::RECOVER != 0;
    match found.content.bytes {
        Some(bytes) if bytes > windows.volume_bytes() => {
            let why = format!("says {bytes} bytes, and the volume has {}", windows.volume_bytes());
            found = found.with_problem(Malformed::new(FORMAT, START.saturating_add(4), why));
        }
        _ => {}
    }
    if found.problems.is_empty() && found.content.kind != Kind::Jbd {
        found.content.df_bytes = overhead::df_bytes(&sb, windows);
        found.content.free_bytes = sb.free_bytes();
    }
    Some(found)
}

fn kind(sb: &Superblock) -> Kind {
    let beyond = |known: u32| sb.incompat & !known != 0 || sb.ro_compat & !OLD_RO_COMPAT != 0;
    if sb.incompat & incompat::JOURNAL_DEV != 0 {
        Kind::Jbd
    } else if sb.compat & compat::HAS_JOURNAL == 0 {
        if beyond(OLD_INCOMPAT) { Kind::Ext4 } else { Kind::Ext2 }
    } else if beyond(OLD_INCOMPAT | incompat::RECOVER) {
        Kind::Ext4
    } else {
        Kind::Ext3
    }
}
