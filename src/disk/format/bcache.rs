//! bcache superblocks (`include/uapi/linux/bcache.h`, `struct cache_sb_disk`).

use super::Malformed;
use super::content::{Content, Found, Kind};
use super::windows::Windows;
use crate::base::bytes::{Fields, le16, le64};
use crate::base::ids::Id;

const FORMAT: &str = "bcache superblock";
const AT: u64 = 4096;
const MAGIC: &[u8] = b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81";
/// Bytes before the list of journal buckets, and most entries that it has.
const HEADER: usize = 208;
const MOST_KEYS: u16 = 256;
/// The generator polynomial of ECMA-182.
const POLYNOMIAL: u64 = 0x42f0_e1eb_a9ea_3693;

/// Looks for the superblock of a cache or of a backing device.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    if !windows.has(AT.saturating_add(24), MAGIC) {
        return None;
    }
    let block = windows.get(AT, HEADER)?;
    let mut content = Content::new(Kind::Bcache).uuid(Id::Uuid(block.array(40).ok()?));
    // Versions 0, 3 and 5 are caches, which say their size; the others are backing devices, which end with the volume.
    if matches!(le64(block, 16).ok()?, 0 | 3 | 5) {
        let bucket = u64::from(le16(block, 194).ok()?).saturating_mul(512);
        content = content.bytes(le64(block, 184).ok()?.saturating_mul(bucket));
    }
    let mut found = Found::at_start(content);
    if le64(block, 8).ok()?.checked_mul(512) != Some(AT) {
        found = found.with_problem(Malformed::new(FORMAT, AT, "it says that it lies elsewhere"));
    }
    let keys = le16(block, 206).ok()?;
    if keys > MOST_KEYS {
        return Some(found.with_problem(Malformed::new(FORMAT, AT, format!("{keys} journal buckets do not fit"))));
    }
    let bytes = usize::from(keys).saturating_mul(8).saturating_add(HEADER);
    if windows.get(AT, bytes).and_then(|all| all.get(8..)).is_some_and(|all| Ok(crc64(all)) != le64(block, 0)) {
        found = found.with_problem(Malformed::new(FORMAT, AT, "its checksum does not fit its bytes"));
    }
    Some(found)
}

/// CRC-64/WE, bit by bit: it covers a few hundred bytes, once a bcache.
fn crc64(bytes: &[u8]) -> u64 {
    !bytes.iter().fold(u64::MAX, |crc, byte| {
        (0..8).fold(crc ^ (u64::from(*byte) << 56), |crc, _| (crc << 1) ^ if crc >> 63 == 1 { POLYNOMIAL } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_the_catalogue() {
        assert_eq!(crc64(b"123456789"), 0x62ec_59e3_f1a4_f00a);
    }
}
