//! A metadata area: a header of one sector, and a ring of text behind it (`struct mda_header`, `struct raw_locn`).

use super::fields::{checksum, pair};
use crate::base::bytes::{Fields, Truncated, le32, le64};
use crate::base::units::ByteRange;
use crate::disk::format::Malformed;

const FORMAT: &str = "LVM2 metadata area header";
const MAGIC: &[u8; 16] = b" LVM2 x[5A%r0N*>";
/// Bytes of the header; the ring begins behind it.
pub const HEADER_BYTES: usize = 512;
const IGNORED: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Offset of the area on its volume, in bytes.
    pub start: u64,
    /// Size of the area in bytes, header included.
    pub bytes: u64,
    /// The text that is in force; `None` where the volume belongs to no group.
    pub committed: Option<TextLocation>,
    /// A text that was written but never put in force.
    pub precommitted: Option<TextLocation>,
    /// LVM2 was told not to use this area (`pvchange --metadataignore y`).
    pub ignored: bool,
}

/// Where a text lies within its area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLocation {
    /// Offset from the start of the area, in bytes.
    pub offset: u64,
    /// Length in bytes, with the NUL at its end.
    pub bytes: u64,
    /// Its [`checksum`].
    pub checksum: u32,
}

impl Header {
    /// Reads the first sector of the area that the label puts at `start`.
    ///
    /// # Errors
    /// Where the checksum, the magic, the version or the place it names is wrong; offsets are from the start of the
    /// area.
    pub fn parse(sector: &[u8], start: u64) -> Result<Self, Malformed> {
        let cut = |bad: Truncated| Malformed::truncated(FORMAT, bad);
        let sector = sector.take(0, HEADER_BYTES).map_err(cut)?;
        let (stored, computed) = (le32(sector, 0).map_err(cut)?, checksum(&[sector.get(4..).unwrap_or_default()]));
        if stored != computed {
            let why = format!("checksum is {stored:#010x}, should be {computed:#010x}");
            return Err(Malformed::new(FORMAT, 0, why));
        }
        if sector.take(4, 16).map_err(cut)? != MAGIC {
            return Err(Malformed::new(FORMAT, 4, "no magic"));
        }
        let version = le32(sector, 20).map_err(cut)?;
        if version != 1 {
            return Err(Malformed::new(FORMAT, 20, format!("version {version} is unknown")));
        }
        let (named, bytes) = pair(sector, 24).map_err(cut)?;
        if named != start {
            return Err(Malformed::new(FORMAT, 24, format!("it names byte {named} as its place, but lies at {start}")));
        }
        if bytes <= HEADER_BYTES as u64 || start.checked_add(bytes).is_none() {
            return Err(Malformed::new(FORMAT, 32, format!("the area cannot be {bytes} bytes long")));
        }
        let slot = |at: usize| -> Result<Option<TextLocation>, Malformed> {
            let (offset, bytes) = pair(sector, at).map_err(cut)?;
            let checksum = le32(sector, at.saturating_add(16)).map_err(cut)?;
            Ok((offset != 0).then_some(TextLocation { offset, bytes, checksum }))
        };
        let ignored = le32(sector, 60).map_err(cut)? & IGNORED != 0;
        // A list of slots that ends with an empty one: without a first there is no second.
        let committed = slot(40)?;
        let precommitted = if committed.is_some() { slot(64)? } else { None };
        if committed.is_none() && le64(sector, 48).map_err(cut)? != 0 {
            return Err(Malformed::new(FORMAT, 40, "a text that has a length but no offset"));
        }
        Ok(Self { start, bytes, committed, precommitted, ignored })
    }

    /// Where on the volume `text` lies.
    ///
    /// # Errors
    /// Where it does not fit the ring; the offset is from the start of the area.
    pub fn pieces(&self, text: &TextLocation) -> Result<Pieces, Malformed> {
        let ring = HEADER_BYTES as u64;
        let outside = || {
            let why = format!(
                "a text of {} bytes at {} is outside the ring, which is from byte {ring} to {} of the area",
                text.bytes, text.offset, self.bytes
            );
            Malformed::new(FORMAT, 40, why)
        };
        let to_end =
            self.bytes.checked_sub(text.offset).filter(|n| *n > 0 && text.offset >= ring).ok_or_else(outside)?;
        if text.bytes > self.bytes.saturating_sub(ring) || text.bytes == 0 {
            return Err(outside());
        }
        let first = text.bytes.min(to_end);
        let range = |offset, len| ByteRange::new(self.start.checked_add(offset)?, len);
        Ok(Pieces {
            first: range(text.offset, first).ok_or_else(outside)?,
            second: range(ring, text.bytes.saturating_sub(first)).ok_or_else(outside)?,
        })
    }
}

/// The one or two runs of bytes on a volume that a text lies in; the second is empty where the text does not wrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pieces {
    /// From the text's start, at most to the end of the ring.
    pub first: ByteRange,
    /// The rest, from the start of the ring.
    pub second: ByteRange,
}

impl Pieces {
    /// Offset on the volume of byte `at` of the text.
    pub fn locate(&self, at: u64) -> u64 {
        match at.checked_sub(self.first.len()) {
            Some(beyond) if !self.second.is_empty() => self.second.start().saturating_add(beyond),
            _ => self.first.start().saturating_add(at),
        }
    }
}
