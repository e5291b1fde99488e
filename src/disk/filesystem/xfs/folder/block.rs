//! A block with names of a folder (`xfs_dir2_data_hdr`, `xfs_dir3_data_hdr`, and the entries behind them).
//!
//! Entries and unused room follow each other without a gap, each of a multiple of 8 bytes, and end with their own
//! offset in the block. Where it is the only block of the folder, the index of hashes is at its end.

use std::io;
use std::ops::ControlFlow;

use super::{Each, checked};
use crate::base::bytes::{Fields, be16, be32, be64, u8_at};
use crate::disk::filesystem::failure::{damaged, short};
use crate::disk::filesystem::xfs::checksum::Stamp;
use crate::disk::filesystem::xfs::geometry::Geometry;

const STAMP: Stamp = Stamp { crc: 4, place: 8, uuid: 24, owner: 40 };
const HEADER: usize = 16;
const HEADER_V5: usize = 64;
/// In place of the high bits of an inode: the room is unused, and its length in bytes follows.
const UNUSED: u16 = 0xffff;
const ALIGNMENT: usize = 8;
/// Bytes of the tail of the only block: the numbers of hashes and of unused ones. And those of a hash.
const TAIL: usize = 8;
const HASH: usize = 8;

/// Which block it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Where it lies, in bytes.
    pub(super) at: u64,
    pub(super) is_first: bool,
    pub(super) is_only: bool,
    /// The inode of the folder.
    pub(super) owner: u64,
}

pub(super) fn each(geometry: &Geometry, raw: &[u8], place: Place, each: &mut Each<'_>) -> io::Result<ControlFlow<()>> {
    let end = entries_end(geometry, raw, place)?;
    let entries = raw.get(..end).unwrap_or_default();
    let mut at = if geometry.checksums { HEADER_V5 } else { HEADER };
    let mut dots = usize::from(place.is_first).saturating_mul(2);
    while at < end {
        if be16(entries, at).map_err(short)? == UNUSED {
            at = at.saturating_add(unused(entries, at)?);
            continue;
        }
        let len = usize::from(u8_at(entries, at.saturating_add(8)).map_err(short)?);
        let name_at = at.saturating_add(9);
        let name = entries.take(name_at, len).map_err(short)?;
        let kind_at = name_at.saturating_add(len);
        let kind = geometry.file_type.then(|| u8_at(entries, kind_at)).transpose().map_err(short)?;
        let tag_at = kind_at.saturating_add(geometry.file_type.into()).saturating_add(2);
        let next = tag_at.checked_next_multiple_of(ALIGNMENT).unwrap_or(usize::MAX);
        tag(entries, next.saturating_sub(2), at)?;
        let name = checked(geometry, name, be64(entries, at).map_err(short)?, kind)?;
        at = next;
        if dots > 0 {
            let is_expected = match dots {
                2 => name.name == b"." && name.inode == place.owner,
                _ => name.name == b"..",
            };
            if !is_expected {
                return Err(damaged("it does not begin with . and .. of its folder"));
            }
            dots = dots.saturating_sub(1);
        } else if each(name)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    if dots > 0 { Err(damaged("it has no . and ..")) } else { Ok(ControlFlow::Continue(())) }
}

/// Verifies the header. The end of its entries.
fn entries_end(geometry: &Geometry, raw: &[u8], place: Place) -> io::Result<usize> {
    let magic: &[u8] = match (geometry.checksums, place.is_only) {
        (false, true) => b"XD2B",
        (false, false) => b"XD2D",
        (true, true) => b"XDB3",
        (true, false) => b"XDD3",
    };
    // A folder that shrank to one block keeps its index outside while that does not fit.
    let with_index_outside: &[u8] = if geometry.checksums { b"XDD3" } else { b"XD2D" };
    if !raw.starts_with(magic) && !raw.starts_with(with_index_outside) {
        return Err(damaged("it is none"));
    }
    if geometry.checksums {
        STAMP.verify(geometry, raw, place.at, place.owner)?;
    }
    if !raw.starts_with(magic) || !place.is_only {
        return Ok(raw.len());
    }
    let tail = raw.len().saturating_sub(TAIL);
    let hashes = usize::try_from(be32(raw, tail).map_err(short)?).ok().and_then(|count| count.checked_mul(HASH));
    let end = hashes.and_then(|hashes| tail.checked_sub(hashes));
    end.ok_or_else(|| damaged("its index of hashes is larger than the block"))
}

/// The bytes of the unused room at `at`.
fn unused(entries: &[u8], at: usize) -> io::Result<usize> {
    let len = usize::from(be16(entries, at.saturating_add(2)).map_err(short)?);
    if len == 0 || len.checked_rem(ALIGNMENT) != Some(0) {
        return Err(damaged(format_args!("unused room of {len} bytes at byte {at} of it")));
    }
    tag(entries, at.saturating_add(len).saturating_sub(2), at)?;
    Ok(len)
}

/// Verifies that what began at `begun` ends with that offset.
fn tag(entries: &[u8], at: usize, begun: usize) -> io::Result<()> {
    match be16(entries, at).map_err(short)? {
        found if usize::from(found) == begun => Ok(()),
        _ => Err(damaged(format_args!("what begins at byte {begun} of it has no end"))),
    }
}
