//! The files of a tar archive, found by their headers; nothing is unpacked (POSIX `ustar` and `pax`, and GNU names).

use std::io;

use super::invalid;
use super::store::Store;
use crate::base::bytes::{Fields, Truncated, all_zero};

const BLOCK: u64 = 512;
/// The kind of a file with holes, in the format of GNU.
const SPARSE: u8 = b'S';
/// Headers that are looked at; an appliance has a handful.
const MOST_HEADERS: usize = 4096;
/// The longest list of attributes that is read, in bytes.
const LONGEST: u64 = 64 << 10;
/// The longest name that is kept, in bytes: all of them are.
const LONGEST_NAME: usize = 4096;

/// A regular file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) at: u64,
    pub(super) bytes: u64,
    /// Whether its bytes are a list of parts and these parts, and not those of the file (GNU).
    pub(super) is_sparse: bool,
}

/// What was found, and why there may be more.
pub(super) struct Found {
    pub(super) entries: Vec<Entry>,
    pub(super) damage: Option<io::Error>,
}

/// Whether `head` is the header of a file whose name ends with `suffix`, or of attributes that stand before a file.
pub(super) fn begins_with(head: &[u8], suffix: &str) -> bool {
    let is_it = |header: Header| matches!(header.kind, b'x' | b'g' | b'L') || header.name.ends_with(suffix);
    head.get(257..262) == Some(b"ustar") && Header::parse(head).is_ok_and(is_it)
}

/// The regular files of `store`.
pub(super) fn entries(store: &Store) -> Found {
    let mut entries = Vec::new();
    let damage = read(store, &mut entries).err();
    Found { entries, damage }
}

fn read(store: &Store, entries: &mut Vec<Entry>) -> io::Result<()> {
    let (mut at, mut next) = (0_u64, Attributes::default());
    for _ in 0..MOST_HEADERS {
        let head = store.bytes_at(at, 512).map_err(|_| invalid("the archive is cut off"))?;
        if all_zero(&head) {
            return Ok(());
        }
        let header = Header::parse(&head).map_err(|_| invalid(format!("the archive is damaged at offset {at}")))?;
        let data = at.saturating_add(BLOCK);
        let attributes = || {
            let len = usize::try_from(header.bytes).ok().filter(|_| header.bytes <= LONGEST);
            store.bytes_at(data, len.ok_or_else(|| invalid("a name in the archive is too long"))?)
        };
        let mut bytes = header.bytes;
        match header.kind {
            b'L' => next.path = Some(text(&attributes()?)),
            b'x' => next.learn(&attributes()?),
            kind => {
                let Attributes { path, size, is_sparse } = std::mem::take(&mut next);
                bytes = size.unwrap_or(bytes);
                let name = path.unwrap_or(header.name);
                if name.len() > LONGEST_NAME {
                    return Err(invalid("a name in the archive is too long"));
                }
                if matches!(kind, b'0' | 0 | SPARSE) {
                    entries.push(Entry { name, at: data, bytes, is_sparse: is_sparse || kind == SPARSE });
                }
            }
        }
        let end = bytes.checked_next_multiple_of(BLOCK).and_then(|bytes| data.checked_add(bytes));
        at = end.filter(|end| *end <= store.bytes()).ok_or_else(|| invalid("the archive is cut off"))?;
    }
    Err(invalid(format!("more than {MOST_HEADERS} files in the archive")))
}

struct Header {
    name: String,
    bytes: u64,
    kind: u8,
}

impl Header {
    fn parse(head: &[u8]) -> Result<Self, Truncated> {
        let damaged = Truncated { at: 148, need: 8 };
        let head = head.take(0, 512)?;
        let sum = number(head.take(148, 8)?).ok_or(damaged)?;
        // Its own field counts as spaces.
        let before: u64 = head.take(0, 148)?.iter().map(|byte| u64::from(*byte)).sum();
        let behind: u64 = head.take(156, 356)?.iter().map(|byte| u64::from(*byte)).sum();
        if before.saturating_add(behind).saturating_add(8 * 32) != sum {
            return Err(damaged);
        }
        let (name, prefix) = (text(head.take(0, 100)?), text(head.take(345, 155)?));
        // GNU has times in place of the prefix.
        let is_posix = head.take(257, 6)? == b"ustar\0";
        let name = if is_posix && !prefix.is_empty() { format!("{prefix}/{name}") } else { name };
        let bytes = number(head.take(124, 12)?).ok_or(damaged)?;
        Ok(Self { name, bytes, kind: head.array::<1>(156)?[0] })
    }
}

/// Octal digits, or bytes where the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        let mut value = u64::from(first & 0x7f);
        for byte in rest {
            value = value.checked_mul(256)?.checked_add(u64::from(*byte))?;
        }
        return Some(value);
    }
    let text = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
}

/// What stands before the header of a file.
#[derive(Default)]
struct Attributes {
    path: Option<String>,
    size: Option<u64>,
    is_sparse: bool,
}

impl Attributes {
    /// `pax` attributes: lines of a length, a space, a key, `=` and a value.
    fn learn(&mut self, mut rest: &[u8]) {
        while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
            let len = rest.get(..space).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<usize>().ok());
            let Some((line, behind)) = len.filter(|len| *len > space).and_then(|len| rest.split_at_checked(len)) else {
                break;
            };
            let line = String::from_utf8_lossy(line.get(space..).unwrap_or_default()).into_owned();
            match line.trim_start().trim_end_matches('\n').split_once('=') {
                // The name of the file itself, where its header has that of its parts.
                Some(("path" | "GNU.sparse.name", value)) => self.path = Some(value.to_owned()),
                Some(("size", value)) => self.size = value.parse().ok().or(self.size),
                Some((key, _)) if key.starts_with("GNU.sparse.") => self.is_sparse = true,
                _ => {}
            }
            rest = behind;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::io::image::Memory;

    fn block(name: &str, size: &[u8], kind: u8) -> Vec<u8> {
        let mut head = vec![0; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[124..124 + size.len()].copy_from_slice(size);
        head[156] = kind;
        head[257..263].copy_from_slice(b"ustar\0");
        head[148..156].fill(b' ');
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        head
    }

    fn padded(bytes: &[u8]) -> Vec<u8> {
        let mut padded = bytes.to_vec();
        padded.resize(bytes.len().next_multiple_of(512), 0);
        padded
    }

    fn sample() -> Vec<u8> {
        [
            block("node.ovf", b"00000000003\0", b'0'),
            padded(b"xml"),
            block("folder", b"00000000000\0", b'5'),
            block("@LongLink", b"00000000014\0", b'L'),
            padded(b"a long name\0"),
            block("a", &[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0], b'0'),
            vec![1; 512],
            block("pax", b"00000000036\0", b'x'),
            padded(b"18 path=from pax\n\n12 size=513\n"),
            block("b", b"00000000000\0", 0),
            vec![2; 1024],
            vec![0; 1024],
        ]
        .concat()
    }

    fn found(bytes: &[u8]) -> Found {
        entries(&Store::new(Arc::new(Memory::new(bytes.to_vec())), 1, Arc::default()))
    }

    #[test]
    fn regular_files_are_found_by_each_kind_of_name_and_size() {
        assert!(begins_with(&sample(), ".ovf") && !begins_with(&sample(), ".xml"));
        let found = found(&sample());
        assert!(found.damage.is_none(), "{:?}", found.damage);
        let list: Vec<(&str, u64)> = found.entries.iter().map(|e| (e.name.as_str(), e.bytes)).collect();
        assert_eq!(list, [("node.ovf", 3), ("a long name", 512), ("from pax", 513)]);
    }

    #[test]
    fn attributes_may_come_first_and_a_file_without_its_holes_is_marked() {
        let first = [block("././@PaxHeader", b"00000000022\0", b'x'), padded(b"18 path=node.ovf\n\n")].concat();
        assert!(begins_with(&first, ".ovf"));
        let sparse = [
            block("a.img", b"00000000003\0", SPARSE),
            padded(b"abc"),
            block("pax", b"00000000057\0", b'x'),
            padded(b"22 GNU.sparse.major=1\n25 GNU.sparse.name=b.img\n"),
            block("GNUSparseFile.1/b.img", b"00000000003\0", b'0'),
            padded(b"abc"),
            vec![0; 1024],
        ];
        let found = found(&sparse.concat());
        let list: Vec<(&str, bool)> = found.entries.iter().map(|e| (e.name.as_str(), e.is_sparse)).collect();
        assert_eq!(list, [("a.img", true), ("b.img", true)]);
    }

    #[test]
    fn an_archive_that_is_cut_off_or_damaged_is_reported_and_never_a_panic() {
        let sample = sample();
        for len in 0..sample.len() - 1024 {
            assert!(found(&sample[..len]).damage.is_some(), "cut at {len}");
        }
        for at in 0..sample.len() {
            for byte in [0, 0x80, 0xff, b'7', b' '] {
                let mut damaged = sample.clone();
                damaged[at] = byte;
                found(&damaged);
                begins_with(&damaged, ".ovf");
            }
        }
    }
}
