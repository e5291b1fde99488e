//! The blocks of a disk that were read, while it is read.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::extents::{Extents, Part};
use super::{Bytes, Failure, reduce};
use crate::base::bytes::all_zero;

/// What is kept as one: nothing smaller is read of a disk.
pub(super) const BLOCK: u64 = 512;

#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Size of the whole, and its logical block size.
    pub(super) bytes: u64,
    pub(super) sector: u32,
    read: Mutex<Read>,
}

#[derive(Debug, Default)]
struct Read {
    /// By number; of one that is all zero, nothing.
    blocks: BTreeMap<u64, Vec<u8>>,
    failed: Vec<(u64, u64, Failure)>,
    /// First blocks and ends of what is zero in a capture, whatever it is on the disk.
    left_out: Vec<Part>,
}

impl Blocks {
    pub(super) fn new(bytes: u64, sector: u32) -> Self {
        Self { bytes, sector, read: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the bytes at `at`, which begin with a block and end with one or with the disk. Gives how many are new.
    pub(super) fn keep(&self, bytes: &[u8], at: u64) -> u64 {
        let mut read = self.lock();
        let mut new = 0_u64;
        for (number, block) in (at / BLOCK..).zip(bytes.chunks(BLOCK as usize)) {
            read.blocks.entry(number).or_insert_with(|| {
                new = new.saturating_add(16);
                if all_zero(block) {
                    return Vec::new();
                }
                new = new.saturating_add(BLOCK);
                block.to_vec()
            });
        }
        new
    }

    pub(super) fn leave_out(&self, start: u64, bytes: u64) {
        self.lock().left_out.push((start.div_ceil(BLOCK), start.saturating_add(bytes) / BLOCK));
    }

    pub(super) fn keep_failure(&self, at: u64, len: u64, failure: Failure) {
        let mut read = self.lock();
        if !read.failed.iter().any(|(first, bytes, _)| (*first, *bytes) == (at, len)) {
            read.failed.push((at, len, failure));
        }
    }

    /// All of it, and whether something was taken out. A key may lie across blocks that were read one by one.
    pub(super) fn extents(&self) -> (Extents, bool) {
        let read = self.lock();
        let (mut all, mut data, mut content): (Vec<Part>, Vec<Part>, Vec<u8>) = Default::default();
        let (mut run, mut is_reduced) = (Vec::new(), false);
        let len = |number: u64| self.bytes.saturating_sub(number.saturating_mul(BLOCK)).min(BLOCK);
        let mut end = |run: &mut Vec<u8>| {
            is_reduced |= reduce::of_disk(run);
            content.append(run);
        };
        for (number, block) in &read.blocks {
            let (at, len) = (number.saturating_mul(BLOCK), len(*number));
            add(&mut all, at, len);
            if block.is_empty() || read.left_out.iter().any(|(first, end)| (*first..*end).contains(number)) {
                continue;
            }
            if !add(&mut data, at, len) {
                end(&mut run);
            }
            run.extend(block);
        }
        end(&mut run);
        let extents = Extents {
            bytes: self.bytes,
            sector: self.sector,
            read: all,
            data,
            content: Bytes(content),
            failed: read.failed.clone(),
        };
        (extents, is_reduced)
    }
}

/// Adds a part behind the last one; gives whether they are one now.
fn add(parts: &mut Vec<Part>, at: u64, len: u64) -> bool {
    match parts.last_mut() {
        Some((first, bytes)) if first.saturating_add(*bytes) == at => {
            *bytes = bytes.saturating_add(len);
            true
        }
        _ => {
            parts.push((at, len));
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_follow_each_other_are_one_and_what_is_left_out_is_zero() {
        let blocks = Blocks::new(5000, 512);
        blocks.keep(&[7; 1024], 512);
        blocks.keep(&[8; 392], 4608);
        blocks.keep(&[0; 512], 1536);
        blocks.keep(&[9; 512], 512);
        let (extents, reduced) = blocks.extents();
        assert_eq!((extents.read, extents.data), (vec![(512, 1536), (4608, 392)], vec![(512, 1024), (4608, 392)]));
        assert_eq!((extents.content.0.len(), extents.content.0[0], reduced), (1416, 7, false));
        // Half a block of what is left out stays: it may belong to what is beside it.
        blocks.leave_out(1000, 4000);
        let (extents, _) = blocks.extents();
        assert_eq!((extents.read.len(), extents.data), (2, vec![(512, 512), (4608, 392)]));
    }
}
