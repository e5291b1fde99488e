//! The partition table for a blank disk with one LVM partition over the whole of it, as sectors that are to be written.
//!
//! The crates `mbrman` and `gpt` make it on a copy in memory; nothing here touches a device. Only sectors that are
//! not zero are kept: on a blank disk the others are right already.
//!
//! # Order of the writes
//!
//! Each sector is atomic. An MBR is one sector, so the table is either there or not. A GPT is five, in this order:
//!
//! | written so far | Linux, `libblkid`, firmware | our own scan |
//! | --- | --- | --- |
//! | backup array | no table | no table |
//! | backup header | no table | no table, a backup without primary |
//! | primary array | no table | no table, a backup without primary |
//! | primary header | no table | a GPT that Linux ignores |
//! | protective MBR | the whole table | the whole table |
//!
//! The protective MBR comes last because Linux (`block/partitions/efi.c`), `libblkid` and UEFI firmware look for a GPT
//! only behind it: that one sector turns "no table" into the whole one, and all that it announces is there before. Were
//! it first, every prefix would be read as a DOS table with one partition of type 0xee. Each array comes before the
//! header whose checksum covers it, and the backup before the primary, so that a header never names what is not there
//! yet. Taking the table away again is the same backwards.

use std::fmt;

use crate::base::units::{ByteRange, Bytes, MIB, SectorSize, TIB};
use crate::disk::TableKind;

mod begun;
mod copy;
mod identifiers;
mod made;
mod rehearsal;
mod sampled;

pub use begun::Begun;
pub use identifiers::Identifiers;
pub use sampled::{BLOCKS, first_in_sample};

/// One sector that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSector {
    /// Offset in bytes, a multiple of the logical block size.
    pub at: u64,
    /// What it will hold: exactly one logical block.
    pub bytes: Vec<u8>,
}

/// A table that is not yet written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTable {
    /// Its kind: [`TableKind::Mbr`] or [`TableKind::Gpt`].
    pub kind: TableKind,
    /// Its one partition, which begins at 1 MiB.
    pub partition: ByteRange,
    /// Its sectors that are not zero, in the order in which they are to be written.
    pub sectors: Vec<NewSector>,
}

/// Why there can be no such table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewTableError {
    /// The disk has no room for a partition behind its first 1 MiB.
    TooSmall(Bytes),
    /// The disk is larger than Linux can address: offsets of files and devices are signed.
    TooLarge(Bytes),
    /// Neither 512 nor 4096 bytes a sector: there are no such disks, and `gpt` knows no others.
    SectorSize(SectorSize),
    /// A crate could not make the table.
    Crate(String),
}

impl fmt::Display for NewTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall(bytes) => write!(f, "a disk of {bytes} has no room for a partition that begins at 1 MiB"),
            Self::TooLarge(bytes) => write!(f, "no disk has {bytes}"),
            Self::SectorSize(sector) => {
                write!(f, "sectors of {} bytes; a table is made for 512 or 4096", sector.bytes())
            }
            Self::Crate(why) => write!(f, "the partition table cannot be made: {why}"),
        }
    }
}

impl std::error::Error for NewTableError {}

/// Where the partition begins, and to what its end is rounded down in a GPT.
const ALIGNMENT: u64 = MIB;
/// The largest disk that gets an MBR: 2^32 units of 512 bytes, whatever the sector size.
const LARGEST_MBR: u64 = 2 * TIB;

/// The table with one LVM partition for a blank disk of `disk_bytes` bytes: an MBR (type 0x8e) up to 2 TiB, a GPT
/// beyond.
///
/// The partition begins at 1 MiB. In an MBR it reaches the last sector; in a GPT it ends at the last whole MiB before
/// the backup, as the tools do it and as [`smallest_disk`](crate::disk::smallest_disk) counts.
///
/// ```
/// use okv_host::disk::new_table::{Identifiers, one_lvm_partition};
/// use okv_host::base::units::{GIB, MIB, SectorSize};
/// let table = one_lvm_partition(64 * GIB, SectorSize::S512, &Identifiers::of("a disk")).unwrap();
/// assert_eq!((table.partition.start(), table.partition.end()), (MIB, 64 * GIB));
/// assert_eq!(table.sectors.len(), 1);
/// ```
///
/// # Errors
/// Where the disk is too small, larger than any, or has odd sectors.
pub fn one_lvm_partition(disk_bytes: u64, sector: SectorSize, ids: &Identifiers) -> Result<NewTable, NewTableError> {
    if i64::try_from(disk_bytes).is_err() {
        return Err(NewTableError::TooLarge(Bytes(disk_bytes)));
    }
    if ![SectorSize::S512, SectorSize::S4096].contains(&sector) {
        return Err(NewTableError::SectorSize(sector));
    }
    // A disk is a whole number of sectors; an image file need not be.
    let bytes = disk_bytes.saturating_sub(disk_bytes % sector.bytes());
    if bytes <= ALIGNMENT {
        return Err(NewTableError::TooSmall(Bytes(disk_bytes)));
    }
    if bytes <= LARGEST_MBR { made::mbr(bytes, sector, ids) } else { made::gpt(bytes, sector, ids) }
}

impl NewTable {
    /// Where the disk ends that it was made for, in bytes: the partition or the last sector reaches it.
    fn disk_end(&self) -> u64 {
        let end = |s: &NewSector| s.at.saturating_add(s.bytes.len() as u64);
        self.sectors.iter().map(end).fold(self.partition.end(), u64::max)
    }
}

#[cfg(test)]
mod tests;
