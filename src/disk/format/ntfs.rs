//! NTFS boot sectors, and the volume's name in the master file table, which may lie far behind: see [`volume_record`].

use super::content::{Content, Found, Kind};
use super::windows::Windows;
use super::{Malformed, start_is_zero};
use crate::base::bytes::{Truncated, le16, le32, le64, u8_at};
use crate::base::ids::Id;

const FORMAT: &str = "NTFS boot sector";
const MAGIC: &[u8] = b"NTFS    ";
/// Where the magic lies within the boot sector.
const MAGIC_AT: u64 = 3;
/// Number of the record that describes the volume.
const VOLUME_RECORD: u64 = 3;
/// Types of the attribute that is the volume's name, and of the one that ends a record.
const VOLUME_NAME: u32 = 0x60;
const END: u32 = u32::MAX;
/// Most bytes of a record that are read.
const MOST_RECORD: u64 = 4096;

/// Looks for the boot sector; on a volume whose start was wiped, for its backup in the last sector.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    if windows.has(MAGIC_AT, MAGIC) {
        return boot_sector(windows, 0);
    }
    let last = (windows.volume_bytes() / 512).checked_sub(1)?.checked_mul(512)?;
    if !windows.has(last.checked_add(MAGIC_AT)?, MAGIC) || !start_is_zero(windows) {
        return None;
    }
    let why = "the boot sector is gone; its backup is there";
    Some(boot_sector(windows, last)?.with_problem(Malformed::new(FORMAT, 0, why)))
}

/// Where the master file table lies.
struct Layout {
    /// Bytes of a cluster.
    cluster: u64,
    /// Cluster of the table.
    table: u64,
    /// Bytes of a record.
    record: u64,
}

impl Layout {
    fn of(block: &[u8]) -> Option<Self> {
        let sector = u64::from(le16(block, 11).ok()?);
        let per_cluster = match u8_at(block, 13).ok()? {
            n if n.is_power_of_two() => u64::from(n),
            // Clusters over 64 KiB: the negative of a binary logarithm.
            n @ 0xf4.. => 1 << n.wrapping_neg(),
            _ => return None,
        };
        let cluster = sector.checked_mul(per_cluster)?;
        let record = match u8_at(block, 64).ok()?.cast_signed() {
            n @ 1.. => cluster.checked_mul(u64::from(n.unsigned_abs()))?,
            n @ -31..=-9 => 1 << n.unsigned_abs(),
            _ => return None,
        };
        Some(Self { cluster, table: le64(block, 48).ok()?, record })
    }
}

fn boot_sector(windows: &Windows<'_>, at: u64) -> Option<Found> {
    let block = windows.get(at, 512)?;
    let Layout { cluster, table, record } = Layout::of(block)?;
    let sector = u64::from(le16(block, 11).ok()?);
    // Reserved sectors, FATs, root entries, sectors, sectors per FAT and large sectors are those of FAT: zero here.
    let unused = [14, 15, 16, 17, 18, 19, 20, 22, 23, 32, 33, 34, 35];
    if !(sector.is_power_of_two() && (256..=4096).contains(&sector))
        || unused.into_iter().any(|offset| u8_at(block, offset) != Ok(0))
    {
        return None;
    }
    let sectors = le64(block, 40).ok()?;
    // The backup of the boot sector lies behind the sectors that are counted.
    let bytes = sectors.checked_add(1)?.checked_mul(sector)?;
    if sectors == 0 || table > sectors {
        return None;
    }
    let content = Content::new(Kind::Ntfs).uuid(Id::Serial64(le64(block, 72).ok()?)).bytes(bytes);
    let found = Found::at_start(content.label(name(windows, table.checked_mul(cluster)?, record)));
    Some(match le16(block, 510) {
        Ok(0xaa55) => found,
        _ => found.with_problem(Malformed::new(FORMAT, at, "it does not end in 55 aa")),
    })
}

/// The volume's name, where its record was read.
fn name(windows: &Windows<'_>, table: u64, record_bytes: u64) -> Option<String> {
    let at = VOLUME_RECORD.checked_mul(record_bytes)?.checked_add(table)?;
    name_of(windows.get(at, usize::try_from(record_bytes.min(MOST_RECORD)).ok()?)?)
}

/// Where the record of the volume lies.
pub fn volume_record(windows: &Windows<'_>) -> Option<(u64, usize)> {
    let block = windows.get(0, 512)?;
    let Layout { cluster, table, record } = Layout::of(block)?;
    let at = VOLUME_RECORD.checked_mul(record)?.checked_add(table.checked_mul(cluster)?)?;
    Some((at, usize::try_from(record.min(MOST_RECORD)).ok()?))
}

/// The volume's name, from its record.
pub fn name_of(record: &[u8]) -> Option<String> {
    if !record.starts_with(b"FILE") {
        return None;
    }
    attribute(record).ok()?
}

fn attribute(record: &[u8]) -> Result<Option<String>, Truncated> {
    let mut at = usize::from(le16(record, 20)?);
    loop {
        let length = usize::try_from(le32(record, at.saturating_add(4))?).unwrap_or(usize::MAX);
        match le32(record, at)? {
            VOLUME_NAME => {
                let from = at.saturating_add(usize::from(le16(record, at.saturating_add(20))?));
                let bytes = usize::try_from(le32(record, at.saturating_add(16))?).unwrap_or(usize::MAX);
                let text = record.get(from..from.saturating_add(bytes)).unwrap_or_default();
                let units = text.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
                let name: String =
                    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
                return Ok((!name.is_empty()).then_some(name));
            }
            END => return Ok(None),
            // Shorter than its own header: damaged, and would never end.
            _ if length < 16 => return Ok(None),
            _ => at = at.saturating_add(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_whose_attributes_do_not_move_on_has_no_name() {
        let mut record = vec![0; 1024];
        record[20] = 56;
        assert_eq!(attribute(&record), Ok(None));
        record[20..22].copy_from_slice(&u16::MAX.to_le_bytes());
        assert!(attribute(&record).is_err());
    }
}
