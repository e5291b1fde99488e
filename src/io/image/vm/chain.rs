//! Files that lie over one another: what the upper one lacks is read from the one below.

use std::io;

use super::store::Store;
use crate::base::units::SectorSize;
use crate::io::image::{Image, ReadError, check_range};

/// What a layer made of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It filled so many bytes.
    Filled(usize),
    /// So many bytes are those of the layer below.
    Below(usize),
}

pub(super) trait Layer: Send + Sync {
    fn bytes(&self) -> u64;

    /// The logical block size, where the format has another one than 512 bytes.
    fn sector_size(&self) -> Option<SectorSize> {
        None
    }

    /// What a layer above may know this one by: it changes whenever the disk is written.
    fn content_id(&self) -> Option<u32> {
        None
    }

    /// Fills the beginning of `buf`, which is not empty and lies within [`Layer::bytes`], with the bytes at `at`.
    fn read_part(&self, buf: &mut [u8], at: u64) -> io::Result<Part>;
}

/// A file of the bytes themselves.
pub(super) struct Raw(pub(super) Store);

impl Layer for Raw {
    fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn read_part(&self, buf: &mut [u8], at: u64) -> io::Result<Part> {
        self.0.read(buf, at)?;
        Ok(Part::Filled(buf.len()))
    }
}

/// Layers, the uppermost first.
pub(super) struct Chain {
    layers: Vec<Box<dyn Layer>>,
}

impl Chain {
    pub(super) fn new(layers: Vec<Box<dyn Layer>>) -> Self {
        Self { layers }
    }

    /// Fills the beginning of `buf`, and returns how much of it.
    fn read_part(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        let mut wanted = buf;
        for layer in &self.layers {
            let Some(rest) = layer.bytes().checked_sub(at).filter(|rest| *rest > 0) else { break };
            let len = usize::try_from(rest).map_or(wanted.len(), |rest| rest.min(wanted.len()));
            wanted = wanted.get_mut(..len).unwrap_or_default();
            match layer.read_part(wanted, at)? {
                Part::Filled(len) => return Ok(len),
                Part::Below(len) => wanted = wanted.get_mut(..len).unwrap_or_default(),
            }
        }
        wanted.fill(0);
        Ok(wanted.len())
    }

    fn read(&self, mut buf: &mut [u8], mut at: u64) -> io::Result<()> {
        while !buf.is_empty() {
            let len = self.read_part(buf, at)?;
            let rest = buf.get_mut(len..).filter(|_| len > 0);
            buf = rest.ok_or_else(|| io::Error::other("a layer gave nothing"))?;
            at = at.saturating_add(len as u64);
        }
        Ok(())
    }
}

impl Image for Chain {
    fn bytes(&self) -> u64 {
        self.layers.first().map_or(0, |layer| layer.bytes())
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.layers.first().and_then(|layer| layer.sector_size())
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        check_range(at, buf.len(), self.bytes())?;
        let len = buf.len();
        self.read(buf, at).map_err(|source| ReadError { at, len, source })
    }
}
