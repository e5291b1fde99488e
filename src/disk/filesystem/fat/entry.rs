//! An entry of a folder: 32 bytes that are a file's, or a part of a long name.

use super::geometry::ENTRY;
use crate::base::bytes::{Fields, Truncated, le16, le32, u8_at};
use crate::disk::filesystem::failure::short;
use crate::disk::format::vfat::bpb::Width;
use std::io;

/// All attribute bits that have a meaning.
const ATTRIBUTES: u8 = 0x3f;
const READ_ONLY: u8 = 0x01;
const VOLUME: u8 = 0x08;
const FOLDER: u8 = 0x10;
/// Attributes that no file has together: read-only, hidden, system, volume.
const LONG_NAME: u8 = 0x0f;
/// First byte of the name of an entry that was deleted.
const DELETED: u8 = 0xe5;
/// How a name that really begins with that byte is written.
const ESCAPED: u8 = 0x05;
/// UTF-16 units of a name in one slot, by their offsets.
pub(super) const SLOT_UNITS: usize = 13;
const UNITS_AT: [usize; SLOT_UNITS] = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/// What 32 bytes of a folder are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// No entry follows.
    End,
    Deleted,
    Label,
    Slot(Slot),
    File(File),
}

/// A part of a long name; the last part lies first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// Its place in the name, from 1.
    pub(super) number: u8,
    /// Whether it is the last part of the name.
    pub(super) is_last: bool,
    /// Of the short name that it belongs to.
    pub(super) checksum: u8,
    pub(super) units: [u16; SLOT_UNITS],
}

/// A file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct File {
    /// Name and ending in 8 and 3 bytes, as they are on the disk.
    pub(super) short_name: [u8; 11],
    pub(super) name_is_lower: bool,
    pub(super) ending_is_lower: bool,
    pub(super) is_folder: bool,
    pub(super) is_read_only: bool,
    /// 0 where it has none.
    pub(super) first_cluster: u32,
    /// 0 for a folder.
    pub(super) bytes: u32,
    /// Of [`Self::short_name`].
    pub(super) checksum: u8,
}

impl File {
    /// Whether it stands for the folder itself or for the one above it.
    pub(super) fn is_dots(&self) -> bool {
        self.short_name == *b".          " || self.short_name == *b"..         "
    }
}

impl Entry {
    pub(super) fn read(bytes: &[u8], width: Width) -> io::Result<Self> {
        Self::fields(bytes, width).map_err(short)
    }

    fn fields(bytes: &[u8], width: Width) -> Result<Self, Truncated> {
        let bytes = bytes.take(0, ENTRY as usize)?;
        let (mut short_name, attributes) = (bytes.array::<11>(0)?, u8_at(bytes, 11)? & ATTRIBUTES);
        let checksum = checksum(&short_name);
        match short_name[0] {
            0 => return Ok(Self::End),
            DELETED => return Ok(Self::Deleted),
            _ if attributes == LONG_NAME => return Ok(Self::Slot(Slot::fields(bytes)?)),
            _ if attributes & VOLUME != 0 => return Ok(Self::Label),
            ESCAPED => short_name[0] = DELETED,
            _ => {}
        }
        let case = u8_at(bytes, 12)?;
        let high = if width == Width::Fat32 { u32::from(le16(bytes, 20)?) } else { 0 };
        Ok(Self::File(File {
            short_name,
            name_is_lower: case & 0x08 != 0,
            ending_is_lower: case & 0x10 != 0,
            is_folder: attributes & FOLDER != 0,
            is_read_only: attributes & READ_ONLY != 0,
            first_cluster: high << 16 | u32::from(le16(bytes, 26)?),
            bytes: if attributes & FOLDER != 0 { 0 } else { le32(bytes, 28)? },
            checksum,
        }))
    }
}

impl Slot {
    fn fields(bytes: &[u8]) -> Result<Self, Truncated> {
        const LAST: u8 = 0x40;
        let mut units = [0; SLOT_UNITS];
        for (unit, at) in units.iter_mut().zip(UNITS_AT) {
            *unit = le16(bytes, at)?;
        }
        let number = u8_at(bytes, 0)?;
        Ok(Self { number: number & !LAST, is_last: number & LAST != 0, checksum: u8_at(bytes, 13)?, units })
    }
}

/// The sum of a short name that the slots of its long name have.
pub(super) fn checksum(short_name: &[u8; 11]) -> u8 {
    short_name.iter().fold(0, |sum: u8, byte| sum.rotate_right(1).wrapping_add(*byte))
}
