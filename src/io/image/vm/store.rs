//! A file of a disk, or a part of an archive, and how its tables are read.

use std::io;
use std::sync::Arc;

use super::cache::{Cache, Kept};
use super::{File, Image, invalid};

/// How much of a table is read at once: a page of the kernel.
const PAGE: u64 = 4096;

#[derive(Clone)]
pub(super) struct Store {
    image: Arc<dyn Image>,
    start: u64,
    bytes: u64,
    /// Its name in the cache.
    id: u32,
    cache: Arc<Cache>,
}

/// What makes stores of files that are opened later.
pub(super) struct Stores {
    pub(super) cache: Arc<Cache>,
    pub(super) first: u32,
}

impl Stores {
    /// The store of the `index`th file.
    pub(super) fn store(&self, file: File, index: usize) -> Store {
        let id = self.first.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
        Store::new(Arc::new(file), id, Arc::clone(&self.cache))
    }
}

impl Store {
    pub(super) fn new(image: Arc<dyn Image>, id: u32, cache: Arc<Cache>) -> Self {
        let bytes = image.bytes();
        Self { image, start: 0, bytes, id, cache }
    }

    /// The part of `bytes` bytes from `at` on, or what the file has of it, with a name of its own in the cache.
    pub(super) fn part(&self, at: u64, bytes: u64, id: u32) -> Self {
        let bytes = bytes.min(self.bytes.saturating_sub(at));
        Self {
            image: Arc::clone(&self.image),
            start: self.start.saturating_add(at),
            bytes,
            id,
            cache: Arc::clone(&self.cache),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Fills `buf` with the bytes at `at`.
    pub(super) fn read(&self, buf: &mut [u8], at: u64) -> io::Result<()> {
        let end = at.checked_add(buf.len() as u64).filter(|end| *end <= self.bytes);
        let place = end.and_then(|_| self.start.checked_add(at)).ok_or_else(|| self.beyond(at))?;
        self.image.read_at(buf, place).map_err(|why| why.source)
    }

    /// The same of the bytes from `within` on of a block. A part of a block that the file lacks was lost.
    pub(super) fn read_block(&self, buf: &mut [u8], block: u64, within: u64) -> io::Result<()> {
        self.read(buf, block.checked_add(within).ok_or_else(|| self.beyond(block))?)
    }

    /// `len` bytes at `at`, which a format has limited.
    pub(super) fn bytes_at(&self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let end = at.checked_add(len as u64).filter(|end| *end <= self.bytes);
        end.ok_or_else(|| self.beyond(at))?;
        let mut bytes = vec![0; len];
        self.read(&mut bytes, at)?;
        Ok(bytes)
    }

    /// An entry of a table, through the cache. It begins at a multiple of its size.
    pub(super) fn entry<const N: usize>(&self, at: u64) -> io::Result<[u8; N]> {
        let page = at.checked_div(PAGE).unwrap_or_default().saturating_mul(PAGE);
        let kept = self.cache.get((self.id, page, Kept::Page), || {
            let len = self.bytes.saturating_sub(page).min(PAGE);
            Ok(self.bytes_at(page, usize::try_from(len).unwrap_or_default())?.into())
        })?;
        let within = usize::try_from(at.saturating_sub(page)).unwrap_or(usize::MAX);
        kept.get(within..).and_then(|rest| rest.first_chunk()).copied().ok_or_else(|| self.beyond(at))
    }

    /// What the bytes at `at` unpack to, through the cache.
    pub(super) fn unpacked(&self, at: u64, make: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Arc<[u8]>> {
        self.cache.get((self.id, at, Kept::Unpacked), || make().map(Into::into))
    }

    fn beyond(&self, at: u64) -> io::Error {
        invalid(format!("it refers to offset {at}, and the file has {} bytes", self.bytes))
    }
}
