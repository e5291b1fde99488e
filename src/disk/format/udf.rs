//! UDF volumes: the volume recognition sequence (ECMA-167, part 2), which lies where ISO 9660 has its descriptors.
//!
//! Label and identifier lie at 512 KiB and beyond and are left out. A disc that is both is reported as ISO 9660 too.

use super::content::{Content, Found, Kind};
use super::iso9660::{FIRST, SECTOR};
use super::windows::Windows;

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
