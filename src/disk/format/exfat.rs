//! exFAT boot sectors (Microsoft's "exFAT file system specification", section 3.1).
//!
//! The label lies in the root directory, far from all that is read at first: see [`root_directory`].

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

/// Bytes of an entry of a directory.
const ENTRY: usize = 32;
/// Type of the entry with the label, and the most letters that it has.
const LABEL: u8 = 0x83;
const MOST_LETTERS: usize = 11;

/// Where the root directory begins, and how long its first cluster is.
pub fn root_directory(windows: &Windows<'_>) -> Option<(u64, usize)> {
    let block = windows.get(0, 512)?;
    let (shift, cluster_shift) = (u32::from(u8_at(block, 108).ok()?), u32::from(u8_at(block, 109).ok()?));
    let (heap, first) = (u64::from(le32(block, 88).ok()?), u64::from(le32(block, 96).ok()?));
    let shift = Some(shift).filter(|shift| (9..=12).contains(shift))?;
    let cluster = 1_u64.checked_shl(cluster_shift)?;
    let sector = heap.checked_add(first.checked_sub(2)?.checked_mul(cluster)?)?;
    let len = usize::try_from(cluster.checked_mul(1 << shift)?).ok()?;
    Some((sector.checked_mul(1 << shift)?, len))
}

/// The label, where the directory has one.
pub fn root_label(directory: &[u8]) -> Option<String> {
    let entries = directory.as_chunks::<ENTRY>().0.iter().take_while(|entry| entry[0] != 0);
    let entry = entries.into_iter().find(|entry| entry[0] == LABEL)?;
    let letters = entry.get(2..)?.as_chunks::<2>().0.iter().take(usize::from(entry[1]).min(MOST_LETTERS));
    let text: String = char::decode_utf16(letters.map(|unit| u16::from_le_bytes(*unit)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    (!text.is_empty()).then_some(text)
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
