//! A large disk of which few parts are not zero, and checksums that are made right on it.

use crate::base::units::{ByteRange, SectorSize};
use crate::disk::format::gpt;
use crate::disk::format::lvm2::metadata_area::{HEADER_BYTES, Header};
use crate::disk::format::lvm2::{checksum, label};
use crate::disk::format::windows::Windows;
use crate::io::image::{Image, ReadError};

#[derive(Debug, Clone, Default)]
pub struct Parts {
    bytes: u64,
    sector: Option<SectorSize>,
    /// A later one lies over an earlier one.
    parts: Vec<(u64, Vec<u8>)>,
}

impl Parts {
    pub fn new(bytes: u64, sector: Option<SectorSize>) -> Self {
        Self { bytes, sector, parts: Vec::new() }
    }

    pub fn with(mut self, at: u64, bytes: &[u8]) -> Self {
        self.put(at, bytes);
        self
    }
}

/// A disk of which bytes are replaced, and checksums made right.
pub trait Seal: Image {
    /// Bytes of the largest array of partitions whose checksum is made right. The usual one has 16 KiB; the largest that
    /// can be takes a thousand times as long.
    const LARGEST_ARRAY: u64 = 1 << 16;

    fn put(&mut self, at: u64, bytes: &[u8]);

    fn get(&self, at: u64, len: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; len];
        self.read_at(&mut bytes, at).ok().map(|()| bytes)
    }

    /// Makes the checksums of both copies of a GPT right.
    fn seal_gpt(&mut self, sector: SectorSize) {
        let last = (self.bytes() / sector.bytes()).saturating_sub(1);
        for at in [1, last].into_iter().filter_map(|lba| sector.offset_of(lba)) {
            let Some(mut header) = self.get(at, sector.bytes() as usize) else { continue };
            if !header.starts_with(gpt::SIGNATURE) {
                continue;
            }
            let field = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().unwrap());
            let array_at = u64::from_le_bytes(header[72..80].try_into().unwrap()).checked_mul(sector.bytes());
            let (array, length) = (u64::from(field(80)) * u64::from(field(84)), field(12) as usize);
            if let Some(array) =
                array_at.filter(|_| array <= Self::LARGEST_ARRAY).and_then(|at| self.get(at, array as usize))
            {
                header[88..92].copy_from_slice(&crc32fast::hash(&array).to_le_bytes());
            }
            header[16..20].fill(0);
            let crc = crc32fast::hash(&header[..length.min(header.len())]);
            header[16..20].copy_from_slice(&crc.to_le_bytes());
            self.put(at, &header);
        }
    }

    /// Makes the checksums of the physical volume that begins at `start` right: label, area headers, texts.
    fn seal_lvm2(&mut self, start: u64) {
        for at in (0..4).filter_map(|n| start.checked_add(n * 512)) {
            let Some(mut sector) = self.get(at, 512) else { continue };
            if !sector.starts_with(b"LABELONE") {
                continue;
            }
            seal_label(&mut sector);
            self.put(at, &sector);
            let Some(Ok(label)) = self.get(start, 2048).and_then(|head| label::find(&head)) else { continue };
            label.metadata_areas.iter().take(4).for_each(|area| self.seal_area(start, *area));
        }
    }

    fn seal_area(&mut self, start: u64, area: ByteRange) {
        let Some(at) = start.checked_add(area.start()) else { return };
        let Some(mut sector) = self.get(at, HEADER_BYTES) else { return };
        seal_area_header(&mut sector);
        let header = Header::parse(&sector, area.start());
        if let Ok((header, Some(text))) = header.map(|header| (header.clone(), header.committed))
            && let Ok(pieces) = header.pieces(&text)
            && text.bytes <= 1 << 20
        {
            let piece = |range: ByteRange| self.get(start.checked_add(range.start())?, range.len() as usize);
            if let (Some(first), Some(second)) = (piece(pieces.first), piece(pieces.second)) {
                sector[56..60].copy_from_slice(&checksum(&[&first, &second]).to_le_bytes());
                seal_area_header(&mut sector);
            }
        }
        self.put(at, &sector);
    }
}

impl Seal for Parts {
    fn put(&mut self, at: u64, bytes: &[u8]) {
        self.parts.push((at, bytes.to_vec()));
    }
}

/// Makes the checksum of a label's sector right.
pub fn seal_label(sector: &mut [u8]) {
    if let Some((head, rest)) = sector.split_at_mut_checked(20) {
        head[16..20].copy_from_slice(&checksum(&[rest]).to_le_bytes());
    }
}

/// Makes the checksum of the header of a metadata area right.
pub fn seal_area_header(sector: &mut [u8]) {
    if let Some((sum, rest)) = sector.split_at_mut_checked(4) {
        sum.copy_from_slice(&checksum(&[rest]).to_le_bytes());
    }
}

impl Image for Parts {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.sector
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        let end = at.saturating_add(buf.len() as u64);
        if end > self.bytes {
            return Err(ReadError { at, len: buf.len(), source: std::io::ErrorKind::UnexpectedEof.into() });
        }
        buf.fill(0);
        for (start, part) in &self.parts {
            let stop = start.saturating_add(part.len() as u64);
            let (from, to) = (at.max(*start), end.min(stop));
            if from < to {
                let part = &part[(from - start) as usize..(to - start) as usize];
                buf[(from - at) as usize..(to - at) as usize].copy_from_slice(part);
            }
        }
        Ok(())
    }
}

/// The parts of a volume in an input: its size in 64 bits, how far that is shifted, and how many parts. Then of each
/// its shift with the bit for "from the end", its distance and its length in 16 bits; and then their bytes.
pub fn windows(data: &[u8]) -> Option<(Windows<'_>, &[u8])> {
    let (control, mut rest) = data.split_first_chunk::<10>()?;
    let bytes = u64::from_le_bytes(*control.first_chunk()?) >> (control[8] % 64);
    let mut windows = Windows::new(bytes);
    if control[9] & 0x80 != 0 {
        windows = windows.on_sectors(Some(4096));
    }
    for _ in 0..control[9] % 8 {
        let Some((place, after)) = rest.split_first_chunk::<5>() else { break };
        let len = usize::from(u16::from_le_bytes([place[3], place[4]])).min(after.len());
        let distance = u64::from(u16::from_le_bytes([place[1], place[2]])) << (place[0] & 0x1f);
        let at = if place[0] & 0x80 == 0 { distance } else { bytes.saturating_sub(distance) };
        let (part, after) = after.split_at(len);
        windows = windows.with(at, part);
        rest = after;
    }
    Some((windows, rest))
}
