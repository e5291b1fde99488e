//! exFAT boot sectors (Microsoft's "exFAT file system specification", section 3.1).
//!
//! The label lies in the root directory, far from all that is read, and is left out.

use super::content::{Content, Found, Kind};
use super::windows::Windows;
use super::{Malformed, start_is_zero};
use crate::base::bytes::{Fields, all_zero, le16, le32, le64, u8_at};
use crate::base::ids::Id;

const FORMAT: &str = "exFAT boot sector";
const MAGIC: &[u8] = b"EXFAT   ";
/// Where the magic lies within the boot sector.
const MAGIC_AT: u64 = 3;

/// Looks for the main boot sector; on a volume whose start was wiped, for the backup in sector 12.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    if windows.has(MAGIC_AT, MAGIC) {
        return boot_sector(windows.get(0, 512)?, 0);
    }
    // Sectors are 512 to 4096 bytes.
    let at = [12 << 9, 12 << 10, 12 << 11, 12 << 12]
        .into_iter()
        .find(|at: &u64| windows.has(at.saturating_add(MAGIC_AT), MAGIC))?;
    let found = boot_sector(windows.get(at, 512)?, at)?;
    let why = "the main boot sector is gone; its backup is there";
    start_is_zero(windows).then(|| found.with_problem(Malformed::new(FORMAT, 0, why)))
}

fn boot_sector(block: &[u8], at: u64) -> Option<Found> {
    let shift = u8_at(block, 108).ok()?;
    let cluster_shift = u8_at(block, 109).ok()?;
    if !(9..=12).contains(&shift) || cluster_shift > 25 || !all_zero(block.take(11, 53).ok()?) {
        return None;
    }
    let bytes = le64(block, 72).ok()?.checked_mul(1 << shift)?;
    let content = Content::new(Kind::Exfat).uuid(Id::Serial32(le32(block, 100).ok()?)).bytes(bytes);
    let found = Found::at_start(content);
    Some(match (block.take(0, 3), le16(block, 510)) {
        (Ok([0xeb, 0x76, 0x90]), Ok(0xaa55)) => found,
        _ => found.with_problem(Malformed::new(FORMAT, at, "its jump or its 55 aa is wrong")),
    })
}
