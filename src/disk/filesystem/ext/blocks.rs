//! The blocks of the volume.

use std::io;
use std::sync::Arc;

use super::error::{damaged, unread};
use super::geometry::Geometry;
use crate::io::image::Image;

/// A volume, and where things lie on it.
pub(super) struct Blocks {
    pub(super) volume: Arc<dyn Image>,
    pub(super) geometry: Geometry,
}

impl Blocks {
    /// A whole block.
    pub(super) fn block(&self, number: u64) -> io::Result<Vec<u8>> {
        self.part(number, 0, self.geometry.block_bytes)
    }

    /// `len` bytes from byte `at` behind the start of a block.
    pub(super) fn part(&self, number: u64, at: u64, len: u64) -> io::Result<Vec<u8>> {
        let beyond = || damaged(format!("block {number}"), "it is not in the file system");
        let start = number.checked_mul(self.geometry.block_bytes).and_then(|start| start.checked_add(at));
        let end = start.and_then(|start| start.checked_add(len)).ok_or_else(beyond)?;
        if end > self.geometry.sb.bytes().unwrap_or(0) {
            return Err(beyond());
        }
        let mut bytes = vec![0; usize::try_from(len).map_err(|_| beyond())?];
        self.volume.read_at(&mut bytes, start.unwrap_or_default()).map_err(unread(format!("block {number}")))?;
        Ok(bytes)
    }
}
