//! The parts of a volume that have been read, addressed as the volume is.

/// Most parts that a volume is ever read in, beside its start.
const MOST: usize = 7;

/// Parts of a volume in memory. A question for bytes outside them is answered with `None`: not looked at.
#[derive(Debug, Clone, Copy)]
pub struct Windows<'b> {
    bytes: u64,
    /// Logical block size of the device in bytes, where it is known.
    device_sector: Option<u64>,
    /// The part that begins at 0: nearly every question is for that one.
    start: &'b [u8],
    others: [(u64, &'b [u8]); MOST],
    count: usize,
}

impl<'b> Windows<'b> {
    /// A volume of `bytes` bytes of which nothing has been read.
    pub fn new(bytes: u64) -> Self {
        Self { bytes, device_sector: None, start: &[], others: [(0, &[]); MOST], count: 0 }
    }

    /// The same with the bytes at `at` read. A part beyond the eighth is ignored.
    pub fn with(mut self, at: u64, part: &'b [u8]) -> Self {
        if at == 0 && self.start.is_empty() {
            self.start = part;
        } else if let Some(slot) = self.others.get_mut(self.count) {
            *slot = (at, part);
            self.count = self.count.saturating_add(1);
        }
        self
    }

    /// The same on a device with logical blocks of that many bytes.
    pub fn on_sectors(mut self, bytes: Option<u64>) -> Self {
        self.device_sector = bytes;
        self
    }

    /// Why no kernel can read the volume in blocks of `bytes`: the device cannot give so few.
    pub fn too_small_for_device(&self, bytes: u64) -> Option<String> {
        let device = self.device_sector.filter(|device| bytes < *device)?;
        Some(format!("{bytes} bytes, and the device has logical blocks of {device}: the kernel does not mount it"))
    }

    pub fn volume_bytes(&self) -> u64 {
        self.bytes
    }

    /// The part that begins at 0, and where the first of the others begins.
    pub fn start(&self) -> (&'b [u8], Option<u64>) {
        (self.start, self.others.iter().take(self.count).map(|(at, _)| *at).min())
    }

    /// `len` bytes at `at`, where they were read.
    #[inline]
    pub fn get(&self, at: u64, len: usize) -> Option<&'b [u8]> {
        let from = usize::try_from(at).ok()?;
        let part = self.start.get(from..from.checked_add(len)?);
        if part.is_some() || self.count == 0 { part } else { self.get_elsewhere(at, len) }
    }

    fn get_elsewhere(&self, at: u64, len: usize) -> Option<&'b [u8]> {
        self.others.iter().take(self.count).find_map(|(start, part)| {
            let from = usize::try_from(at.checked_sub(*start)?).ok()?;
            part.get(from..from.checked_add(len)?)
        })
    }

    /// Whether the bytes at `at` were read and are `magic`.
    #[inline]
    pub fn has(&self, at: u64, magic: &[u8]) -> bool {
        self.get(at, magic.len()) == Some(magic)
    }

    /// Every part that was read, with its offset.
    pub fn parts(&self) -> impl Iterator<Item = (u64, &'b [u8])> {
        std::iter::once((0, self.start)).chain(self.others.into_iter().take(self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_were_not_read_are_not_made_up() {
        let windows = Windows::new(100).with(0, &[1, 2, 3]).with(90, &[9; 10]);
        assert_eq!(windows.get(1, 2), Some(&[2, 3][..]));
        assert_eq!(windows.get(2, 2), None);
        assert_eq!(windows.get(99, 1), Some(&[9][..]));
        assert_eq!(windows.get(99, 2), None);
        assert_eq!(windows.get(u64::MAX, 2), None);
        assert!(windows.has(0, &[1]) && !windows.has(50, &[0]));
    }
}
