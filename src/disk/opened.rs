//! A disk of a scan as an image of its own, for who reads more of it than the scan did.

use std::io;
use std::sync::Arc;

use super::Source;
use crate::base::units::{ByteRange, SectorSize};
use crate::io::image::{Image, ReadError};

/// A disk of several that were opened together. It keeps all of them open.
pub struct OpenedDisk {
    sources: Arc<[Source]>,
    /// The source, and the disk in it.
    at: (usize, usize),
}

impl OpenedDisk {
    /// The disk with this path, once the sources were scanned; `None` where there is none that could be opened.
    pub fn named(sources: &Arc<[Source]>, path: &str) -> Option<Self> {
        let places = sources.iter().enumerate();
        let mut disks = places
            .flat_map(|(at, source)| source.disks().iter().enumerate().map(move |(within, disk)| ((at, within), disk)));
        let (at, _) = disks.find(|(_, disk)| disk.path() == path && disk.image().is_some())?;
        Some(Self { sources: Arc::clone(sources), at })
    }

    fn image(&self) -> Option<&dyn Image> {
        self.sources.get(self.at.0)?.disks().get(self.at.1)?.image()
    }
}

impl Image for OpenedDisk {
    fn bytes(&self) -> u64 {
        self.image().map_or(0, Image::bytes)
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.image()?.sector_size()
    }

    fn is_hole(&self, range: ByteRange) -> bool {
        self.image().is_some_and(|image| image.is_hole(range))
    }

    fn will_need(&self, range: ByteRange) {
        if let Some(image) = self.image() {
            image.will_need(range);
        }
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        match self.image() {
            Some(image) => image.read_at(buf, at),
            None => Err(ReadError { at, len: buf.len(), source: io::ErrorKind::NotFound.into() }),
        }
    }
}
