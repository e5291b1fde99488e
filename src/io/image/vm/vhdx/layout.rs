//! What the headers, the region table and the metadata of VHDX tell: how large the disk is, and where its table lies.

use std::io;

use super::super::store::Store;
use super::super::{invalid, unsupported};
use crate::base::bytes::{Fields, Truncated, all_zero, le16, le32, le64};
use crate::base::units::{ByteRange, SectorSize};

const KIB: u64 = 1 << 10;
/// Both copies of each.
const HEADERS: [u64; 2] = [64 * KIB, 128 * KIB];
const REGIONS: [u64; 2] = [192 * KIB, 256 * KIB];
const HEADER_BYTES: usize = 4096;
const REGIONS_BYTES: usize = 64 << 10;
/// The table of the metadata; the items lie behind it.
const METADATA_TABLE: u64 = 64 * KIB;
const MOST_ENTRIES: u16 = 2047;
/// The largest disk, in bytes.
const MOST_BYTES: u64 = 64 << 40;

/// GUIDs as they lie there.
type Guid = [u8; 16];
const TABLE: Guid = guid(0x2dc2_7766, 0xf623, 0x4200, 0x9d64_115e_9bfd_4a08);
const METADATA: Guid = guid(0x8b7c_a206, 0x4790, 0x4b9a, 0xb8fe_575f_050f_886e);
const PARAMETERS: Guid = guid(0xcaa1_6737, 0xfa36, 0x4d43, 0xb3b6_33f0_aa44_e76b);
const SIZE: Guid = guid(0x2fa5_4224, 0xcd1b, 0x4876, 0xb211_5dbe_d83b_f4b8);
const SECTOR: Guid = guid(0x8141_bf1d, 0xa96f, 0x4709, 0xba47_f233_a8fa_ab5f);

const HAS_PARENT: u32 = 2;
const REQUIRED: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) bytes: u64,
    pub(super) block_bytes: u64,
    /// Blocks between two entries for bitmaps.
    pub(super) chunk_blocks: u64,
    pub(super) sector: SectorSize,
    /// Where the block allocation table lies.
    pub(super) table: ByteRange,
}

impl Layout {
    pub(super) fn read(store: &Store) -> io::Result<Self> {
        let header = HEADERS.iter().filter_map(|at| Header::parse(store.bytes_at(*at, HEADER_BYTES).ok()?));
        let header = header.max_by_key(|header| header.sequence).ok_or_else(|| invalid("both headers are damaged"))?;
        if header.version != 1 {
            return Err(unsupported(format!("VHDX version {} is not read, only 1", header.version)));
        }
        if header.has_log {
            let why = "the log of the image is not empty: its machine is running, or was cut off. \
                Start and shut down the machine, or convert a copy of the image: qemu-img convert";
            return Err(unsupported(why));
        }
        let regions = REGIONS.iter().find_map(|at| regions(store.bytes_at(*at, REGIONS_BYTES).ok()?));
        let (table, metadata) = regions.ok_or_else(|| invalid("both region tables are damaged"))??;
        for region in [table, metadata] {
            if region.end() > store.bytes() || region.start() < 1 << 20 {
                return Err(invalid("a region lies beyond the end of the file"));
            }
        }
        Self::of_metadata(store, metadata, table)
    }

    fn of_metadata(store: &Store, metadata: ByteRange, table: ByteRange) -> io::Result<Self> {
        let cut = |_: Truncated| invalid("the metadata is damaged");
        let len = usize::try_from(METADATA_TABLE.min(metadata.len())).unwrap_or_default();
        let list = store.bytes_at(metadata.start(), len)?;
        if !list.starts_with(b"metadata") {
            return Err(invalid("the metadata is damaged"));
        }
        let count = le16(&list, 10).map_err(cut)?.min(MOST_ENTRIES);
        let (mut parameters, mut size, mut sector) = (None, None, None);
        for number in 0..usize::from(count) {
            let entry = list.take(number.saturating_add(1).saturating_mul(32), 32).map_err(cut)?;
            let id: Guid = entry.array(0).map_err(cut)?;
            let at = u64::from(le32(entry, 16).map_err(cut)?);
            let item = |len: usize| {
                let end = at.saturating_add(len as u64);
                if at < METADATA_TABLE || end > metadata.len() {
                    return Err(invalid("an item of the metadata lies beyond its end"));
                }
                store.bytes_at(metadata.start().saturating_add(at), len)
            };
            match id {
                PARAMETERS => parameters = Some(item(8)?),
                SIZE => size = Some(item(8)?),
                SECTOR => sector = Some(item(4)?),
                _ => {}
            }
        }
        let missing = || invalid("the metadata lacks the size of the disk, of its blocks or of its sectors");
        let (parameters, size, sector) =
            (parameters.ok_or_else(missing)?, size.ok_or_else(missing)?, sector.ok_or_else(missing)?);
        if le32(&parameters, 4).map_err(cut)? & HAS_PARENT != 0 {
            return Err(unsupported("it is a differencing disk, whose parent is not read"));
        }
        let (block, bytes) = (le32(&parameters, 0).map_err(cut)?, le64(&size, 0).map_err(cut)?);
        let sector = SectorSize::new(le32(&sector, 0).map_err(cut)?).ok_or_else(|| invalid("its sector size"))?;
        let is_block = block.is_power_of_two() && (1 << 20..=256 << 20).contains(&block);
        if !is_block || bytes > MOST_BYTES || !bytes.is_multiple_of(sector.bytes()) {
            return Err(invalid(format!("a disk of {bytes} bytes in blocks of {block}")));
        }
        let block_bytes = u64::from(block);
        let chunk_blocks = (sector.bytes() << 23) / block_bytes;
        Ok(Self { bytes, block_bytes, chunk_blocks: chunk_blocks.max(1), sector, table })
    }
}

struct Header {
    sequence: u64,
    version: u16,
    has_log: bool,
}

impl Header {
    fn parse(mut bytes: Vec<u8>) -> Option<Self> {
        verify(&mut bytes, b"head")?;
        Some(Self {
            sequence: le64(&bytes, 8).ok()?,
            version: le16(&bytes, 66).ok()?,
            has_log: !all_zero(bytes.take(48, 16).ok()?),
        })
    }
}

/// The table and the metadata; `None` where the copy is damaged.
fn regions(mut bytes: Vec<u8>) -> Option<io::Result<(ByteRange, ByteRange)>> {
    verify(&mut bytes, b"regi")?;
    let count = u16::try_from(le32(&bytes, 8).ok()?).ok().filter(|count| *count <= MOST_ENTRIES)?;
    let (mut table, mut metadata) = (None, None);
    for number in 0..usize::from(count) {
        let entry = bytes.take(number.saturating_mul(32).saturating_add(16), 32).ok()?;
        let range = ByteRange::new(le64(entry, 16).ok()?, le32(entry, 24).ok()?.into())?;
        match entry.array::<16>(0).ok()? {
            TABLE => table = Some(range),
            METADATA => metadata = Some(range),
            _ if le32(entry, 28).ok()? & REQUIRED != 0 => {
                return Some(Err(unsupported("it has a region that is not known")));
            }
            _ => {}
        }
    }
    Some(Ok((table?, metadata?)))
}

/// Verifies the signature and the CRC-32C, which counts as zero itself.
fn verify(bytes: &mut [u8], signature: &[u8]) -> Option<()> {
    if !bytes.starts_with(signature) {
        return None;
    }
    let sum = le32(bytes, 4).ok()?;
    bytes.get_mut(4..8)?.fill(0);
    (crc32c::crc32c(bytes) == sum).then_some(())
}

const fn guid(first: u32, second: u16, third: u16, rest: u64) -> Guid {
    let (first, rest) = (first.to_le_bytes(), rest.to_be_bytes());
    let (second, third) = (second.to_le_bytes(), third.to_le_bytes());
    let [a, b, c, d] = first;
    let [e, f] = second;
    let [g, h] = third;
    let [i, j, k, l, m, n, o, p] = rest;
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}
