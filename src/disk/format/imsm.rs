//! Members of Intel Matrix (IMSM, RST, VROC) arrays: the metadata parameter block (mdadm's `super-intel.c`).
//!
//! Its first sector is the last but one of the disk; the rest, where there is more, lies before it.

use super::Malformed;
use super::content::{Content, Found, Kind, Place};
use super::windows::Windows;
use crate::base::bytes::le32;

const FORMAT: &str = "Intel Matrix metadata";
const MAGIC: &[u8] = b"Intel Raid ISM Cfg Sig. ";
/// Bytes of the fixed part: nothing smaller can be right.
const HEADER: u32 = 0xd8;

/// Looks for the block, on sectors of 512 and of 4096 bytes.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    [512, 4096].into_iter().find_map(|sector| anchor(windows, sector))
}

fn anchor(windows: &Windows<'_>, sector: u64) -> Option<Found> {
    let at = windows.volume_bytes().checked_div(sector)?.checked_sub(2)?.checked_mul(sector)?;
    if !windows.has(at, MAGIC) {
        return None;
    }
    let content = Content::new(Kind::Imsm);
    let found = Found { content, place: Place::EndWithDataAtStart, problems: Vec::new() };
    let block = windows.get(at, usize::try_from(sector).ok()?)?;
    let stored = le32(block, 32).ok()?;
    let bytes = le32(block, 36).ok()?;
    if bytes < HEADER {
        return Some(found.with_problem(Malformed::new(FORMAT, at, format!("{bytes} bytes are too few for it"))));
    }
    let bytes = usize::try_from(bytes).ok()?;
    let first = block.get(..bytes.min(block.len()))?;
    let more = bytes.saturating_sub(block.len());
    let rest = if more == 0 {
        &[]
    } else {
        let before =
            u64::try_from(more).ok()?.checked_next_multiple_of(sector).and_then(|sectors| at.checked_sub(sectors));
        match before.and_then(|before| windows.get(before, more)) {
            Some(rest) => rest,
            None => {
                let why = format!("it would have {bytes} bytes, more than was read; its checksum was not looked at");
                return Some(found.with_problem(Malformed::new(FORMAT, at, why)));
            }
        }
    };
    let sum = [first, rest]
        .into_iter()
        .flat_map(|part| part.as_chunks::<4>().0)
        .fold(0_u32, |sum, word| sum.wrapping_add(u32::from_le_bytes(*word)));
    Some(if sum.wrapping_sub(stored) == stored {
        found
    } else {
        found.with_problem(Malformed::new(FORMAT, at, "its checksum does not fit its bytes"))
    })
}
