//! A copy of a blank disk in memory, of which only the sectors that were written take room.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

use super::NewSector;
use crate::base::bytes::all_zero;
use crate::base::units::SectorSize;
use crate::io::image::{Image, ReadError};

/// A disk that was blank: what the crates write their table to.
#[derive(Debug, Clone)]
pub(super) struct SparseCopy {
    bytes: u64,
    sector: SectorSize,
    /// Where the next read or write begins.
    at: u64,
    /// The sectors that were written, by number.
    written: BTreeMap<u64, Vec<u8>>,
}

impl SparseCopy {
    pub(super) fn blank(bytes: u64, sector: SectorSize) -> Self {
        Self { bytes, sector, at: 0, written: BTreeMap::new() }
    }

    /// The sectors that are not zero, by offset.
    pub(super) fn sectors(self) -> Vec<NewSector> {
        let sector = self.sector;
        let place = |(lba, bytes): (u64, Vec<u8>)| Some(NewSector { at: sector.offset_of(lba)?, bytes });
        self.written.into_iter().filter(|(_, bytes)| !all_zero(bytes)).filter_map(place).collect()
    }

    /// Puts `bytes` at `at`.
    ///
    /// # Errors
    /// Beyond the end.
    pub(super) fn put(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(at))?;
        self.write_all(bytes)
    }

    /// The sector at `at`, the offset within it, and how many of `wanted` bytes lie in it: none at the end of the disk.
    fn piece(&self, at: u64, wanted: usize) -> (u64, usize, usize) {
        let size = self.sector.bytes();
        let within = at % size;
        let left = size.saturating_sub(within).min(self.bytes.saturating_sub(at));
        let len = usize::try_from(left).map_or(wanted, |left| left.min(wanted));
        (at / size, usize::try_from(within).unwrap_or_default(), len)
    }
}

impl Read for SparseCopy {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.bytes.saturating_sub(self.at);
        let len = usize::try_from(left).map_or(buf.len(), |left| left.min(buf.len()));
        let Some(part) = buf.get_mut(..len) else { return Ok(0) };
        self.read_at(part, self.at).map_err(|e| e.source)?;
        self.at = self.at.saturating_add(len as u64);
        Ok(len)
    }
}

impl Write for SparseCopy {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let (lba, within, len) = self.piece(self.at, buf.len());
        let size = usize::try_from(self.sector.bytes()).unwrap_or_default();
        let sector = self.written.entry(lba).or_insert_with(|| vec![0; size]);
        let target = sector.get_mut(within..).and_then(|rest| rest.get_mut(..len));
        let (Some(target), Some(source)) = (target, buf.get(..len)) else { return Ok(0) };
        target.copy_from_slice(source);
        self.at = self.at.saturating_add(len as u64);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for SparseCopy {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl Image for SparseCopy {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sector_size(&self) -> Option<SectorSize> {
        Some(self.sector)
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        let end = at.checked_add(buf.len() as u64).filter(|end| *end <= self.bytes);
        let Some(end) = end else {
            return Err(ReadError { at, len: buf.len(), source: ErrorKind::UnexpectedEof.into() });
        };
        buf.fill(0);
        let size = self.sector.bytes();
        for (lba, bytes) in self.written.range(at / size..end.div_ceil(size)) {
            let Some(start) = self.sector.offset_of(*lba) else { continue };
            let part = |from: u64| usize::try_from(at.max(start).saturating_sub(from)).ok();
            let (Some(target), Some(source)) = (part(at), part(start)) else { continue };
            let target = buf.get_mut(target..).unwrap_or_default();
            target.iter_mut().zip(bytes.get(source..).unwrap_or_default()).for_each(|(to, from)| *to = *from);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::TIB;

    #[test]
    fn what_was_written_reads_back_across_sectors_and_nothing_else_is_kept() {
        let mut copy = SparseCopy::blank(3 * TIB, SectorSize::S512);
        copy.put(TIB + 500, &[7; 600]).unwrap();
        copy.put(2 * TIB, &[0; 4096]).unwrap();
        let mut read = [1; 1000];
        copy.read_at(&mut read, TIB + 300).unwrap();
        assert_eq!(read.map(usize::from).iter().sum::<usize>(), 600 * 7);
        assert_eq!((read[199], read[200], read[799], read[800]), (0, 7, 7, 0));
        let kept: Vec<u64> = copy.sectors().iter().map(|s| s.at).collect();
        assert_eq!(kept, [TIB, TIB + 512, TIB + 1024]);
    }

    #[test]
    fn nothing_is_read_or_written_beyond_the_end() {
        let mut copy = SparseCopy::blank(1024, SectorSize::S512);
        assert!(copy.put(1000, &[1; 25]).is_err());
        assert!(copy.read_at(&mut [0; 25], 1000).is_err());
        assert!(copy.read_at(&mut [0], u64::MAX).is_err());
        copy.read_at(&mut [0; 24], 1000).unwrap();
        assert!(copy.seek(SeekFrom::End(-1025)).is_err());
    }
}
