//! Fields and the checksum that every structure of LVM2 has.

use std::borrow::Cow;

use super::text::unescape;
use super::volume_group::LONGEST_NAME;
use crate::base::bytes::{Fields, Truncated};
use crate::base::ids::Id;

/// Bytes at the start of a volume that a label can be in: sectors 0 to 3, of 512 bytes whatever the device's are.
pub const LABEL_BYTES: usize = 2048;

/// LVM2 counts in sectors of 512 bytes, whatever the devices have.
pub(super) const SECTOR: u64 = 512;

/// LVM2's checksum of pieces of bytes that follow one another: CRC-32 without the final inversion, from a start of its
/// own.
pub fn checksum(pieces: &[&[u8]]) -> u32 {
    let mut crc = crc32fast::Hasher::new_with_initial(!0xf597_a6cf);
    for piece in pieces {
        crc.update(piece);
    }
    !crc.finalize()
}

/// An identifier as the text has it: 32 characters, with dashes between groups.
pub(super) fn parse_id(text: &[u8]) -> Option<Id> {
    let mut plain = text.iter().filter(|b| **b != b'-');
    let mut chars = [0; 32];
    for to in &mut chars {
        *to = *plain.next()?;
    }
    if plain.next().is_some() { None } else { sane_id(chars) }
}

/// An identifier that has its dashes where LVM2 writes them: after six characters, five times four, and before six.
pub(super) fn dashed_id(text: &[u8; 38]) -> Option<Id> {
    let (first, rest) = text.split_first_chunk::<6>()?;
    let (middle, last) = rest.split_last_chunk::<6>()?;
    let (groups, [b'-']) = middle.as_chunks::<5>() else { return None };
    let mut chars = [0; 32];
    let (to_first, to_rest) = chars.split_first_chunk_mut()?;
    let (to_middle, to_last) = to_rest.split_last_chunk_mut()?;
    let to_groups = to_middle.as_chunks_mut().0;
    if to_groups.len() != groups.len() || groups.iter().any(|[dash, ..]| *dash != b'-') {
        return None;
    }
    (*to_first, *to_last) = (*first, *last);
    for (to, [_, group @ ..]) in to_groups.iter_mut().zip(groups) {
        *to = *group;
    }
    sane_id(chars)
}

fn sane_id(chars: [u8; 32]) -> Option<Id> {
    let sane = |b: u8| b.is_ascii_alphanumeric() | matches!(b, b'!' | b'#');
    // Without an early end, so that the compiler can look at all at once.
    let odd = chars.iter().fold(0, |any, b| any | u8::from(!sane(*b)));
    (odd == 0).then_some(Id::Lvm(chars))
}

/// A word of a group's status, lower-case. Nearly every group has the first three.
pub(super) fn flag(word: &[u8]) -> Cow<'static, str> {
    match word {
        b"RESIZEABLE" => "resizeable".into(),
        b"READ" => "read".into(),
        b"WRITE" => "write".into(),
        other => unescape(other).to_ascii_lowercase().into(),
    }
}

/// The system identifier of a group. An empty one is none.
pub(super) fn owner(id: &[u8]) -> Option<String> {
    let id = id.get(..id.len().min(LONGEST_NAME)).unwrap_or_default();
    (!id.is_empty()).then(|| unescape(id).into_owned())
}

/// Two consecutive 64-bit numbers: an offset and a size.
pub(super) fn pair(bytes: &[u8], at: usize) -> Result<(u64, u64), Truncated> {
    let both: [u8; 16] = bytes.array(at)?;
    let both = u128::from_le_bytes(both);
    #[allow(clippy::cast_possible_truncation)] // The lower half is what is wanted.
    Ok((both as u64, (both >> 64) as u64))
}
