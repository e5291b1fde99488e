//! A sparse container: the few blocks of a large disk that matter, in a file of a few KiB.
//!
//! What fixtures are stored in. A text header, one line a block, an empty line, then the bytes of the blocks:
//!
//! ```text
//! okv-host sparse image 1
//! bytes 4294967296
//! sector 512
//! block 0 512
//! block 1048576 1024
//!
//! ```
//!
//! `sector` is the logical block size of the device it was taken from, 0 for an image file. What no block covers is
//! zero. A pad byte keeps the length of the container off multiples of 512, which no raw image is.

use std::fmt::Write;
use std::io;
use std::ops::Range;

use super::{Image, ReadError, check_range};
use crate::base::bytes::all_zero;
use crate::base::units::{ByteRange, SectorSize};

const MAGIC: &[u8] = b"okv-host sparse image 1\n";
/// Largest container that is read, in bytes: fixtures are a few KiB.
const LARGEST: u64 = 32 << 20;
const BLOCK: usize = 512;

/// A container held in memory.
#[derive(Debug, Clone)]
pub struct Sparse {
    bytes: u64,
    sector: Option<SectorSize>,
    /// Sorted, not overlapping; each with the place of its bytes in `data`.
    blocks: Vec<(ByteRange, Range<usize>)>,
    data: Vec<u8>,
}

/// Whether `image` begins like a container.
pub fn is_sparse(image: &dyn Image) -> bool {
    let mut magic = [0; MAGIC.len()];
    image.read_at(&mut magic, 0).is_ok() && magic == MAGIC
}

impl Sparse {
    /// Reads a container.
    ///
    /// # Errors
    /// Where it cannot be read or is damaged.
    pub fn read(image: &dyn Image) -> io::Result<Self> {
        if image.bytes() > LARGEST {
            return Err(damaged("it is larger than a container may be"));
        }
        let mut data = vec![0; usize::try_from(image.bytes()).unwrap_or_default()];
        image.read_at(&mut data, 0).map_err(|e| e.source)?;
        Self::parse(data)
    }

    fn parse(data: Vec<u8>) -> io::Result<Self> {
        let body = data.strip_prefix(MAGIC).ok_or_else(|| damaged("no magic"))?;
        let end = body.windows(2).position(|w| w == b"\n\n").ok_or_else(|| damaged("the header has no end"))?;
        let header = body.get(..end).unwrap_or_default();
        // Where the bytes of the next block lie.
        let mut next = MAGIC.len().saturating_add(end).saturating_add(2);
        let header = std::str::from_utf8(header).map_err(|_| damaged("the header is no text"))?;
        let (mut bytes, mut sector, mut blocks) = (0, None, Vec::<(ByteRange, Range<usize>)>::new());
        for line in header.lines() {
            let mut words = line.split(' ');
            let mut number = || words.next().and_then(|w| w.parse::<u64>().ok());
            match (line.split(' ').next(), number(), number(), number()) {
                (Some("bytes"), None, Some(n), None) => bytes = n,
                (Some("sector"), None, Some(n), None) => sector = u32::try_from(n).ok().and_then(SectorSize::new),
                (Some("block"), None, Some(at), Some(len)) => {
                    let range = ByteRange::new(at, len).filter(|r| r.end() <= bytes);
                    let range = range.ok_or_else(|| damaged("a block lies beyond the end"))?;
                    if blocks.last().is_some_and(|(last, _)| last.end() > at) {
                        return Err(damaged("blocks are out of order"));
                    }
                    let end = usize::try_from(len).ok().and_then(|len| next.checked_add(len));
                    let end = end.filter(|end| *end <= data.len()).ok_or_else(|| damaged("a block is cut off"))?;
                    blocks.push((range, next..end));
                    next = end;
                }
                _ => return Err(damaged(&format!("header line \"{line}\""))),
            }
        }
        Ok(Self { bytes, sector, blocks, data })
    }
}

/// Packs what `ranges` of `image` hold into a container, leaving out blocks of zeros.
///
/// # Errors
/// Where the image cannot be read.
pub fn pack(image: &dyn Image, ranges: &[ByteRange]) -> Result<Vec<u8>, ReadError> {
    let mut wanted: Vec<u64> = Vec::new();
    for range in ranges {
        let blocks = range.start() / BLOCK as u64..range.end().min(image.bytes()).div_ceil(BLOCK as u64);
        wanted.extend(blocks);
    }
    wanted.sort_unstable();
    wanted.dedup();
    let (mut runs, mut data) = (Vec::<(u64, u64)>::new(), Vec::new());
    for block in wanted {
        let at = block.saturating_mul(BLOCK as u64);
        let len = (image.bytes().saturating_sub(at)).min(BLOCK as u64);
        let mut buf = vec![0; usize::try_from(len).unwrap_or_default()];
        image.read_at(&mut buf, at)?;
        if all_zero(&buf) {
            continue;
        }
        match runs.last_mut() {
            Some((start, run)) if start.saturating_add(*run) == at => *run = run.saturating_add(len),
            _ => runs.push((at, len)),
        }
        data.extend(buf);
    }
    let mut header = String::from_utf8_lossy(MAGIC).into_owned();
    let sector = image.sector_size().map_or(0, SectorSize::bytes);
    let _ = writeln!(header, "bytes {}\nsector {sector}", image.bytes());
    for (at, len) in runs {
        let _ = writeln!(header, "block {at} {len}");
    }
    header.push('\n');
    let mut packed = header.into_bytes();
    packed.extend(data);
    if packed.len().is_multiple_of(BLOCK) {
        packed.push(b'\n');
    }
    Ok(packed)
}

fn damaged(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("damaged sparse container: {why}"))
}

impl Image for Sparse {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.sector
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        check_range(at, buf.len(), self.bytes)?;
        buf.fill(0);
        let end = at.saturating_add(buf.len() as u64);
        for (range, block) in &self.blocks {
            let block = self.data.get(block.clone()).unwrap_or_default();
            let (from, to) = (range.start().max(at), range.end().min(end));
            let Some(len) = to.checked_sub(from).and_then(|n| usize::try_from(n).ok()) else { continue };
            let source =
                usize::try_from(from.saturating_sub(range.start())).ok().and_then(|i| block.get(i..)?.get(..len));
            let target = usize::try_from(from.saturating_sub(at)).ok().and_then(|i| buf.get_mut(i..)?.get_mut(..len));
            if let (Some(source), Some(target)) = (source, target) {
                target.copy_from_slice(source);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::image::Memory;

    fn packed() -> Vec<u8> {
        let mut bytes = vec![0; 100_000];
        bytes[700] = 7;
        bytes[99_999] = 9;
        let image = Memory::new(bytes);
        pack(&image, &[ByteRange::new(0, 100_000).unwrap(), ByteRange::new(512, 4096).unwrap()]).unwrap()
    }

    #[test]
    fn what_was_packed_reads_back_and_the_rest_is_zero() {
        let sparse = Sparse::parse(packed()).unwrap();
        let mut buf = vec![1; 100_000];
        sparse.read_at(&mut buf, 0).unwrap();
        assert_eq!((buf[700], buf[99_999], buf.iter().map(|b| u32::from(*b)).sum::<u32>()), (7, 9, 16));
        let mut one = [0];
        sparse.read_at(&mut one, 700).unwrap();
        assert_eq!(one, [7]);
        assert!(sparse.read_at(&mut one, 100_000).is_err());
    }

    #[test]
    fn a_damaged_container_is_an_error_and_never_a_panic() {
        let packed = packed();
        assert!(!packed.len().is_multiple_of(BLOCK));
        for cut in 0..packed.len() - 1 {
            assert!(Sparse::parse(packed[..cut].to_vec()).is_err(), "cut at {cut}");
        }
        for at in 0..packed.len() {
            let mut bad = packed.clone();
            bad[at] ^= 0x11;
            let _ = Sparse::parse(bad);
        }
    }
}
