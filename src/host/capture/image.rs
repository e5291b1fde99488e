//! A disk that is read while it is captured.

use std::fmt;
use std::sync::Arc;

use super::blocks::{BLOCK, Blocks};
use super::{Failure, Tape};
use crate::base::units::{ByteRange, SectorSize};
use crate::io::image::{Image, ReadError};

/// Gives the bytes of an image, and keeps the blocks that they lie in.
pub struct Recorded {
    image: Box<dyn Image>,
    blocks: Arc<Blocks>,
    tape: Arc<Tape>,
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded").finish_non_exhaustive()
    }
}

impl Recorded {
    pub(super) fn new(image: Box<dyn Image>, blocks: Arc<Blocks>, tape: Arc<Tape>) -> Self {
        Self { image, blocks, tape }
    }
}

impl Image for Recorded {
    fn bytes(&self) -> u64 {
        self.image.bytes()
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.image.sector_size()
    }

    fn will_need(&self, range: ByteRange) {
        self.image.will_need(range);
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        let (len, size) = (buf.len() as u64, self.image.bytes());
        let whole = at.checked_add(len).filter(|end| *end <= size).and_then(|end| {
            let first = at - at % BLOCK;
            let end = end.div_ceil(BLOCK).saturating_mul(BLOCK).min(size);
            Some((first, usize::try_from(end.checked_sub(first)?).ok()?))
        });
        let Some((first, bytes)) = whole else { return self.image.read_at(buf, at) };
        let mut around = vec![0; bytes];
        if self.image.read_at(&mut around, first).is_err() {
            let result = self.image.read_at(buf, at);
            if let Err(why) = &result {
                self.blocks.keep_failure(at, len, Failure::of(&why.source));
            }
            return result;
        }
        let skipped = usize::try_from(at.saturating_sub(first)).unwrap_or_default();
        if let Some(wanted) = around.get(skipped..).and_then(|rest| rest.get(..buf.len())) {
            buf.copy_from_slice(wanted);
        }
        self.tape.count(self.blocks.keep(&around, first));
        Ok(())
    }
}
