//! What a block of metadata says of itself in version 5: its checksum, its place, its owner and its file system.
//!
//! A block that was written elsewhere, or long ago for another inode, has a right checksum. Its other fields tell.

use std::io;

use super::geometry::Geometry;
use crate::base::bytes::{Fields, be64, le32};
use crate::disk::filesystem::failure::{damaged, short};

/// Bytes of a unit that places are written in, whatever the sector.
const PLACE_UNIT: u64 = 512;

/// Offsets of the fields in a kind of block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    pub(super) crc: usize,
    pub(super) place: usize,
    pub(super) uuid: usize,
    pub(super) owner: usize,
}

impl Stamp {
    /// Verifies the block that was read at byte `at` for inode `owner`.
    pub(super) fn verify(self, geometry: &Geometry, block: &[u8], at: u64, owner: u64) -> io::Result<()> {
        if !is_right(block, self.crc) {
            return Err(damaged("the checksum does not match"));
        }
        if block.array(self.uuid).map_err(short)? != geometry.meta_uuid {
            return Err(damaged("it belongs to another file system"));
        }
        let place = be64(block, self.place).map_err(short)?;
        if place.checked_mul(PLACE_UNIT) != Some(at) {
            return Err(damaged(format_args!("it was written for another place: sector {place}")));
        }
        match be64(block, self.owner).map_err(short)? {
            found if found == owner => Ok(()),
            other => Err(damaged(format_args!("it belongs to inode {other}"))),
        }
    }
}

/// Whether the CRC32C of all bytes, with zeros for the checksum itself, is the one at `at`.
pub(super) fn is_right(bytes: &[u8], at: usize) -> bool {
    let Ok(stored) = le32(bytes, at) else { return false };
    let Some((before, rest)) = bytes.split_at_checked(at) else { return false };
    let crc = crc32c::crc32c_append(crc32c::crc32c(before), &[0; 4]);
    crc32c::crc32c_append(crc, rest.get(4..).unwrap_or_default()) == stored
}
