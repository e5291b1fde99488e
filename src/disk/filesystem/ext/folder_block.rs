//! A block of a folder: entries one behind the other, the last of which reaches to the end.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/directory.rst`. The blocks of a hash tree are read like others:
//! to a reader that does not know the tree they have no names.

use super::geometry::Geometry;
use super::sums;
use crate::base::bytes::{Fields, Truncated, le16, le32, u8_at};
use crate::disk::filesystem::Entry;
use crate::disk::format::ext::superblock::incompat;

/// Bytes of an entry before its name.
const HEAD: usize = 8;
/// Shortest entry, in bytes.
const SHORTEST: usize = 12;
/// The type of an entry that is a folder, and the greatest type.
const FOLDER: u8 = 2;
const LAST_TYPE: u8 = 7;

/// How the entries of one file system are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    block_bytes: u64,
    has_types: bool,
    inodes: u32,
}

impl Style {
    pub(super) fn of(geometry: &Geometry) -> Self {
        let has_types = geometry.has(incompat::FILETYPE);
        Self { block_bytes: geometry.block_bytes, has_types, inodes: geometry.sb.inodes }
    }

    /// The entries of `raw` that have a name, without `.` and `..`.
    pub(super) fn entries(self, raw: &[u8]) -> Result<Vec<Entry>, String> {
        let mut found = Vec::new();
        let mut at = 0_usize;
        while at < raw.len() {
            let entry = self.entry(raw, at).map_err(|_| format!("it ends within the entry at byte {at}"))?;
            let (entry, next) = entry.map_err(|why| format!("the entry at byte {at} {why}"))?;
            found.extend(entry.filter(|entry| entry.name != b"." && entry.name != b".."));
            at = next;
        }
        Ok(found)
    }

    /// An entry, where it has a name, and where the next one begins.
    fn entry(self, raw: &[u8], at: usize) -> Result<Result<(Option<Entry>, usize), &'static str>, Truncated> {
        let field = |offset: usize| at.saturating_add(offset);
        let (inode, len) = (le32(raw, at)?, self.length(le16(raw, field(4))?));
        let name_bytes = if self.has_types { u16::from(u8_at(raw, field(6))?) } else { le16(raw, field(6))? };
        let kind = if self.has_types { u8_at(raw, field(7))? } else { 0 };
        let needed = HEAD.saturating_add(usize::from(name_bytes));
        let next = at.saturating_add(len);
        let left = raw.len().checked_sub(next);
        if len < SHORTEST || len & 3 != 0 || len < needed || left.is_none_or(|left| left > 0 && left < SHORTEST) {
            return Ok(Err("has an impossible length"));
        }
        if inode == 0 {
            return Ok(Ok((None, next)));
        }
        let name = raw.take(field(HEAD), usize::from(name_bytes))?;
        if name.is_empty() || name.len() > 255 || name.contains(&0) || name.contains(&b'/') {
            return Ok(Err("has an impossible name"));
        }
        if inode > self.inodes {
            return Ok(Err("has an impossible inode"));
        }
        let is_folder = (1..=LAST_TYPE).contains(&kind).then_some(kind == FOLDER);
        Ok(Ok((Some(Entry { name: name.to_vec(), inode: u64::from(inode), is_folder }), next)))
    }

    /// With blocks of 64 KiB a length does not fit into its 16 bits; it is a multiple of 4, so two of them are free.
    fn length(self, raw: u16) -> usize {
        match (usize::from(raw), self.block_bytes) {
            (0 | 0xffff, 0x1_0000) => 0x1_0000,
            (raw, 0x1_0000) => (raw & 0xfffc) | ((raw & 3) << 16),
            (raw, _) => raw,
        }
    }

    /// Whether a block has the sum that it should have. `first` is the first of its folder, which has a hash tree where
    /// `is_tree`.
    pub(super) fn has_its_sum(self, seed: u32, raw: &[u8], first: bool, is_tree: bool) -> bool {
        let whole = le16(raw, 4).is_ok_and(|len| self.length(len) == raw.len());
        let numbers_at = match (is_tree, first) {
            (true, true) => Some(32),
            (true, false) if whole && le32(raw, 0) == Ok(0) => Some(8),
            _ => None,
        };
        match numbers_at {
            Some(at) => tree_sum(seed, raw, at),
            None => leaf_sum(seed, raw),
        }
        .unwrap_or(false)
    }
}

/// A block of names has its sum in an entry at its end that is in use by no file.
fn leaf_sum(seed: u32, raw: &[u8]) -> Result<bool, Truncated> {
    let at = raw.len().saturating_sub(SHORTEST);
    let is_tail = raw.take(at, HEAD)? == [0, 0, 0, 0, 12, 0, 0, 0xde];
    Ok(is_tail && sums::crc32c(seed, raw.take(0, at)?) == le32(raw, at.saturating_add(HEAD))?)
}

/// A block of a hash tree has its sum behind the room for hashes, over those that are used.
fn tree_sum(seed: u32, raw: &[u8], at: usize) -> Result<bool, Truncated> {
    let (room, used) = (usize::from(le16(raw, at)?), usize::from(le16(raw, at.saturating_add(2))?));
    if used > room {
        return Ok(false);
    }
    let behind = |hashes: usize| at.saturating_add(hashes.saturating_mul(8));
    let covered = sums::crc32c(seed, raw.take(0, behind(used))?);
    let tail = raw.take(behind(room), 8)?;
    Ok(sums::crc32c_without(covered, tail, 4, 4) == le32(tail, 4)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { block_bytes: 1024, has_types: true, inodes: 100 };

    fn entry(inode: u32, len: u16, kind: u8, name: &[u8]) -> Vec<u8> {
        let mut raw = inode.to_le_bytes().to_vec();
        raw.extend(len.to_le_bytes());
        raw.extend([u8::try_from(name.len()).unwrap(), kind]);
        raw.extend(name);
        raw.resize(usize::from(len), 0);
        raw
    }

    #[test]
    fn entries_in_use_have_a_name_and_an_inode_and_may_tell_what_is_a_folder() {
        let raw =
            [entry(2, 12, 2, b"."), entry(0, 16, 1, b"gone"), entry(12, 12, 2, b"a"), entry(13, 984, 0, b"b\xff")];
        let found = STYLE.entries(&raw.concat()).unwrap();
        let expected = [(&b"a"[..], 12, Some(true)), (b"b\xff", 13, None)];
        let expected = expected.map(|(name, inode, is_folder)| Entry { name: name.to_vec(), inode, is_folder });
        assert_eq!(found, expected);
    }

    #[test]
    fn an_impossible_entry_is_an_error_with_its_place() {
        for (last, why) in [
            (entry(12, 8, 1, b""), "has an impossible length"),
            (entry(12, 1016, 1, b"a"), "has an impossible length"),
            (entry(12, 1004, 1, b"a"), "has an impossible length"),
            (entry(12, 1012, 1, b"a/b"), "has an impossible name"),
            (entry(12, 1012, 1, b""), "has an impossible name"),
            (entry(101, 1012, 1, b"a"), "has an impossible inode"),
        ] {
            let mut raw = [entry(2, 12, 2, b"."), last].concat();
            raw.resize(1024, 0);
            assert_eq!(STYLE.entries(&raw), Err(format!("the entry at byte 12 {why}")));
        }
        assert!(STYLE.entries(&[1, 0, 0, 0]).is_err());
    }

    #[test]
    fn lengths_of_64_kib_and_near_it_fit_into_16_bits() {
        let large = Style { block_bytes: 0x1_0000, ..STYLE };
        assert_eq!([0, 0xffff, 0xfffc, 12].map(|raw| large.length(raw)), [0x1_0000, 0x1_0000, 0xfffc, 12]);
        assert_eq!(STYLE.length(0xfffc), 0xfffc);
    }
}
