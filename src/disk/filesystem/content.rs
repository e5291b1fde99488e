//! The bytes of a file as an image.

use std::io;
use std::sync::Arc;

use super::{Content, Extent};
use crate::base::units::ByteRange;
use crate::io::image::{Image, ReadError};

/// The bytes of one file on a volume.
pub struct FileImage {
    volume: Arc<dyn Image>,
    content: Content,
}

impl FileImage {
    /// # Errors
    /// Where the extents are not in their order, lie over one another, or lie outside of the volume.
    pub fn new(volume: Arc<dyn Image>, content: Content) -> io::Result<Self> {
        if let Content::Extents { extents, .. } = &content {
            let mut end = 0_u64;
            for Extent { at, range } in extents {
                let next = at.checked_add(range.len());
                match next {
                    Some(next) if *at >= end && range.end() <= volume.bytes() => end = next,
                    _ => return Err(io::Error::other(format!("its extent at byte {at} is not within the volume"))),
                }
            }
        }
        Ok(Self { volume, content })
    }
}

impl Image for FileImage {
    fn bytes(&self) -> u64 {
        match &self.content {
            Content::Inline(bytes) => bytes.len() as u64,
            Content::Extents { bytes, .. } => *bytes,
        }
    }

    fn is_hole(&self, range: ByteRange) -> bool {
        let Content::Extents { bytes, extents } = &self.content else { return false };
        let first = extents.partition_point(|extent| extent.at.saturating_add(extent.range.len()) <= range.start());
        range.end() <= *bytes && extents.get(first).is_none_or(|extent| extent.at >= range.end())
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        let len = buf.len();
        let beyond = || ReadError {
            at,
            len,
            source: io::Error::new(io::ErrorKind::UnexpectedEof, format!("the file has {} bytes", self.bytes())),
        };
        let end = at.checked_add(len as u64).filter(|end| *end <= self.bytes()).ok_or_else(beyond)?;
        let extents = match &self.content {
            Content::Inline(bytes) => {
                let from = usize::try_from(at).ok().and_then(|at| bytes.get(at..)?.get(..len)).ok_or_else(beyond)?;
                buf.copy_from_slice(from);
                return Ok(());
            }
            Content::Extents { extents, .. } => extents,
        };
        buf.fill(0);
        let first = extents.partition_point(|extent| extent.at.saturating_add(extent.range.len()) <= at);
        for extent in extents.get(first..).unwrap_or_default().iter().take_while(|extent| extent.at < end) {
            let (from, to) = (extent.at.max(at), extent.at.saturating_add(extent.range.len()).min(end));
            let part = usize::try_from(from.saturating_sub(at)).ok().zip(usize::try_from(to.saturating_sub(at)).ok());
            let part = part.and_then(|(from, to)| buf.get_mut(from..to)).ok_or_else(beyond)?;
            let on_volume = extent.range.start().saturating_add(from.saturating_sub(extent.at));
            self.volume.read_at(part, on_volume).map_err(|e| ReadError { at: from, ..e })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::image::Memory;

    fn volume() -> Arc<dyn Image> {
        Arc::new(Memory::new((0..=255).cycle().take(4096).collect()))
    }

    fn extent(at: u64, start: u64, len: u64) -> Extent {
        Extent { at, range: ByteRange::new(start, len).unwrap() }
    }

    #[test]
    fn every_read_gives_the_bytes_of_the_extents_and_zeros_between_them() {
        let extents = vec![extent(3, 100, 5), extent(8, 300, 4), extent(20, 7, 6)];
        let mut expected = [0; 30];
        let volume = volume();
        for Extent { at, range } in &extents {
            let at = usize::try_from(*at).unwrap();
            let len = usize::try_from(range.len()).unwrap();
            volume.read_at(&mut expected[at..at + len], range.start()).unwrap();
        }
        let file = FileImage::new(volume, Content::Extents { bytes: 30, extents }).unwrap();
        for at in 0..30 {
            for len in 0..=30 - at {
                let mut buf = vec![9; len];
                file.read_at(&mut buf, at as u64).unwrap();
                assert_eq!(buf, expected[at..at + len], "{len} at {at}");
            }
            assert!(file.read_at(&mut vec![0; 31 - at], at as u64).is_err());
        }
        let hole = |at, len| file.is_hole(ByteRange::new(at, len).unwrap());
        assert!(hole(0, 3) && hole(12, 8) && hole(26, 4) && !hole(2, 2) && !hole(19, 2) && !hole(26, 5));
    }

    #[test]
    fn extents_out_of_order_over_one_another_or_outside_are_refused() {
        for extents in [
            vec![extent(5, 0, 5), extent(0, 10, 5)],
            vec![extent(0, 0, 5), extent(4, 10, 5)],
            vec![extent(0, 4090, 7)],
            vec![extent(u64::MAX, 0, 5)],
        ] {
            assert!(FileImage::new(volume(), Content::Extents { bytes: 20, extents }).is_err());
        }
    }

    #[test]
    fn a_file_in_its_inode_needs_no_volume() {
        let file = FileImage::new(volume(), Content::Inline(b"/etc/x".to_vec())).unwrap();
        let mut buf = [0; 3];
        file.read_at(&mut buf, 2).unwrap();
        assert_eq!((&buf, file.bytes()), (b"tc/", 6));
        assert!(file.read_at(&mut buf, 4).is_err());
    }
}
