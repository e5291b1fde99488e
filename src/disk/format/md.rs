//! Members of Linux md arrays: superblocks of version 0.90 and 1.x (`include/uapi/linux/raid/md_p.h`).

pub mod member;

use super::content::{Content, Found, Kind, Place};
use super::windows::Windows;
use super::{Malformed, far};
use crate::base::bytes::{Fields, Truncated, be32, label, le16, le32, le64};
use crate::base::ids::Id;

const FORMAT: &str = "md superblock";
/// `MD_SB_MAGIC`.
const MAGIC: u32 = 0xa92b_4efc;
/// Bytes of a superblock: all of 0.90, and as much as the kernel reads of 1.x.
const BYTES: usize = 4096;
/// Bytes of a 1.x superblock before the list of roles.
const HEADER: usize = 256;
/// Where a 1.x superblock keeps its checksum.
const CHECKSUM: usize = 216;

/// Looks for a superblock of any version, in the order in which `blkid` does.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    let size = windows.volume_bytes();
    let places = [("1.0", v1_0(size)), ("1.1", Some(0)), ("1.2", Some(4096))];
    // Almost always there is none: said before anything is built.
    let magic = |at: Option<u64>| at.is_some_and(|at| has_magic(windows, at));
    if !magic(far::md_0_90(size)) && !places.iter().any(|(_, at)| magic(*at)) {
        return None;
    }
    let mut all = std::iter::once(old(windows)).chain(places.map(|(version, at)| new(windows, version, at?))).flatten();
    let first = all.next()?;
    Some(all.fold(first, |kept, other| {
        let version = other.content.version.unwrap_or_default();
        kept.with_problem(Malformed::new(FORMAT, 0, format!("there is another superblock, of version {version}")))
    }))
}

/// Whether the magic lies at `at`, in either byte order.
fn has_magic(windows: &Windows<'_>, at: u64) -> bool {
    windows.get(at, 4).is_some_and(|bytes| bytes == MAGIC.to_le_bytes() || bytes == MAGIC.to_be_bytes())
}

/// Where a 1.0 superblock lies: at least 8 KiB before the end, on a 4 KiB boundary.
fn v1_0(volume_bytes: u64) -> Option<u64> {
    Some((volume_bytes / 512).checked_sub(16)? & !7).map(|sector| sector.saturating_mul(512))
}

/// Version 0.90, written in the byte order of its machine.
fn old(windows: &Windows<'_>) -> Option<Found> {
    let at = far::md_0_90(windows.volume_bytes())?;
    let magic = windows.get(at, 4)?;
    let read: fn(&[u8], usize) -> Result<u32, Truncated> = match () {
        () if le32(magic, 0) == Ok(MAGIC) => le32,
        () if be32(magic, 0) == Ok(MAGIC) => be32,
        () => return None,
    };
    let block = windows.get(at, BYTES)?;
    let word = |number: usize| read(block, number.saturating_mul(4)).ok();
    let size = u64::from(word(8)?).checked_mul(1024)?;
    // The data of the member lies before its superblock.
    if word(1)? != 0 || size > at {
        return None;
    }
    let minor = word(2)?;
    let mut uuid = [0; 16];
    for (into, number) in uuid.as_chunks_mut::<4>().0.iter_mut().zip([5, 13, 14, 15]) {
        *into = word(number)?.to_be_bytes();
    }
    let content = Content::new(Kind::Md).version("0.90").uuid(Id::Uuid(uuid)).bytes(at.saturating_add(64 << 10));
    let mut found = Found { content, place: Place::EndWithDataAtStart, problems: Vec::new() };
    if minor < 90 {
        found = found.with_problem(Malformed::new(FORMAT, at, format!("version 0.{minor} is not known")));
    }
    let stored = word(38)?;
    let sum = block.as_chunks::<4>().0.iter().filter_map(|word| read(word, 0).ok()).map(u64::from).sum::<u64>();
    Some(check(found, at, stored, fold(sum.saturating_sub(u64::from(stored)))))
}

/// Version 1.x at `at`, always little-endian.
fn new(windows: &Windows<'_>, version: &'static str, at: u64) -> Option<Found> {
    if !windows.has(at, &MAGIC.to_le_bytes()) {
        return None;
    }
    let block = windows.get(at, HEADER)?;
    let super_offset = le64(block, 144).ok()?;
    if le32(block, 4).ok()? != 1 || super_offset.checked_mul(512)? != at {
        return None;
    }
    let data_end = le64(block, 128).ok()?.saturating_add(le64(block, 136).ok()?);
    let end = data_end.max(super_offset.saturating_add(8)).saturating_mul(512);
    let content = Content::new(Kind::Md)
        .version(version)
        .uuid(Id::Uuid(block.array(16).ok()?))
        .label(label(block.take(32, 32).ok()?))
        .bytes(end);
    let place = if version == "1.0" { Place::EndWithDataAtStart } else { Place::Start };
    let found = Found { content, place, problems: Vec::new() };
    let roles = usize::try_from(le32(block, 220).ok()?).ok()?;
    let Some(bytes) = roles.checked_mul(2).and_then(|n| n.checked_add(HEADER)).filter(|n| *n <= BYTES) else {
        return Some(found.with_problem(Malformed::new(FORMAT, at, format!("{roles} roles do not fit into it"))));
    };
    // Cut off by what was read, not by what is there.
    let Some(whole) = windows.get(at, bytes) else { return Some(found) };
    let stored = le32(whole, CHECKSUM).ok()?;
    let (words, rest) = whole.as_chunks::<4>();
    let sum: u64 = words.iter().map(|word| u64::from(u32::from_le_bytes(*word))).sum();
    let sum = sum.saturating_add(le16(rest, 0).map_or(0, u64::from)).saturating_sub(u64::from(stored));
    Some(check(found, at, stored, fold(sum)))
}

/// The two halves of a sum added, as `calc_sb_csum` does.
fn fold(sum: u64) -> u32 {
    let halves = (sum & u64::from(u32::MAX)).saturating_add(sum >> 32);
    u32::try_from(halves & u64::from(u32::MAX)).unwrap_or_default()
}

fn check(found: Found, at: u64, stored: u32, computed: u32) -> Found {
    if stored == computed {
        return found;
    }
    let why = format!("its checksum is {stored:#010x}, its bytes give {computed:#010x}");
    found.with_problem(Malformed::new(FORMAT, at, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_1_0_superblock_is_looked_for_on_the_4_kib_boundary_at_least_8_kib_before_the_end() {
        assert_eq!(v1_0(1 << 20), Some((1 << 20) - 8192));
        assert_eq!(v1_0((1 << 20) + 512), Some((1 << 20) - 8192));
        assert_eq!(v1_0((1 << 20) - 512), Some((1 << 20) - 12288));
        assert_eq!(v1_0(8191), None);
    }

    #[test]
    fn the_carry_of_a_sum_is_added_once() {
        assert_eq!(fold(0x1_0000_0001), 2);
        assert_eq!(fold(0x1_ffff_ffff), 0);
    }

    #[test]
    fn a_superblock_that_names_another_place_is_the_copy_of_another_volume() {
        let mut block = vec![0; 8192];
        block[4096..4100].copy_from_slice(&MAGIC.to_le_bytes());
        block[4100] = 1;
        block[4096 + 144] = 8;
        assert_eq!(find(&Windows::new(1 << 20).with(0, &block)).unwrap().content.version, Some("1.2"));
        block[4096 + 144] = 0;
        assert_eq!(find(&Windows::new(1 << 20).with(0, &block)), None);
    }
}
