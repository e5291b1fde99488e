//! Master Boot Record: four entries in the first sector, and the chain of extended boot records behind it.
//!
//! The layout is that of `include/linux/msdos_partition.h`: machine code to byte 440, disk identifier at 440, four
//! entries of 16 bytes from 446, 0x55 0xAA at 510. There is no checksum, and the boot sector of a FAT, NTFS or exFAT
//! volume ends in the same two bytes: [`Mbr::parse`] tells them apart.

use crate::base::bytes::{Fields, Truncated, all_zero, le16, le32, u8_at};

#[cfg(test)]
mod tests;

/// Bytes that make a master or extended boot record, whatever the sector size.
pub const LENGTH: usize = 512;
/// Type of the entry that keeps tools that do not know GPT away from its disk.
pub const PROTECTIVE: u8 = 0xee;
/// Status of the partition that a BIOS boots.
const ACTIVE: u8 = 0x80;
/// Where the machine code ends.
const CODE_END: usize = 440;
/// "IBMA" in EBCDIC: an AIX physical volume, which has 0x55AA but no partitions.
const AIX: &[u8] = &[0xc9, 0xc2, 0xd4, 0xc1];

/// One of the four entries of a master or extended boot record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// 0x80 where the partition is marked active, 0 otherwise; other values occur and mean nothing.
    pub status: u8,
    pub kind: u8,
    /// First sector: of a master boot record from the start of the disk, of an extended one see [`Ebr`].
    pub start: u32,
    pub sectors: u32,
}

impl Entry {
    /// Whether there is a partition: as for Linux, one that has sectors, whatever its type.
    pub fn is_used(self) -> bool {
        self.sectors != 0
    }

    /// Whether it keeps others away from a GPT. Linux does not look at its size, so neither do we.
    pub fn is_protective(self) -> bool {
        self.kind == PROTECTIVE
    }

    /// Whether it holds logical partitions: types 0x05, 0x0f (LBA) and 0x85 (Linux).
    pub fn is_extended(self) -> bool {
        self.is_used() && matches!(self.kind, 0x05 | 0x0f | 0x85)
    }

    pub fn is_active(self) -> bool {
        self.status == ACTIVE
    }

    fn has_odd_status(self) -> bool {
        !matches!(self.status, 0 | ACTIVE)
    }

    /// One past its last sector.
    pub fn end(self) -> u64 {
        u64::from(self.start).saturating_add(u64::from(self.sectors))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mbr {
    /// Disk identifier; 0 where there is none.
    pub disk_id: u32,
    pub boot_code: bool,
    /// The entries, used or not: partitions 1 to 4.
    pub entries: [Entry; 4],
}

impl Mbr {
    /// Reads the first sector of a disk of `disk_bytes` bytes. `None`: it is no master boot record.
    ///
    /// It is none without 0x55AA, and none of these, which have it too:
    /// * a boot sector of FAT, exFAT or NTFS (told by its fields), unless every entry could well be one: status 0 or
    ///   0x80, a start within the disk and not in sector 0, and zeros where no partition is. Then the disk was
    ///   partitioned later, which leaves the fields of the boot sector in place.
    /// * a record with a partition that starts in sector 0, its own, and no protective entry: the table of a hybrid ISO
    ///   image, or the one that `mkfs.fat` puts into a boot sector for the sake of Windows. They divide nothing.
    /// * what has more than one status other than 0 and 0x80, or a partition of such a status that ends beyond the
    ///   disk, and no protective entry: text or code.
    /// * an AIX physical volume.
    ///
    /// One odd status alone does not make a table invalid: Linux says so, but `sfdisk` and the BIOSes do not.
    pub fn parse(sector: &[u8], disk_bytes: u64) -> Option<Self> {
        let entries = entries(sector)?;
        // In the smallest sectors there are, so that no table is refused for a wrong guess of the sector size.
        let disk_sectors = disk_bytes / 512;
        let used = || entries.iter().filter(|e| e.is_used());
        let protective = entries.iter().any(|e| e.is_protective());
        if sector.starts_with(AIX) || (!protective && used().any(|e| e.start == 0)) {
            return None;
        }
        if is_volume_boot_sector(sector).unwrap_or(false) {
            let clean = entries.iter().enumerate().all(|(slot, entry)| match entry.is_used() {
                true => !entry.has_odd_status() && (1..disk_sectors).contains(&u64::from(entry.start)),
                false => sector.take(slot_at(slot), 16).is_ok_and(all_zero),
            });
            if !clean || used().next().is_none() {
                return None;
            }
        }
        let mut odd = entries.iter().filter(|e| e.has_odd_status());
        let code = odd.clone().any(|e| e.is_used() && e.end() > disk_sectors) || odd.nth(1).is_some();
        if code && !protective {
            return None;
        }
        Some(Self { disk_id: le32(sector, CODE_END).ok()?, boot_code: has_boot_code(sector), entries })
    }

    /// The used entries and their numbers.
    pub fn partitions(&self) -> impl Iterator<Item = (u32, Entry)> + '_ {
        (1..).zip(self.entries).filter(|(_, e)| e.is_used())
    }

    /// The entry that protects a GPT, wherever in the table and on the disk it lies.
    pub fn protective(&self) -> Option<Entry> {
        self.entries.into_iter().find(|e| e.is_protective())
    }

    /// Whether it has a partition other than a protective one.
    pub fn has_partitions(&self) -> bool {
        self.partitions().any(|(_, e)| !e.is_protective())
    }
}

/// An extended boot record: up to two partitions are usual, one of data and a link to the next record.
///
/// The start of a data partition counts from this record, that of the link from the start of the extended partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ebr {
    /// The entries, used or not.
    pub entries: [Entry; 4],
}

impl Ebr {
    /// Reads one. `None`: 0x55AA is not there.
    pub fn parse(sector: &[u8]) -> Option<Self> {
        entries(sector).map(|entries| Self { entries })
    }

    /// The link to the next record: the first extended entry.
    pub fn next(&self) -> Option<Entry> {
        self.entries.into_iter().find(|e| e.is_extended())
    }
}

fn slot_at(slot: usize) -> usize {
    slot.saturating_mul(16).saturating_add(446)
}

/// The entries of a master or extended boot record; `None` without 0x55AA.
fn entries(sector: &[u8]) -> Option<[Entry; 4]> {
    if le16(sector, 510) != Ok(0xaa55) {
        return None;
    }
    let entry = |slot| {
        let entry = sector.take(slot_at(slot), 16)?;
        Ok(Entry {
            status: u8_at(entry, 0)?,
            kind: u8_at(entry, 4)?,
            start: le32(entry, 8)?,
            sectors: le32(entry, 12)?,
        })
    };
    let all = || Ok::<_, Truncated>([entry(0)?, entry(1)?, entry(2)?, entry(3)?]);
    all().ok()
}

/// Whether there is something to execute. A BIOS starts at byte 0, and no code begins with two zero bytes (they would
/// add to a random byte of memory): `sfdisk`, `sgdisk` and `parted` leave zeros in a protective MBR, while `parted`
/// puts a loader of its own into a plain MBR. One byte repeated is the fill of an erased medium.
fn has_boot_code(sector: &[u8]) -> bool {
    let Ok(code) = sector.take(0, CODE_END) else { return false };
    let fill = code.first().copied().unwrap_or_default();
    !code.starts_with(&[0, 0]) && code.iter().any(|b| *b != fill)
}

/// Whether the sector has the fields of a FAT, exFAT or NTFS boot sector.
fn is_volume_boot_sector(sector: &[u8]) -> Result<bool, Truncated> {
    let name = sector.take(3, 8)?;
    if name == b"NTFS    " || name == b"EXFAT   " {
        return Ok(true);
    }
    let bytes_per_sector = le16(sector, 11)?;
    let sectors_per_cluster = u8_at(sector, 13)?;
    let reserved_sectors = le16(sector, 14)?;
    let (fats, media) = (u8_at(sector, 16)?, u8_at(sector, 21)?);
    Ok(bytes_per_sector.is_power_of_two()
        && (512..=4096).contains(&bytes_per_sector)
        && sectors_per_cluster.is_power_of_two()
        && reserved_sectors != 0
        && matches!(fats, 1 | 2)
        && (media == 0xf0 || media >= 0xf8))
}
