//! ISO 9660 volume descriptors (ECMA-119), with the label of the Joliet descriptor where it says more.

use super::Malformed;
use super::content::{Content, Found, Kind};
use super::windows::Windows;
use crate::base::bytes::{Fields, be32, label, le16, le32};
use crate::base::ids::Id;

const FORMAT: &str = "ISO 9660 volume descriptor";
const STANDARD: &[u8] = b"CD001";
/// Descriptors begin after 16 sectors that belong to the system.
pub(super) const FIRST: u64 = 32 << 10;
pub(super) const SECTOR: u64 = 2048;
const PRIMARY: u8 = 1;
const SUPPLEMENTARY: u8 = 2;
/// Most descriptors that are looked at.
const MOST: u64 = 16;

/// Looks for the primary volume descriptor.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    let primary = descriptor(windows, FIRST, PRIMARY)?;
    let name = primary.take(40, 32).ok()?;
    let block = le16(primary, 128).ok()?;
    let blocks = le32(primary, 80).ok()?;
    let mut content = Content::new(Kind::Iso9660).bytes(u64::from(blocks).saturating_mul(u64::from(block)));
    // When it was modified, or else created.
    content.uuid = date(primary, 830).or_else(|| date(primary, 813));
    content.label = joliet(windows, name).or_else(|| label(name));
    let found = Found::at_start(content);
    Some(if be32(primary, 84) == Ok(blocks) {
        found
    } else {
        found.with_problem(Malformed::new(FORMAT, FIRST, "its size differs between the two byte orders"))
    })
}

/// The descriptor of this type at `at`.
fn descriptor<'b>(windows: &Windows<'b>, at: u64, kind: u8) -> Option<&'b [u8]> {
    let block = windows.get(at, 2048)?;
    let (type_and_name, version) = (block.get(..6)?, block.get(6)?);
    (type_and_name == [kind, b'C', b'D', b'0', b'0', b'1'] && *version == 1).then_some(block)
}

/// The sixteen digits of a date and time; `None` where it is not set.
fn date(primary: &[u8], at: usize) -> Option<Id> {
    let digits: [u8; 16] = primary.array(at).ok()?;
    let zone = primary.get(at.checked_add(16)?)?;
    (digits != [b'0'; 16] || *zone != 0).then_some(Id::IsoDate(digits)).filter(|id| !id.is_nil())
}

/// The label of the Joliet descriptor in UTF-16, unless it is `name` cut short.
fn joliet(windows: &Windows<'_>, name: &[u8]) -> Option<String> {
    let mut places = (1..MOST).map(|number| FIRST.saturating_add(number.saturating_mul(SECTOR)));
    let block = places
        .by_ref()
        .take_while(|at| windows.has(at.saturating_add(1), STANDARD))
        .filter_map(|at| descriptor(windows, at, SUPPLEMENTARY))
        .find(|block| matches!(block.take(88, 3), Ok(b"%/@" | b"%/C" | b"%/E")))?;
    let units = block.take(40, 32).ok()?.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit));
    if units.clone().zip(name).all(|(wide, narrow)| wide == u16::from(*narrow)) {
        return None;
    }
    let text: String = char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_zeros_is_not_set_unless_it_has_a_time_zone() {
        assert_eq!(date(b"0000000000000000\0", 0), None);
        assert_eq!(date(b"0000000000000000\x04", 0).unwrap().to_string(), "0000-00-00-00-00-00-00");
        assert_eq!(date(b"2026112403460000\0", 0).unwrap().to_string(), "2026-11-24-03-46-00-00");
        assert_eq!(date(&[0; 17], 0), None);
    }
}
