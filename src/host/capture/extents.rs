//! The parts of a disk or of a large file that were read. What was not read is not zero here: it is an error.

use std::io;

use serde::{Deserialize, Serialize};

use super::{Bytes, Failure, NOT_THERE, limited};
use crate::base::units::SectorSize;
use crate::io::image::{Image, ReadError};

/// Most parts of one disk.
const MOST: usize = 1 << 16;

/// First byte and number of bytes.
pub(super) type Part = (u64, u64);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extents {
    /// Size of the whole in bytes.
    pub bytes: u64,
    /// Logical block size of a disk; 0 of a file.
    pub sector: u32,
    /// What was read, in order.
    #[serde(deserialize_with = "limited::list::<_, _, MOST>")]
    pub read: Vec<Part>,
    /// The parts of that which are not zero, in order.
    #[serde(deserialize_with = "limited::list::<_, _, MOST>")]
    pub data: Vec<Part>,
    /// The bytes of `data`, one part after the other.
    pub content: Bytes,
    /// Reads that failed.
    #[serde(default, deserialize_with = "limited::list::<_, _, MOST>", skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<(u64, u64, Failure)>,
}

fn end(part: Part) -> Option<u64> {
    part.0.checked_add(part.1)
}

impl Extents {
    /// What is wrong with them, where they come from a file.
    ///
    /// # Errors
    /// Where parts are out of order, too many, beyond the end, or have no bytes.
    pub(super) fn verify(&self) -> Result<(), String> {
        if self.read.len().max(self.data.len()).max(self.failed.len()) > MOST {
            return Err(format!("more than {MOST} parts"));
        }
        for parts in [&self.read, &self.data] {
            let mut last = 0;
            for part in parts {
                let end = end(*part).filter(|end| *end <= self.bytes).ok_or("a part lies beyond the end")?;
                if part.0 < last || part.1 == 0 {
                    return Err("parts are out of order".to_owned());
                }
                last = end;
            }
        }
        let bytes = self.data.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.1));
        if bytes != Some(self.content.0.len() as u64) {
            return Err("its parts and its bytes differ".to_owned());
        }
        Ok(())
    }

    fn was_read(&self, at: u64, end: u64) -> bool {
        at == end || self.read.iter().any(|part| part.0 <= at && part.0.saturating_add(part.1) >= end)
    }

    fn fill(&self, buf: &mut [u8], at: u64) {
        buf.fill(0);
        let stop = at.saturating_add(buf.len() as u64);
        let mut first = 0_usize;
        for part in &self.data {
            let len = usize::try_from(part.1).unwrap_or(usize::MAX);
            let bytes = self.content.0.get(first..first.saturating_add(len)).unwrap_or_default();
            first = first.saturating_add(len);
            let (from, to) = (part.0.max(at), part.0.saturating_add(part.1).min(stop));
            let Some(len) = to.checked_sub(from).and_then(|len| usize::try_from(len).ok()) else { continue };
            let place = |base: u64| usize::try_from(from.saturating_sub(base)).unwrap_or(usize::MAX);
            let source = bytes.get(place(part.0)..).and_then(|bytes| bytes.get(..len));
            let target = buf.get_mut(place(at)..).and_then(|buf| buf.get_mut(..len));
            if let (Some(source), Some(target)) = (source, target) {
                target.copy_from_slice(source);
            }
        }
    }
}

impl Image for Extents {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sector_size(&self) -> Option<SectorSize> {
        SectorSize::new(self.sector)
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        let (len, wanted) = (buf.len(), buf.len() as u64);
        let wrong = |source| ReadError { at, len, source };
        let Some(end) = at.checked_add(wanted).filter(|end| *end <= self.bytes) else {
            let why = format!("the image has {} bytes", self.bytes);
            return Err(wrong(io::Error::new(io::ErrorKind::UnexpectedEof, why)));
        };
        if let Some((_, _, failure)) = self.failed.iter().find(|(first, len, _)| (*first, *len) == (at, wanted)) {
            return Err(wrong(failure.error()));
        }
        if !self.was_read(at, end) {
            return Err(wrong(io::Error::other(NOT_THERE)));
        }
        self.fill(buf, at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Extents {
        Extents {
            bytes: 4096,
            sector: 512,
            read: vec![(0, 1024), (2048, 512)],
            data: vec![(512, 512), (2048, 512)],
            content: Bytes([[7; 512], [9; 512]].concat()),
            failed: vec![(3072, 512, Failure::Number(5))],
        }
    }

    #[test]
    fn what_was_read_reads_back_and_what_was_not_is_an_error() {
        let extents = sample();
        extents.verify().unwrap();
        let mut buf = [1; 1024];
        extents.read_at(&mut buf, 0).unwrap();
        assert_eq!((buf[511], buf[512], buf[1023]), (0, 7, 7));
        let mut few = [0; 3];
        extents.read_at(&mut few, 2049).unwrap();
        assert_eq!(few, [9; 3]);
        let why = extents.read_at(&mut buf, 1024).unwrap_err().to_string();
        assert!(why.ends_with(NOT_THERE), "{why}");
        assert!(extents.read_at(&mut [0; 512], 3072).unwrap_err().to_string().contains("Input/output error"));
        assert!(extents.read_at(&mut buf, 4000).is_err() && extents.read_at(&mut buf, u64::MAX).is_err());
    }

    #[test]
    fn parts_that_make_no_sense_are_refused() {
        let wrong = |change: fn(&mut Extents)| {
            let mut extents = sample();
            change(&mut extents);
            assert!(extents.verify().is_err(), "{extents:?}");
        };
        wrong(|e| e.data.push((u64::MAX, 2)));
        wrong(|e| e.read[1] = (512, 600));
        wrong(|e| e.bytes = 2048);
        wrong(|e| e.content.0.truncate(1000));
        wrong(|e| e.read = vec![(0, 1); MOST + 1]);
        wrong(|e| e.data[0] = (512, 0));
    }
}
