//! What `stat(2)` shows.

use super::files::{Kind, Number};
use crate::world::World;

pub struct Shown {
    pub inode: u64,
    pub mode: u32,
    pub bytes: u64,
    pub device: u64,
}

impl World {
    pub fn shown(&self, number: Number) -> Shown {
        let inode = self.inode(number);
        let (kind, bytes, device) = match &inode.kind {
            Kind::File(content) => (0o100_000, content.bytes.len() as u64, 0),
            Kind::Folder(_) => (0o040_000, 4096, 0),
            Kind::Link(target) => (0o120_000, target.len() as u64, 0),
            Kind::Device(id) => (0o060_000, 0, *id),
            Kind::Cache(_) => (0o100_000, 4096, 0),
        };
        Shown { inode: number as u64 + 1, mode: kind | inode.mode, bytes, device }
    }
}
