//! Sizes and positions as types, so that bytes, sectors and extents cannot be mixed up.
//!
//! Everything outside the parsers is in **bytes**. Binary prefixes (KiB, MiB, GiB, TiB) are powers of
//! 1024, decimal ones (kB, MB, GB, TB) powers of 1000, and the two are never written the same way.

use std::fmt;

use byte_unit::{Byte, UnitType};
use schemars::JsonSchema;
use serde::Serialize;

/// 2^20 bytes.
pub const MIB: u64 = 1 << 20;
/// 2^30 bytes.
pub const GIB: u64 = 1 << 30;
/// 2^40 bytes.
pub const TIB: u64 = 1 << 40;
/// 10^12 bytes, the terabyte of a disk's label.
pub const TB: u64 = 1_000_000_000_000;

/// A number of bytes, shown exactly and rounded: `68719476736 B (64.00 GiB)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// The rounded figure alone, with a binary unit: `64.00 GiB`.
    pub fn rounded(self) -> String {
        let unit = Byte::from_u64(self.0).get_appropriate_unit(UnitType::Binary);
        if self.0 < 1024 { format!("{} B", self.0) } else { format!("{unit:.2}") }
    }

    /// Whole mebibytes, rounded up, as `df -h` shows a size below one gibibyte.
    pub fn mib_rounded_up(self) -> u64 {
        self.0.div_ceil(MIB)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1024 { write!(f, "{} B", self.0) } else { write!(f, "{} B ({})", self.0, self.rounded()) }
    }
}

/// A logical block size in bytes: a power of two from 512 to 65536.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct SectorSize(u32);

impl SectorSize {
    /// 512 bytes: nearly every disk, also those with 4096-byte physical blocks.
    pub const S512: Self = Self(512);
    /// 4096 bytes: a "4Kn" disk.
    pub const S4096: Self = Self(4096);

    /// `bytes` as a sector size, if it can be one.
    pub fn new(bytes: u32) -> Option<Self> {
        (bytes.is_power_of_two() && (512..=65536).contains(&bytes)).then_some(Self(bytes))
    }

    pub fn bytes(self) -> u64 {
        u64::from(self.0)
    }

    /// Byte offset of sector `lba`, or `None` beyond 2^64.
    pub fn offset_of(self, lba: u64) -> Option<u64> {
        lba.checked_mul(self.bytes())
    }
}

/// A run of bytes whose end is known to fit in 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteRange {
    start: u64,
    len: u64,
}

impl ByteRange {
    /// `len` bytes from `start`, unless the end would overflow.
    pub fn new(start: u64, len: u64) -> Option<Self> {
        start.checked_add(len).map(|_| Self { start, len })
    }

    /// Sectors `first..=last`, unless they are reversed or overflow.
    pub fn of_sectors(first: u64, last: u64, sector: SectorSize) -> Option<Self> {
        let count = last.checked_sub(first)?.checked_add(1)?;
        Self::new(sector.offset_of(first)?, sector.offset_of(count)?)
    }

    pub fn start(self) -> u64 {
        self.start
    }

    /// Length in bytes.
    pub fn len(self) -> u64 {
        self.len
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// One past the last byte.
    pub fn end(self) -> u64 {
        self.start.saturating_add(self.len)
    }

    /// Whether the two share a byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end() && other.start < self.end()
    }
}

/// Why a size argument was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeError(String);

impl fmt::Display for SizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SizeError {}

/// Reads a size argument such as `64GiB` or `2TB`. A bare `64G` is refused, because it is read both ways.
///
/// ```
/// use okv_host::base::units::{parse_size, Bytes};
/// assert_eq!(parse_size("64GiB"), Ok(Bytes(68_719_476_736)));
/// assert_eq!(parse_size("2TB"), Ok(Bytes(2_000_000_000_000)));
/// assert!(parse_size("64G").is_err());
/// ```
///
/// # Errors
/// Where the text is no size, has no unit, or has a unit of two readings.
pub fn parse_size(text: &str) -> Result<Bytes, SizeError> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    let unit = text.get(digits.len()..).unwrap_or_default().trim();
    if unit.len() == 1 && unit != "B" && unit != "b" {
        let prefix = unit.to_ascii_uppercase();
        return Err(SizeError(format!(
            "\"{text}\" has two readings: write {digits}{prefix}iB (powers of 1024) \
             or {digits}{prefix}B (powers of 1000)"
        )));
    }
    if unit.is_empty() || unit.ends_with('b') {
        return Err(SizeError(format!("\"{text}\" names no unit in bytes: write for example 64GiB or {digits}B")));
    }
    Byte::parse_str(text, true)
        .map(|byte| Bytes(byte.as_u64()))
        .map_err(|e| SizeError(format!("\"{text}\" is not a size: {e}")))
}

/// `1 disk`, `2 disks`.
pub fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_printed_exactly_and_rounded() {
        assert_eq!(Bytes(64 * GIB).to_string(), "68719476736 B (64.00 GiB)");
        assert_eq!(Bytes(511_266_816).to_string(), "511266816 B (487.58 MiB)");
        assert_eq!(Bytes(12).to_string(), "12 B");
    }

    #[test]
    fn a_mebibyte_is_rounded_up_as_df_does() {
        assert_eq!(Bytes(511_266_816).mib_rounded_up(), 488);
        assert_eq!(Bytes(488 * MIB).mib_rounded_up(), 488);
        assert_eq!(Bytes(488 * MIB + 1).mib_rounded_up(), 489);
    }

    #[test]
    fn a_range_never_overflows() {
        assert_eq!(ByteRange::new(u64::MAX, 1), None);
        assert_eq!(ByteRange::of_sectors(2, 1, SectorSize::S512), None);
        assert_eq!(ByteRange::of_sectors(0, u64::MAX, SectorSize::S512), None);
        assert_eq!(ByteRange::of_sectors(1, 2, SectorSize::S512), ByteRange::new(512, 1024));
    }

    #[test]
    fn a_size_with_two_readings_is_refused_with_both() {
        let message = parse_size("64G").unwrap_err().to_string();
        assert!(message.contains("64GiB") && message.contains("64GB"), "{message}");
        for bad in ["", "64", "64gib!", "-1GiB", "64Gib", "1e3GiB", "99999999999TiB"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
        assert_eq!(parse_size("512 B"), Ok(Bytes(512)));
    }
}
