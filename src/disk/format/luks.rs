//! LUKS 1 and 2 headers (cryptsetup's "LUKS1 On-Disk Format" and "LUKS2 On-Disk Format").
//!
//! A volume whose header is detached has no signature at all: it looks like random data, and is never "blank".

use super::Malformed;
use super::content::{Content, Found, Kind};
use super::windows::Windows;
use crate::base::bytes::{Fields, be16, be64, label};
use crate::base::ids::Id;

const FORMAT: &str = "LUKS header";
const PRIMARY: &[u8] = b"LUKS\xba\xbe";
const SECONDARY: &[u8] = b"SKUL\xba\xbe";
/// Where a secondary header may lie. Larger metadata areas than these are possible, but nobody makes them by default.
const SECONDARY_AT: [u64; 3] = [0x4000, 0x8000, 0x1_0000];

/// Looks for the primary header, and where it is gone for the secondary one of LUKS 2.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    if windows.has(0, PRIMARY) {
        return header(windows.get(0, 512)?, 0);
    }
    let at = SECONDARY_AT.into_iter().find(|at| windows.has(*at, SECONDARY))?;
    let block = windows.get(at, 512)?;
    // Only LUKS 2 has one, and it says where it lies.
    if be16(block, 6).ok()? != 2 || be64(block, 256).ok()? != at {
        return None;
    }
    Some(header(block, at)?.with_problem(Malformed::new(
        FORMAT,
        0,
        "the primary header is gone; the secondary is there",
    )))
}

/// The fields that both versions have at the same place.
fn header(block: &[u8], at: u64) -> Option<Found> {
    let version = be16(block, 6).ok()?;
    let text = block.take(168, 40).ok()?;
    let uuid = parse_uuid(text);
    let mut content = Content::new(Kind::Luks);
    content.uuid = uuid;
    let mut found = Found::at_start(match version {
        1 => content.version("1"),
        2 => content.version("2").label(label(block.take(24, 48).ok()?)),
        _ => content,
    });
    if !matches!(version, 1 | 2) {
        found = found.with_problem(Malformed::new(FORMAT, at, format!("version {version} is not known")));
    }
    if version == 2 && be64(block, 256).ok()? != at {
        found = found.with_problem(Malformed::new(FORMAT, at, "it says that it lies elsewhere"));
    }
    if uuid.is_none() {
        found = found.with_problem(Malformed::new(FORMAT, at, "its UUID is none"));
    }
    Some(found)
}

/// A UUID in its text form of 36 characters, ended by NUL.
fn parse_uuid(text: &[u8]) -> Option<Id> {
    let text = text.split(|byte| *byte == 0).next().filter(|text| text.len() == 36)?;
    let mut digits = text.iter().enumerate().filter(|(i, _)| !matches!(i, 8 | 13 | 18 | 23)).map(|(_, c)| *c);
    let mut nibble = || char::from(digits.next()?).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let mut uuid = [0; 16];
    for byte in &mut uuid {
        *byte = (nibble()? << 4) | nibble()?;
    }
    let dashes = [8, 13, 18, 23].into_iter().all(|i| text.get(i) == Some(&b'-'));
    dashes.then_some(Id::Uuid(uuid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_36_characters_with_dashes_in_their_places() {
        let text = "590c15d0-e070-4c0f-95b9-718e1d0e9d0b";
        assert_eq!(parse_uuid(format!("{text}\0\0\0\0").as_bytes()).unwrap().to_string(), text);
        for wrong in ["", "590c15d0", "590c15d0xe070-4c0f-95b9-718e1d0e9d0b", "590c15d0-e070-4c0f-95b9-718e1d0e9d0g"] {
            assert_eq!(parse_uuid(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn a_header_of_an_unknown_version_is_still_no_free_space() {
        let mut block = [0; 512];
        block[..8].copy_from_slice(b"LUKS\xba\xbe\x00\x07");
        let found = find(&Windows::new(1 << 20).with(0, &block)).unwrap();
        assert_eq!((found.content.kind, found.content.version), (Kind::Luks, None));
        assert_eq!(found.problems[0].why, "version 7 is not known");
    }
}
