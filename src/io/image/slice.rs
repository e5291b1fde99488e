//! A part of an image as an image of its own: a partition.

use super::{Image, ReadError, check_range};
use crate::base::units::{ByteRange, SectorSize};

/// The bytes of `range` within another image.
pub struct Slice<'i> {
    image: &'i dyn Image,
    range: ByteRange,
    sector: Option<SectorSize>,
}

impl<'i> Slice<'i> {
    /// The part `range` of `image`, cut where the image ends.
    pub fn new(image: &'i dyn Image, range: ByteRange) -> Self {
        let len = image.bytes().saturating_sub(range.start()).min(range.len());
        let range = ByteRange::new(range.start(), len).unwrap_or(range);
        Self { image, range, sector: image.sector_size() }
    }

    /// The same with the sector size that its disk was found to have, where the image does not tell.
    pub fn on_sectors(mut self, found: SectorSize) -> Self {
        self.sector = self.sector.or(Some(found));
        self
    }
}

impl Image for Slice<'_> {
    fn bytes(&self) -> u64 {
        self.range.len()
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.sector
    }

    fn is_hole(&self, range: ByteRange) -> bool {
        let start = self.range.start().checked_add(range.start());
        let range = start.and_then(|start| ByteRange::new(start, range.len()));
        range.is_some_and(|r| r.end() <= self.range.end() && self.image.is_hole(r))
    }

    fn will_need(&self, range: ByteRange) {
        let start = self.range.start().checked_add(range.start());
        start
            .and_then(|start| ByteRange::new(start, range.len()))
            .into_iter()
            .for_each(|range| self.image.will_need(range));
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        check_range(at, buf.len(), self.range.len())?;
        self.image.read_at(buf, self.range.start().saturating_add(at))
    }
}
