//! Disks of Oracle ASM, labelled by ASMLib or used without it.
//!
//! Sources: the label of the oracleasm driver (`struct oracle_asm_disk_label`: tag at 32, name at 40), and the fields
//! `kfbh` (block header, 32 bytes) and `kfdhdb` (disk header) as `kfed read` prints them with their offsets.

use super::Malformed;
use super::content::{Content, Found, Kind};
use super::windows::Windows;
use crate::base::bytes::{Fields, Truncated, all_zero, be32, label, le32, u8_at};

const FORMAT: &str = "ASM disk header";
/// `kfdhdb.driver.provstr`.
const TAG: &[u8] = b"ORCLDISK";
/// What `oracleasm deletedisk` writes instead.
const CLEARED: &[u8] = b"ORCLCLRD";
const TAG_AT: u64 = 32;
/// `kfbh.hard`: magic and block size.
const HARD: u8 = 0x82;
/// `KFBTYP_DISKHEAD`.
const DISK_HEADER: u8 = 1;

/// Looks for the tag. A header of ASM itself counts even where its tag was cleared.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    let tag = windows.get(TAG_AT, 8)?;
    if tag != TAG && tag != CLEARED {
        return None;
    }
    let block = windows.get(0, 512)?;
    let header = header(block).ok()?;
    if header.is_none() && tag == CLEARED {
        return None;
    }
    let mut content = Content::new(Kind::OracleAsm).label(label(block.take(40, 24).ok()?));
    if let Some(read) = header {
        // Without ASMLib: the name of the disk, which begins with that of its group unless somebody chose another.
        content.label = content.label.or(label(block.take(72, 32).ok()?)).or(label(block.take(104, 32).ok()?));
        let unit = read(block, 220).ok()?;
        let units = read(block, 228).ok()?;
        if unit.is_power_of_two() && units != 0 {
            content = content.bytes(u64::from(unit).saturating_mul(u64::from(units)));
        }
    } else if !all_zero(block.take(0, 32).ok()?) {
        // Neither labelled and not yet used, nor in use: half of a header.
        let why = "its block header is damaged";
        return Some(Found::at_start(content).with_problem(Malformed::new(FORMAT, 0, why)));
    }
    let found = Found::at_start(content);
    Some(if tag == CLEARED {
        found.with_problem(Malformed::new(FORMAT, TAG_AT, "its label was cleared, its header was not"))
    } else {
        found
    })
}

/// Reads the numbers of a disk header in their byte order.
type Read = fn(&[u8], usize) -> Result<u32, Truncated>;

/// How to read the numbers, where this is the header block of a disk in use.
fn header(block: &[u8]) -> Result<Option<Read>, Truncated> {
    let read: Read = match u8_at(block, 0)? {
        0 => be32,
        1 => le32,
        _ => return Ok(None),
    };
    Ok((u8_at(block, 1)? == HARD && u8_at(block, 2)? == DISK_HEADER).then_some(read))
}
