//! The bytes of a volume together with where things lie on it.

use std::io;
use std::sync::Arc;

use super::geometry::{Geometry, LARGEST};
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::damaged;
use crate::io::image::Image;

pub(super) struct Volume {
    pub(super) image: Arc<dyn Image>,
    pub(super) geometry: Geometry,
}

impl Volume {
    pub(super) fn open(image: Arc<dyn Image>) -> io::Result<Self> {
        let bytes = image.bytes();
        let mut head = vec![0; usize::try_from(bytes.min(LARGEST / 2)).unwrap_or_default()];
        read(&*image, &mut head, 0)?;
        let geometry = Geometry::read(&head, bytes)?;
        Ok(Self { image, geometry })
    }

    /// Fills `buf` with what is at byte `at`.
    pub(super) fn read(&self, buf: &mut [u8], at: u64) -> io::Result<()> {
        read(&*self.image, buf, at)
    }

    /// A structure, which has at most [`LARGEST`] bytes.
    pub(super) fn structure(&self, range: ByteRange) -> io::Result<Vec<u8>> {
        let len = usize::try_from(range.len()).ok().filter(|_| range.len() <= LARGEST);
        let len = len.ok_or_else(|| damaged(format_args!("{} bytes of metadata are too many", range.len())))?;
        let mut bytes = vec![0; len];
        self.read(&mut bytes, range.start())?;
        Ok(bytes)
    }
}

fn read(image: &dyn Image, buf: &mut [u8], at: u64) -> io::Result<()> {
    image.read_at(buf, at).map_err(|e| io::Error::new(e.source.kind(), e.to_string()))
}
