//! Members of SNIA DDF arrays ("Common RAID Disk Data Format Specification", revision 2.0, section 5.5: the anchor
//! header).
//!
//! Its identifier is 24 bytes, no UUID, and is left out.

use super::content::{Content, Found, Kind, Place};
use super::windows::Windows;
use super::{Malformed, far};
use crate::base::bytes::{Fields, Truncated, be32, be64, le32, le64};

const FORMAT: &str = "DDF header";
const MAGIC: u32 = 0xde11_de11;
const BYTES: usize = 512;

/// Looks for the anchor header in the last sector, or where Adaptec puts it.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    far::ddf(windows.volume_bytes()).into_iter().flatten().find_map(|at| header(windows, at))
}

fn header(windows: &Windows<'_>, at: u64) -> Option<Found> {
    let magic = windows.get(at, 4)?;
    let big = be32(magic, 0) == Ok(MAGIC);
    if !big && le32(magic, 0) != Ok(MAGIC) {
        return None;
    }
    let block = windows.get(at, BYTES)?;
    // Revision as text, such as 01.02.00: with a magic of four bytes, without it this is no header.
    let revision = block.take(32, 8).ok()?;
    let digits = [0, 1, 3, 4, 6, 7].into_iter().all(|i| revision.get(i).is_some_and(u8::is_ascii_digit));
    if !digits || revision.get(2) != Some(&b'.') || revision.get(5) != Some(&b'.') {
        return None;
    }
    let content = Content::new(Kind::Ddf);
    let mut found = Found { content, place: Place::EndWithDataAtStart, problems: Vec::new() };
    if primary(block, big).ok()? > at / 512 {
        found = found.with_problem(Malformed::new(FORMAT, at, "its primary header would lie beyond it"));
    }
    let stored = if big { be32(block, 4) } else { le32(block, 4) };
    if Ok(checksum(block).ok()?) != stored {
        found = found.with_problem(Malformed::new(FORMAT, at, "its checksum does not fit its bytes"));
    }
    Some(found)
}

/// Sector of the primary header, or all ones where there is none.
fn primary(block: &[u8], big: bool) -> Result<u64, Truncated> {
    let sector = if big { be64(block, 96)? } else { le64(block, 96)? };
    Ok(if sector == u64::MAX { 0 } else { sector })
}

/// CRC-32 of the header with all ones in place of the checksum.
fn checksum(block: &[u8]) -> Result<u32, Truncated> {
    let mut crc = crc32fast::Hasher::new();
    crc.update(block.take(0, 4)?);
    crc.update(&[0xff; 4]);
    crc.update(block.take(8, BYTES - 8)?);
    Ok(crc.finalize())
}
