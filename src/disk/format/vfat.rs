//! FAT12, FAT16 and FAT32, from the BIOS parameter block in the first sector.
//!
//! Source: Microsoft's "FAT: General Overview of On-Disk Format", and for what counts as FAT at all the rules of
//! libblkid: nothing in a boot sector is a reliable magic, so the whole parameter block has to make sense.

pub(crate) mod bpb;
#[cfg(test)]
mod tests;

use self::bpb::{Bpb, Width};
use super::Malformed;
use super::content::{Content, Found, Kind};
use super::windows::Windows;
use crate::base::bytes::{self, Fields, le16, u8_at};
use crate::base::ids::Id;

const FORMAT: &str = "FAT boot sector";
/// What is written where there is no label.
const NO_NAME: &[u8] = b"NO NAME    ";
const ENTRY: usize = 32;

/// Looks for a FAT file system. `None` where its parameter block is not plausible or the first 512 bytes were not read.
///
/// The label is the volume label entry of the root directory where that was read (see [`root_directory`]), else the one
/// in the boot sector, which is older in a file system that was labelled anew.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    let sector = windows.get(0, 512)?;
    let bpb = Bpb::read(sector)?;
    let (serial_at, label_at) = bpb.extended_fields();
    let serial = Id::Serial32(bytes::le32(sector, serial_at).ok()?);
    let label = match root_label(&bpb, windows) {
        RootLabel::Is(name) => Some(name),
        RootLabel::NotRead => sector.array(label_at).ok(),
        RootLabel::None => None,
    };
    let label = label.filter(|name| name != NO_NAME).and_then(|name| bytes::label(&name));
    let version = match bpb.width {
        Width::Fat12 => "FAT12",
        Width::Fat16 => "FAT16",
        Width::Fat32 => "FAT32",
    };
    let content = Content::new(Kind::Vfat).uuid(serial).label(label).bytes(bpb.bytes()).version(version);
    let mut found = Found::at_start(content);
    if bpb.bytes() > windows.volume_bytes() {
        let why = format!("says {} bytes, and the volume has {}", bpb.bytes(), windows.volume_bytes());
        found = found.with_problem(Malformed::new(FORMAT, 32, why));
    }
    if let Some(why) = windows.too_small_for_device(bpb.sector_bytes()) {
        found = found.with_problem(Malformed::new(FORMAT, 11, format!("has sectors of {why}")));
    }
    if let Some(at) = bad_fsinfo(&bpb, windows) {
        found = found.with_problem(Malformed::new("FAT32 FSInfo sector", at, "wrong signature"));
    }
    Some(found)
}

/// Where the root directory lies, for a caller that wants its label: offset and length in bytes, at most 16 KiB. Of a
/// FAT32 root directory, which is a chain of clusters, the first. `None` where there is no FAT file system.
pub fn root_directory(windows: &Windows<'_>) -> Option<(u64, usize)> {
    Bpb::read(windows.get(0, 512)?)?.root_directory()
}

/// Whether enough of the root directory was read to know its label, or that it has none.
pub fn root_label_is_known(windows: &Windows<'_>) -> bool {
    let bpb = windows.get(0, 512).and_then(Bpb::read);
    bpb.is_some_and(|bpb| !matches!(root_label(&bpb, windows), RootLabel::NotRead))
}

enum RootLabel {
    Is([u8; 11]),
    /// The directory was read to its end and has no label.
    None,
    /// The directory, or a part that matters, was not read.
    NotRead,
}

fn root_label(bpb: &Bpb, windows: &Windows<'_>) -> RootLabel {
    /// All attribute bits that have a meaning.
    const ALL: u8 = 0x3f;
    const LONG_NAME: u8 = 0x0f;
    const VOLUME: u8 = 0x08;
    const DIRECTORY: u8 = 0x10;
    /// First byte of the name of an entry that was deleted.
    const DELETED: u8 = 0xe5;
    let Some((start, len)) = bpb.root_directory() else { return RootLabel::NotRead };
    for at in (0..len).step_by(ENTRY) {
        let Some(entry) = windows.get(start.saturating_add(at as u64), ENTRY) else { return RootLabel::NotRead };
        let (Ok(mut name), Ok(attributes)) = (entry.array::<11>(0), u8_at(entry, 11)) else { break };
        let cluster = (le16(entry, 20), le16(entry, 26));
        match name[0] {
            0 => return RootLabel::None,
            DELETED => continue,
            // How a name that really starts with the byte for a deleted entry is written.
            0x05 => name[0] = DELETED,
            _ => {}
        }
        let is_label = attributes & ALL != LONG_NAME && attributes & (VOLUME | DIRECTORY) == VOLUME;
        if is_label && cluster == (Ok(0), Ok(0)) {
            return RootLabel::Is(name);
        }
    }
    RootLabel::None
}

/// Offset of a signature of the FSInfo sector that is wrong. All zero is allowed, as some formatters leave it so.
fn bad_fsinfo(bpb: &Bpb, windows: &Windows<'_>) -> Option<u64> {
    let at = bpb.fsinfo?;
    let wrong = |at: u64, right: &[u8]| {
        let found = windows.get(at, 4)?;
        (found != right && found != [0; 4]).then_some(at)
    };
    wrong(at, b"RRaA").or_else(|| wrong(at.checked_add(484)?, b"rrAa"))
}
