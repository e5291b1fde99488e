//! A sparse extent of VMDK: a directory leads to tables, and these to grains, which may be compressed.

use std::io;

use super::super::chain::Part;
use super::super::store::Store;
use super::super::unpack::{Method, unpack};
use super::super::{invalid, unsupported};
use super::MAGIC;
use crate::base::bytes::{Truncated, le16, le32, le64, u8_at};

const SECTOR: u64 = 512;
/// Sectors of a grain, a power of two: 128 usually; 2 MiB at most.
const MOST_GRAIN: u64 = 4096;
/// Entries of a table: 512 always.
const MOST_ENTRIES: u32 = 512;
/// The directory lies at the end, and a copy of the header before it.
const AT_END: u64 = u64::MAX;

const ZERO_GRAINS: u32 = 1 << 2;
const COMPRESSED: u32 = 1 << 16;

/// What a compressed grain begins with: its first sector on the disk, and how many bytes follow.
const MARKER: u64 = 12;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Header {
    bytes: u64,
    grain_bytes: u64,
    table_entries: u64,
    directory: u64,
    /// Offset and length of the descriptor within the extent.
    descriptor: Option<(u64, u64)>,
    has_zero_grains: bool,
    is_compressed: bool,
    is_unclean: bool,
}

pub(super) struct SparseExtent {
    store: Store,
    header: Header,
}

impl SparseExtent {
    pub(super) fn open(store: Store) -> io::Result<Self> {
        let read = |at| store.bytes_at(at, 512);
        let mut header = Header::parse(&read(0)?)?;
        if header.directory == AT_END {
            // Behind it there is only the marker of the end.
            let at = store.bytes().checked_sub(2 * SECTOR).ok_or_else(|| invalid("the footer is missing"))?;
            let footer =
                Header::parse(&read(at)?).map_err(|_| invalid("the footer is missing: the file is cut off"))?;
            let descriptor = header.descriptor;
            header = Header { descriptor, ..footer };
        }
        match header.directory {
            0 | AT_END => Err(invalid("it has no directory")),
            _ => Ok(Self { store, header }),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.header.bytes
    }

    pub(super) fn is_unclean(&self) -> bool {
        self.header.is_unclean
    }

    /// The text within it, where it has one.
    pub(super) fn descriptor(&self) -> io::Result<Option<Vec<u8>>> {
        let Some((at, len)) = self.header.descriptor else { return Ok(None) };
        if len > super::descriptor::LONGEST {
            return Err(invalid(format!("a descriptor of {len} bytes")));
        }
        self.store.bytes_at(at, usize::try_from(len).unwrap_or_default()).map(Some)
    }

    /// Fills the beginning of `buf`, which lies within the extent.
    pub(super) fn read_part(&self, buf: &mut [u8], at: u64) -> io::Result<Part> {
        let Header { grain_bytes, table_entries, directory, .. } = self.header;
        let (number, within) = (at / grain_bytes, at % grain_bytes);
        let (first, second) = (number / table_entries, number % table_entries);
        let len = usize::try_from(grain_bytes.saturating_sub(within)).map_or(buf.len(), |rest| rest.min(buf.len()));
        let buf = buf.get_mut(..len).unwrap_or_default();
        let place = directory.checked_add(first.saturating_mul(4)).ok_or_else(|| invalid("the directory"))?;
        let table = self.sector(place)?;
        if table == 0 {
            return Ok(Part::Below(len));
        }
        let grain = match self.sector(table.saturating_add(second.saturating_mul(4)))? {
            0 => return Ok(Part::Below(len)),
            SECTOR if self.header.has_zero_grains => {
                buf.fill(0);
                return Ok(Part::Filled(len));
            }
            grain => grain,
        };
        match self.header.is_compressed {
            false => self.store.read_block(buf, grain, within)?,
            true => self.read_packed(buf, grain, (number.saturating_mul(grain_bytes), within))?,
        }
        Ok(Part::Filled(len))
    }

    /// An entry of a table or of the directory, in bytes.
    fn sector(&self, at: u64) -> io::Result<u64> {
        Ok(u64::from(u32::from_le_bytes(self.store.entry(at)?)).saturating_mul(SECTOR))
    }

    fn read_packed(&self, buf: &mut [u8], at: u64, (start, within): (u64, u64)) -> io::Result<()> {
        let size = self.header.grain_bytes;
        let unpacked = self.store.unpacked(at, || {
            let damaged = |_: Truncated| invalid("the marker of a grain");
            let marker = self.store.bytes_at(at, usize::try_from(MARKER).unwrap_or_default())?;
            let (sector, len) = (le64(&marker, 0).map_err(damaged)?, u64::from(le32(&marker, 8).map_err(damaged)?));
            if sector.checked_mul(SECTOR) != Some(start) {
                return Err(invalid(format!("the grain at offset {at} is that of another place")));
            }
            if len > size.saturating_mul(2) {
                return Err(invalid(format!("a compressed grain of {len} bytes")));
            }
            let packed = self.store.bytes_at(at.saturating_add(MARKER), usize::try_from(len).unwrap_or_default())?;
            // The last grain of a disk may be shorter.
            let size = size.min(self.header.bytes.saturating_sub(start).max(SECTOR));
            let (size, whole) = (usize::try_from(size), usize::try_from(self.header.grain_bytes));
            let (size, whole) = (size.unwrap_or_default(), whole.unwrap_or_default());
            unpack(Method::Zlib, &packed, whole).or_else(|_| unpack(Method::Zlib, &packed, size))
        })?;
        let from = usize::try_from(within).unwrap_or(usize::MAX);
        let part = unpacked.get(from..).and_then(|rest| rest.get(..buf.len()));
        buf.copy_from_slice(part.ok_or_else(|| invalid("a compressed grain is too short"))?);
        Ok(())
    }
}

impl Header {
    fn parse(head: &[u8]) -> io::Result<Self> {
        let cut = |_: Truncated| invalid("the header is cut off");
        let (u32_at, u64_at) = (|at| le32(head, at).map_err(cut), |at| le64(head, at).map_err(cut));
        if !head.starts_with(&MAGIC) {
            return Err(invalid("it is no sparse extent"));
        }
        let version = u32_at(4)?;
        if !(1..=3).contains(&version) {
            return Err(unsupported(format!("VMDK version {version} is not read, only 1 to 3")));
        }
        let flags = u32_at(8)?;
        let (capacity, grain, entries) = (u64_at(12)?, u64_at(20)?, u32_at(44)?);
        if !grain.is_power_of_two() || grain > MOST_GRAIN || entries == 0 || entries > MOST_ENTRIES {
            return Err(invalid(format!("grains of {grain} sectors, tables of {entries} entries")));
        }
        let in_bytes = |sectors: u64| sectors.checked_mul(SECTOR).ok_or_else(|| invalid("an offset"));
        // The copy of the directory, whose offset lies before, is for repairs.
        let directory = match u64_at(56)? {
            AT_END => AT_END,
            directory => in_bytes(directory)?,
        };
        let is_compressed = flags & COMPRESSED != 0;
        let method = le16(head, 77).map_err(cut)?;
        if is_compressed && method != 1 {
            return Err(unsupported(format!("its compression (type {method}) is not known")));
        }
        let descriptor = match (in_bytes(u64_at(28)?)?, in_bytes(u64_at(36)?)?) {
            (0, _) | (_, 0) => None,
            place => Some(place),
        };
        Ok(Self {
            bytes: in_bytes(capacity)?,
            grain_bytes: in_bytes(grain)?,
            table_entries: entries.into(),
            directory,
            descriptor,
            has_zero_grains: flags & ZERO_GRAINS != 0,
            is_compressed,
            is_unclean: u8_at(head, 72).map_err(cut)? != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut head = vec![0; 512];
        head[..4].copy_from_slice(&MAGIC);
        (head[4], head[8], head[10]) = (3, 5, 1);
        head[12..20].copy_from_slice(&(1_u64 << 21).to_le_bytes());
        head[20] = 128;
        (head[28], head[36]) = (1, 20);
        head[45] = 2;
        head[56..64].copy_from_slice(&AT_END.to_le_bytes());
        head[77] = 1;
        head
    }

    #[test]
    fn what_cannot_be_read_is_named_and_no_damage_makes_it_panic() {
        let header = Header::parse(&sample()).unwrap();
        assert_eq!((header.bytes, header.grain_bytes, header.table_entries), (1 << 30, 65_536, 512));
        for (at, value, why) in
            [(4, 4, "version 4"), (20, 3, "3 sectors"), (44, 1, "513 entries"), (77, 2, "type 2"), (35, 0xff, "offset")]
        {
            let mut head = sample();
            head[at] = value;
            let refused = Header::parse(&head).unwrap_err().to_string();
            assert!(refused.contains(why), "byte {at}: {refused}");
        }
        for at in 0..80 {
            assert!(Header::parse(&sample()[..at.min(78)]).is_err());
            for bit in 0..8 {
                let mut head = sample();
                head[at] ^= 1 << bit;
                let _ = Header::parse(&head);
            }
        }
    }
}
