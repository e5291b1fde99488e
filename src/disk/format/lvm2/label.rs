//! The label of a physical volume and the header behind it (`struct label_header`, `struct pv_header`).

use super::fields::{LABEL_BYTES, checksum, pair};
use crate::base::bytes::{Fields, Truncated, le32, le64};
use crate::base::ids::Id;
use crate::base::units::ByteRange;
use crate::disk::format::Malformed;

const FORMAT: &str = "LVM2 label";
const SECTOR: usize = 512;
const MAGIC: &[u8] = b"LABELONE";
const TYPE: &[u8] = b"LVM2 001";
/// Bytes of the label proper, before the physical volume header.
const LABEL_HEADER: usize = 32;

/// What the label of a physical volume says. All sizes and offsets are bytes from the start of the volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Offset of the label: 0, 512, 1024 or 1536.
    pub at: u64,
    pub uuid: Id,
    /// Size of the device when it was labelled.
    pub device_bytes: u64,
    /// Where extents lie; a length of 0 means "up to the end".
    pub data_areas: Vec<ByteRange>,
    /// Where metadata lies; may be empty.
    pub metadata_areas: Vec<ByteRange>,
    /// The extension, where the label is young enough to have one.
    pub extension: Option<Extension>,
}

/// What LVM2 added behind the lists of areas (`struct pv_header_extension`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its version, at least 1.
    pub version: u32,
    /// Whether the volume belongs to a group, even where it has no metadata area that says so (version 2).
    pub in_use: bool,
    /// Where a boot loader may put itself.
    pub bootloader_areas: Vec<ByteRange>,
}

/// Looks for a label in the first four sectors of a volume. A sound one is preferred to a damaged one before it.
///
/// `head` is the start of the volume, [`LABEL_BYTES`] of it or more.
pub fn find(head: &[u8]) -> Option<Result<Label, Malformed>> {
    // One glance is enough for nearly everything that has none.
    if head.first_chunk::<LABEL_BYTES>().is_some_and(|start| !has_either_word(start)) {
        return None;
    }
    let mut damaged = None;
    for at in (0..LABEL_BYTES).step_by(SECTOR) {
        let Ok(rest) = head.take(at, head.len().saturating_sub(at).min(SECTOR)) else { continue };
        // Either word is enough to say that there was a label, so that a damaged one is not passed over.
        if !rest.starts_with(MAGIC) && rest.take(24, TYPE.len()) != Ok(TYPE) {
            continue;
        }
        match Label::parse(rest, at as u64) {
            Ok(label) => return Some(Ok(label)),
            Err(bad) => damaged = damaged.or(Some(bad.at_offset(at as u64))),
        }
    }
    damaged.map(Err)
}

fn has_either_word(start: &[u8; LABEL_BYTES]) -> bool {
    let sectors = start.as_chunks::<SECTOR>().0;
    sectors.iter().any(|sector| sector.starts_with(MAGIC) || sector.get(24..32) == Some(TYPE))
}

impl Label {
    /// Reads the 512 bytes of a label that lies `at` bytes into its volume.
    ///
    /// # Errors
    /// Where the checksum, the place it names, its type or an area is wrong; offsets are from the start of the label.
    pub fn parse(sector: &[u8], at: u64) -> Result<Self, Malformed> {
        let cut = |bad: Truncated| Malformed::truncated(FORMAT, bad);
        let sector = sector.take(0, SECTOR).map_err(cut)?;
        if !sector.starts_with(MAGIC) {
            return Err(Malformed::new(FORMAT, 0, "no magic"));
        }
        let (stored, computed) = (le32(sector, 16).map_err(cut)?, checksum(&[sector.get(20..).unwrap_or_default()]));
        if stored != computed {
            let why = format!("checksum is {stored:#010x}, should be {computed:#010x}");
            return Err(Malformed::new(FORMAT, 16, why));
        }
        let place = le64(sector, 8).map_err(cut)?;
        if place.checked_mul(SECTOR as u64) != Some(at) {
            return Err(Malformed::new(
                FORMAT,
                8,
                format!("it names sector {place} as its place, but lies at byte {at}"),
            ));
        }
        if sector.take(24, 8).map_err(cut)? != TYPE {
            return Err(Malformed::new(FORMAT, 24, "not of type \"LVM2 001\""));
        }
        let header = le32(sector, 20).map_err(cut)?;
        let outside = || Malformed::new(FORMAT, 20, format!("the volume header at {header} is outside the label"));
        let header = usize::try_from(header).ok().filter(|h| (LABEL_HEADER..SECTOR).contains(h)).ok_or_else(outside)?;
        let fields = sector.get(header..).unwrap_or_default();
        Self::parse_header(fields, at).map_err(|bad| bad.at_offset(header as u64))
    }

    /// Reads the header that the label points to; `fields` ends with the label's sector.
    fn parse_header(fields: &[u8], at: u64) -> Result<Self, Malformed> {
        let cut = |bad: Truncated| Malformed::truncated("LVM2 physical volume header", bad);
        let uuid = Id::Lvm(fields.array(0).map_err(cut)?);
        let device_bytes = le64(fields, 32).map_err(cut)?;
        let (data_areas, next) = areas(fields, 40)?;
        let (metadata_areas, next) = areas(fields, next)?;
        let extension = match le32(fields, next) {
            Ok(version) if version > 0 => {
                let flags_at = next.saturating_add(4);
                let flags = le32(fields, flags_at).map_err(cut)?;
                let (bootloader_areas, _) = areas(fields, flags_at.saturating_add(4))?;
                Some(Extension { version, in_use: version > 1 && flags & 1 != 0, bootloader_areas })
            }
            _ => None,
        };
        Ok(Self { at, uuid, device_bytes, data_areas, metadata_areas, extension })
    }
}

/// Reads a list of areas (`struct disk_locn`) up to the empty one that ends it, and says where it ended.
fn areas(fields: &[u8], from: usize) -> Result<(Vec<ByteRange>, usize), Malformed> {
    const FORMAT: &str = "LVM2 list of areas";
    let (mut list, mut at) = (Vec::new(), from);
    loop {
        let (offset, size) = pair(fields, at).map_err(|cut| Malformed::truncated(FORMAT, cut))?;
        let here = at as u64;
        at = at.saturating_add(16);
        if offset == 0 {
            return Ok((list, at));
        }
        let area = ByteRange::new(offset, size);
        list.push(area.ok_or_else(|| Malformed::new(FORMAT, here, "an area ends beyond 2^64 bytes"))?);
    }
}
