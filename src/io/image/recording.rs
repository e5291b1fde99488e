//! Remembers which bytes were read: what fixtures are cut from, and how tests count reads.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Image, ReadError};
use crate::base::units::{ByteRange, SectorSize};

/// An image that keeps a list of the ranges read through it.
pub struct Recording<'i> {
    image: &'i dyn Image,
    reads: Mutex<Vec<ByteRange>>,
}

impl<'i> Recording<'i> {
    /// `image`, with nothing read yet.
    pub fn new(image: &'i dyn Image) -> Self {
        Self { image, reads: Mutex::new(Vec::new()) }
    }

    /// Every read so far, in order.
    pub fn reads(&self) -> Vec<ByteRange> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ByteRange>> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Image for Recording<'_> {
    fn bytes(&self) -> u64 {
        self.image.bytes()
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.image.sector_size()
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        if let Some(range) = ByteRange::new(at, buf.len() as u64) {
            self.lock().push(range);
        }
        self.image.read_at(buf, at)
    }
}
