//! UDF volumes: the volume recognition sequence (ECMA-167, part 2), which lies where ISO 9660 has its descriptors.
//!
//! Label and identifier lie at 128 KiB and beyond: see [`names`]. A disc that is both is reported as ISO 9660 too.

use super::content::{Content, Found, Kind};
use super::iso9660::{FIRST, SECTOR};
use super::windows::Windows;
use crate::base::bytes::{le16, le32};
use crate::base::ids::Id;

const BEGIN: &[u8] = b"BEA01";

/// Looks for `BEA01` followed by `NSR02` or `NSR03`, on sectors of 2 or 4 KiB.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    // Nothing of the sequence was read.
    windows.get(FIRST, 8)?;
    let places = (0..16_u64).map(|number| FIRST.saturating_add(number.saturating_mul(SECTOR)));
    let begin = places.into_iter().find(|at| is(windows, *at, BEGIN))?;
    [SECTOR, SECTOR.saturating_mul(2)]
        .into_iter()
        .map(|step| begin.saturating_add(step))
        .any(|at| is(windows, at, b"NSR02") || is(windows, at, b"NSR03"))
        .then(|| Found::at_start(Content::new(Kind::Udf)))
}

/// What names a volume.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Names {
    pub label: Option<String>,
    pub uuid: Option<Id>,
}

/// Identifiers of descriptors (ECMA-167, 3/7.2.1).
const PRIMARY: u16 = 1;
const ANCHOR: u16 = 2;
const LOGICAL: u16 = 6;
const TERMINATING: u16 = 8;
/// The block of the anchor that is read.
const ANCHOR_BLOCK: u64 = 256;
/// Most descriptors of a sequence that are read.
const MOST: u64 = 64;
/// Bytes of a descriptor that say something.
const DESCRIPTOR: usize = 512;

/// The label and the identifier, in the descriptors that the anchor names: of the main sequence, or else of its
/// reserve. `read` gives bytes of the volume.
pub fn names(volume: u64, sector: u64, read: &mut dyn FnMut(u64, usize) -> Option<Vec<u8>>) -> Names {
    let sizes = [sector, 512, 1024, 2048, 4096];
    let anchor = sizes.into_iter().find_map(|block| {
        let at = block.checked_mul(ANCHOR_BLOCK).filter(|at| *at < volume)?;
        let bytes = read(at, DESCRIPTOR)?;
        (is_descriptor(&bytes, ANCHOR_BLOCK) == Some(ANCHOR)).then_some((block, bytes))
    });
    let Some((block, anchor)) = anchor else { return Names::default() };
    let mut names = Names::default();
    for extent in [16, 24] {
        let (Ok(length), Ok(first)) = (le32(&anchor, extent), le32(&anchor, extent.saturating_add(4))) else { break };
        let blocks = u64::from(length).checked_div(block).unwrap_or_default().min(MOST);
        for number in (u64::from(first)..).take(usize::try_from(blocks).unwrap_or_default()) {
            let Some(bytes) = number.checked_mul(block).and_then(|at| read(at, DESCRIPTOR)) else { break };
            match is_descriptor(&bytes, number) {
                Some(PRIMARY) if names.uuid.is_none() => names.uuid = bytes.get(72..200).and_then(identifier),
                Some(LOGICAL) if names.label.is_none() => names.label = bytes.get(84..212).and_then(label),
                Some(TERMINATING) | None => break,
                Some(_) => {}
            }
        }
        if names.label.is_some() && names.uuid.is_some() {
            break;
        }
    }
    names
}

/// The identifier of the descriptor in `bytes`, which knows that it lies in this block.
fn is_descriptor(bytes: &[u8], block: u64) -> Option<u16> {
    (u64::from(le32(bytes, 12).ok()?) == block).then(|| le16(bytes, 0).ok())?
}

/// A name (OSTA compressed Unicode): the width of its letters first, its length last.
fn text(field: &[u8]) -> Option<String> {
    let (length, field) = field.split_last()?;
    let (width, letters) = field.split_first()?;
    let letters = letters.get(..usize::from(length.saturating_sub(1)).min(letters.len()))?;
    Some(match width {
        8 => letters.iter().map(|letter| char::from(*letter)).collect(),
        16 => {
            let units = letters.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => return None,
    })
}

fn label(field: &[u8]) -> Option<String> {
    let text = text(field)?;
    let text = text.split('\0').next().unwrap_or_default().trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The identifier that tools make of the first bytes of the volume set's name: sixteen hexadecimal digits, as far as
/// they are such.
fn identifier(field: &[u8]) -> Option<Id> {
    let text = text(field)?;
    let bytes = text.as_bytes().get(..16.min(text.len())).filter(|bytes| bytes.len() >= 8)?;
    let digits = bytes.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(bytes.len());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let plain = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    // As far as there are no more bytes, zeros.
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let sixteen = match digits {
        16 => plain(bytes),
        8.. => plain(bytes.get(..8)?) + &hex(&[byte(8), byte(9), byte(10), byte(11)]),
        _ => hex(bytes.get(..8)?),
    };
    u64::from_str_radix(&sixteen, 16).ok().map(Id::Hex64)
}

/// Whether the structure of type 0 and version 1 with this name lies at `at`.
fn is(windows: &Windows<'_>, at: u64, name: &[u8]) -> bool {
    matches!(windows.get(at, 7), Some([0, found @ .., 1]) if found == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_found_behind_iso_descriptors_and_not_without_its_second_part() {
        let mut bytes = vec![0; 72 << 10];
        bytes[(32 << 10)..(32 << 10) + 7].copy_from_slice(b"\x01CD001\x01");
        bytes[(36 << 10)..(36 << 10) + 7].copy_from_slice(b"\x00BEA01\x01");
        assert_eq!(find(&Windows::new(1 << 30).with(0, &bytes)), None);
        for (at, name) in [(38 << 10, b"\x00NSR02\x01"), (40 << 10, b"\x00NSR03\x01")] {
            let mut bytes = bytes.clone();
            bytes[at..at + 7].copy_from_slice(name);
            assert_eq!(find(&Windows::new(1 << 30).with(0, &bytes)).unwrap().content.kind, Kind::Udf);
        }
    }
}
