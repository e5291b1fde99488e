//! Bytes of a disk, from the edges that are in memory where they lie there.

use std::borrow::Cow;

use super::Edges;
use crate::base::units::{ByteRange, SectorSize};
use crate::disk::{Problem, ProblemId};
use crate::io::image::Image;

/// A disk whose edges are in memory.
pub(super) struct Source<'a> {
    image: &'a dyn Image,
    edges: &'a Edges<'a>,
}

impl<'a> Source<'a> {
    pub(super) fn new(image: &'a dyn Image, edges: &'a Edges<'a>) -> Self {
        Self { image, edges }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.image.bytes()
    }

    /// The sector size that the device tells.
    pub(super) fn device_sector(&self) -> Option<SectorSize> {
        self.image.sector_size()
    }

    /// The last whole sector; `None` where there is none.
    pub(super) fn last_lba(&self, sector: SectorSize) -> Option<u64> {
        (self.bytes() / sector.bytes()).checked_sub(1)
    }

    /// `len` bytes at `at`. A read happens only where they are not within one of the edges.
    ///
    /// # Errors
    /// Why they cannot be had.
    pub(super) fn read(&self, at: u64, len: usize) -> Result<Cow<'a, [u8]>, String> {
        let range = ByteRange::new(at, len as u64).filter(|r| r.end() <= self.bytes());
        let range = range.ok_or_else(|| format!("the disk ends at byte {}", self.bytes()))?;
        match self.in_memory(at, len) {
            Some(_) if self.edges.bad.iter().any(|bad| bad.overlaps(range)) => Err("the medium cannot be read".into()),
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
            None => {
                let mut bytes = vec![0; len];
                self.image.read_at(&mut bytes, at).map_err(|e| e.to_string())?;
                Ok(Cow::Owned(bytes))
            }
        }
    }

    /// The whole of sector `lba`.
    pub(super) fn sector(&self, lba: u64, sector: SectorSize) -> Result<Cow<'a, [u8]>, String> {
        let at = sector.offset_of(lba).ok_or("its offset is beyond 2^64")?;
        self.read(at, usize::try_from(sector.bytes()).unwrap_or_default())
    }

    fn in_memory(&self, at: u64, len: usize) -> Option<&'a [u8]> {
        let tail_at = self.bytes().checked_sub(self.edges.tail.len() as u64)?;
        let part = |bytes: &'a [u8], start: u64| {
            let from = usize::try_from(at.checked_sub(start)?).ok()?;
            bytes.get(from..from.checked_add(len)?)
        };
        part(self.edges.head, 0).or_else(|| part(self.edges.tail, tail_at))
    }
}

/// The problem that a structure cannot be read.
pub(super) fn unreadable(what: &str, at: u64, why: &str) -> Problem {
    Problem::new(ProblemId::ReadError, format!("{what} at byte {at}: {why}"))
}
