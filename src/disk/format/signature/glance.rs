//! The start of a volume, looked at in fixed places.

use super::Windows;

/// Bytes that are looked at without asking whether they were read.
const NEAR: usize = 8192;
/// A start shorter than this does not reach what is read from byte 16384 on: the list of a ZFS label, and all that
/// begins at 24 KiB and later.
const END: usize = 20_480;
/// Of a volume of this size, every place that is counted from its end lies behind such a start: the farthest is the
/// third label of ZFS, 768 KiB before the end at most.
const LARGE: u64 = 1 << 20;

/// Where other parts that were read may begin: no row but those with [`Glance::end_was_read`] looks at them.
const FAR: u64 = 128 << 10;

/// The start of a volume, of which nothing else was read but what lies far behind it.
pub(super) struct Glance<'b> {
    near: &'b [u8; NEAR],
    all: &'b [u8],
    /// Whether something was read where superblocks are that are counted from the end, or mirrors.
    pub(super) end_was_read: bool,
}

impl<'b> Glance<'b> {
    /// `None` where the start is so short or so long, the volume so small, or another part that was read so near, that
    /// other places count.
    pub(super) fn of(windows: &Windows<'b>) -> Option<Self> {
        let (all, other) = windows.start();
        let fits = all.len() < END && windows.volume_bytes() >= LARGE && other.is_none_or(|at| at >= FAR);
        Some(Self { near: all.first_chunk().filter(|_| fits)?, all, end_was_read: other.is_some() })
    }

    #[inline(always)]
    pub(super) fn has<const N: usize>(&self, at: usize, magic: &[u8; N]) -> bool {
        self.near.get(at..).is_some_and(|rest| rest.starts_with(magic))
    }

    /// The same beyond the first bytes, where these were read.
    pub(super) fn has_far(&self, at: usize, magic: &[u8]) -> bool {
        self.all.get(at..).is_some_and(|rest| rest.starts_with(magic))
    }

    /// A number of bytes that a sector of a FAT can have.
    pub(super) fn has_fat_sectors(&self) -> bool {
        self.near.get(11) == Some(&0) && matches!(self.near.get(12), Some(2 | 4 | 8 | 16))
    }

    /// What a signature begins with, at the end of a page.
    pub(super) fn has_swap(&self) -> bool {
        let is_first = |byte: Option<&u8>| matches!(byte, Some(b'S' | b'U' | b'L'));
        is_first(self.near.get(4086))
            || is_first(self.near.get(8182))
            || is_first(self.all.get(16_374))
            || self.has(0, &[0xed, 0xc3, 0x02, 0xe9])
    }

    /// The magic of version 1.1 or 1.2 in either byte order.
    pub(super) fn has_md(&self) -> bool {
        [0, 4096].into_iter().any(|at| self.has(at, b"\xfc\x4e\x2b\xa9") || self.has(at, b"\xa9\x2b\x4e\xfc"))
    }
}
