//! GUID Partition Table: the header (UEFI specification 2.10, section 5.3.2) and the array of entries (5.3.3).
//!
//! Little-endian throughout. Two checksums (CRC-32 of IEEE 802.3): one over the header, with its own field taken as
//! zero, and one over the whole array.

use super::Malformed;
use crate::base::bytes::{Fields, le32, le64};
use crate::base::ids::Id;
use crate::base::units::SectorSize;

mod entry;
#[cfg(test)]
mod tests;

pub use entry::{Entry, entries};

/// What a header begins with.
pub const SIGNATURE: &[u8; 8] = b"EFI PART";
/// Largest array that is read, in bytes: 256 times the usual 16 KiB. Without a cap, a header of 2^32-1 entries would
/// ask for half a tebibyte.
pub const LARGEST_ARRAY: u64 = 4 << 20;
/// Smallest header in bytes; a later revision may be longer, up to one sector.
const SMALLEST_HEADER: usize = 92;

const FORMAT: &str = "GPT header";
const CRC_AT: usize = 16;

/// A header whose checksum is right. Its fields are as they are on disk; [`Header::check`] says whether they can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Revision, major number in the upper half. Told, not judged: neither Linux nor libblkid looks at it.
    pub revision: u32,
    pub my_lba: u64,
    pub alternate_lba: u64,
    pub first_usable_lba: u64,
    pub last_usable_lba: u64,
    pub disk_guid: Id,
    pub array_lba: u64,
    /// Number of entries, used or not.
    pub entries: u32,
    pub entry_bytes: u32,
    pub array_crc: u32,
}

impl Header {
    /// Reads a header from its sector, of which `sector` is every byte. `None`: there is no signature.
    ///
    /// # Errors
    /// Where the signature is there, but the header's length cannot be or its checksum is wrong.
    pub fn parse(sector: &[u8]) -> Result<Option<Self>, Malformed> {
        if !sector.starts_with(SIGNATURE) {
            return Ok(None);
        }
        let cut = |cut| Malformed::truncated(FORMAT, cut);
        let length = le32(sector, 12).map_err(cut)?;
        let header = usize::try_from(length).ok().filter(|n| *n >= SMALLEST_HEADER).and_then(|n| sector.get(..n));
        let Some(header) = header else {
            let why = format!("its length of {length} bytes is not from {SMALLEST_HEADER} to {}", sector.len());
            return Err(Malformed::new(FORMAT, 12, why));
        };
        let recorded = le32(header, CRC_AT).map_err(cut)?;
        let computed = checksum(header).map_err(cut)?;
        if recorded != computed {
            let why = format!("its checksum is {computed:#010x}, not {recorded:#010x} as recorded");
            return Err(Malformed::new(FORMAT, CRC_AT as u64, why));
        }
        Self::fields(header).map(Some).map_err(cut)
    }

    fn fields(header: &[u8]) -> Result<Self, crate::base::bytes::Truncated> {
        Ok(Self {
            revision: le32(header, 8)?,
            my_lba: le64(header, 24)?,
            alternate_lba: le64(header, 32)?,
            first_usable_lba: le64(header, 40)?,
            last_usable_lba: le64(header, 48)?,
            disk_guid: Id::from_guid(header.array(56)?),
            array_lba: le64(header, 72)?,
            entries: le32(header, 80)?,
            entry_bytes: le32(header, 84)?,
            array_crc: le32(header, 88)?,
        })
    }

    /// Whether the fields of a header that was found in sector `lba` can be right on a disk whose last sector is
    /// `last_lba`.
    ///
    /// What Linux demands (`block/partitions/efi.c`, `is_gpt_valid`), and that the array lies within the disk. Unlike
    /// Linux it takes every entry length that the specification allows: 128 times a power of two.
    ///
    /// # Errors
    /// The first field that cannot.
    pub fn check(&self, lba: u64, last_lba: u64, sector: SectorSize) -> Result<(), Malformed> {
        let wrong = |at, why: String| Err(Malformed::new(FORMAT, at, why));
        if self.my_lba != lba {
            return wrong(24, format!("it says that it lies in sector {}, but it is in sector {lba}", self.my_lba));
        }
        let (first, last) = (self.first_usable_lba, self.last_usable_lba);
        if first > last {
            return wrong(40, format!("the first usable sector {first} comes after the last, {last}"));
        }
        if last > last_lba {
            return wrong(48, format!("the last usable sector {last} lies beyond the disk, which ends at {last_lba}"));
        }
        if self.entry_bytes < 128 || !self.entry_bytes.is_power_of_two() {
            return wrong(84, format!("an entry cannot be {} bytes long", self.entry_bytes));
        }
        let bytes = u64::from(self.entries).saturating_mul(u64::from(self.entry_bytes));
        if bytes == 0 || bytes > LARGEST_ARRAY {
            return wrong(80, format!("an array of {} entries is not from 1 byte to 4 MiB long", self.entries));
        }
        let sectors = bytes.div_ceil(sector.bytes());
        match self.array_lba.checked_add(sectors) {
            Some(end) if self.array_lba > 0 && end.saturating_sub(1) <= last_lba => Ok(()),
            _ => wrong(72, format!("the array at sector {} does not lie within the disk", self.array_lba)),
        }
    }

    /// Length of the array in bytes; of a header that passed [`Header::check`] at most [`LARGEST_ARRAY`].
    pub fn array_bytes(&self) -> usize {
        usize::try_from(u64::from(self.entries).saturating_mul(u64::from(self.entry_bytes))).unwrap_or(usize::MAX)
    }

    /// Whether `array` is the one that the header describes.
    ///
    /// # Errors
    /// Where its checksum differs; the offset is from the start of the array.
    pub fn check_array(&self, array: &[u8]) -> Result<(), Malformed> {
        let computed = crc32fast::hash(array);
        if computed == self.array_crc {
            return Ok(());
        }
        let why = format!("its checksum is {computed:#010x}, not {:#010x} as the header records", self.array_crc);
        Err(Malformed::new("GPT array", 0, why))
    }
}

/// The header's checksum, with its own field taken as zero.
fn checksum(header: &[u8]) -> Result<u32, crate::base::bytes::Truncated> {
    let mut hasher = crc32fast::Hasher::new();
    let after = CRC_AT.saturating_add(4);
    hasher.update(header.take(0, CRC_AT)?);
    hasher.update(&[0; 4]);
    hasher.update(header.take(after, header.len().saturating_sub(after))?);
    Ok(hasher.finalize())
}
