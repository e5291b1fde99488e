//! Damaged views of one disk.

use okv_host::base::units::SectorSize;
use okv_host::io::image::{Image, ReadError};

/// A disk that lives as long as the tests, so that any number of damaged views of it can be made.
pub(super) type Shared = &'static dyn Image;

pub(super) fn share(image: Box<dyn Image>) -> Shared {
    Box::leak(image)
}

/// A view of a disk for [`Source`], which owns its image.
pub(super) struct View {
    disk: Shared,
    /// Bytes of the start that are left, and of the end.
    left: (u64, u64),
    /// A byte that is changed, and the bits of it.
    flipped: (u64, u8),
}

impl View {
    pub(super) fn whole(disk: Shared) -> Self {
        Self { disk, left: (disk.bytes(), 0), flipped: (0, 0) }
    }

    pub(super) fn cut(disk: Shared, head: u64, tail: u64) -> Self {
        Self { left: (head, tail.min(disk.bytes() - head)), ..Self::whole(disk) }
    }

    pub(super) fn flipped(disk: Shared, at: u64, mask: u8) -> Self {
        Self { flipped: (at, mask), ..Self::whole(disk) }
    }
}

impl Image for View {
    fn bytes(&self) -> u64 {
        self.left.0 + self.left.1
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.disk.sector_size()
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        let (head, tail) = self.left;
        let len = buf.len() as u64;
        if at.checked_add(len).is_none_or(|end| end > head + tail) {
            return Err(ReadError { at, len: buf.len(), source: std::io::ErrorKind::UnexpectedEof.into() });
        }
        let (first, second) = buf.split_at_mut(head.saturating_sub(at).min(len) as usize);
        self.disk.read_at(first, at)?;
        let beyond = (at + first.len() as u64).saturating_sub(head);
        if !second.is_empty() {
            self.disk.read_at(second, self.disk.bytes() - tail + beyond)?;
        }
        if let Some(byte) = self.flipped.0.checked_sub(at).and_then(|n| buf.get_mut(usize::try_from(n).unwrap())) {
            *byte ^= self.flipped.1;
        }
        Ok(())
    }
}
