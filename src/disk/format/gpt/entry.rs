//! The entries of a GPT array.

use crate::base::bytes::{Fields, Truncated, le64};
use crate::base::ids::Id;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the array, from 1: the number of the partition.
    pub number: u32,
    /// Type GUID; never nil.
    pub kind: Id,
    pub unique: Id,
    pub first_lba: u64,
    /// Last sector; may be wrong and lie before the first.
    pub last_lba: u64,
    pub attributes: u64,
    /// Name; `None` where it is empty. What is no UTF-16 becomes U+FFFD.
    pub name: Option<String>,
}

/// The used entries of an array: those whose type GUID is not nil.
pub fn entries(array: &[u8], entry_bytes: u32) -> impl Iterator<Item = Entry> + '_ {
    // A length of zero would make an endless array; one longer than the array makes an empty one.
    let length = usize::try_from(entry_bytes).unwrap_or(usize::MAX).max(128);
    // As one number, not as bytes: most entries are not used, and each is looked at.
    let used = |entry: &[u8]| entry.first_chunk().is_some_and(|kind| u128::from_ne_bytes(*kind) != 0);
    let all = (1..).zip(array.chunks_exact(length));
    all.filter(move |(_, entry)| used(entry)).filter_map(|(number, entry)| parse(number, entry).ok())
}

fn parse(number: u32, entry: &[u8]) -> Result<Entry, Truncated> {
    Ok(Entry {
        number,
        kind: Id::from_guid(entry.array(0)?),
        unique: Id::from_guid(entry.array(16)?),
        first_lba: le64(entry, 32)?,
        last_lba: le64(entry, 40)?,
        attributes: le64(entry, 48)?,
        name: name(entry.take(56, 72)?),
    })
}

/// UTF-16LE up to the first NUL.
fn name(bytes: &[u8]) -> Option<String> {
    let (units, _) = bytes.as_chunks::<2>();
    let length = units.iter().position(|u| *u == [0, 0]).unwrap_or(units.len());
    if length == 0 {
        return None;
    }
    let units = units.get(..length).unwrap_or_default();
    let odd = units.iter().fold(0, |any, [low, high]| any | (low & 0x80) | high);
    if odd == 0 {
        // Nearly all are ASCII: a byte for a unit, without a look at each as a character.
        let mut plain = [0; 36];
        plain.iter_mut().zip(units).for_each(|(to, [low, _])| *to = *low);
        return plain.get(..length).and_then(|name| std::str::from_utf8(name).ok()).map(str::to_owned);
    }
    let units = units.iter().map(|u| u16::from_le_bytes(*u));
    Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}
