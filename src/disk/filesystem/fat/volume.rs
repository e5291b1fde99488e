//! The bytes of a volume together with where things lie on it.

use std::io;
use std::sync::Arc;

use super::geometry::{BOOT_SECTOR, Geometry};
use super::table::{Next, Table};
use crate::io::image::Image;

pub(super) struct Volume {
    image: Arc<dyn Image>,
    pub(super) geometry: Geometry,
    table: Table,
}

impl Volume {
    pub(super) fn open(image: Arc<dyn Image>) -> io::Result<Self> {
        let bytes = image.bytes();
        let mut sector = vec![0; usize::try_from(bytes).unwrap_or(BOOT_SECTOR).min(BOOT_SECTOR)];
        read(&*image, &mut sector, 0)?;
        let geometry = Geometry::read(&sector, bytes)?;
        let table = Table::new(geometry.table, geometry.width, geometry.clusters);
        Ok(Self { image, geometry, table })
    }

    /// Fills `buf` with what is at byte `at`.
    pub(super) fn read(&self, buf: &mut [u8], at: u64) -> io::Result<()> {
        read(&*self.image, buf, at)
    }

    /// What follows a cluster in its chain.
    pub(super) fn next(&self, cluster: u32) -> io::Result<Next> {
        self.table.next(cluster, &|buf, at| self.read(buf, at))
    }

    /// Whether the table says that the volume was not shut down cleanly.
    pub(super) fn has_dirty_table(&self) -> io::Result<bool> {
        self.table.is_dirty(&|buf, at| self.read(buf, at))
    }
}

fn read(image: &dyn Image, buf: &mut [u8], at: u64) -> io::Result<()> {
    image.read_at(buf, at).map_err(|e| io::Error::new(e.source.kind(), e.to_string()))
}
