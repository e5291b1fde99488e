//! A disk that fails: the test double for media errors.

use std::io;

use super::{Image, ReadError};
use crate::base::units::{ByteRange, SectorSize};

/// An image whose reads fail with `EIO` wherever they touch `bad`.
pub struct Faulty<'i> {
    image: &'i dyn Image,
    bad: ByteRange,
}

impl<'i> Faulty<'i> {
    /// `image`, unreadable in `bad`.
    pub fn new(image: &'i dyn Image, bad: ByteRange) -> Self {
        Self { image, bad }
    }
}

impl Image for Faulty<'_> {
    fn bytes(&self) -> u64 {
        self.image.bytes()
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.image.sector_size()
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        let wanted = ByteRange::new(at, buf.len() as u64);
        if wanted.is_some_and(|r| r.overlaps(self.bad)) {
            return Err(ReadError { at, len: buf.len(), source: io::Error::from_raw_os_error(crate::io::sys::EIO) });
        }
        self.image.read_at(buf, at)
    }
}
