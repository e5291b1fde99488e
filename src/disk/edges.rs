//! The two ends of a disk, where its table lies: read in as few bytes as show what there is.
//!
//! The first 8 KiB tell which kind of table to expect. Only a GPT has an array to read behind them and a copy at the
//! end; other disks keep no more than the superblocks of arrays there.

use super::Problem;
use super::format::gpt;
use super::read::fill;
use super::table::{Edges, HEAD, TAIL};
use crate::base::units::{ByteRange, SectorSize};
use crate::io::image::Image;

/// Bytes that are read first: an MBR, both places of a GPT header, the superblock of most formats.
const FIRST: usize = 8192;
/// Bytes of a GPT with 512-byte sectors and 128 entries, with and without the MBR before it.
const GPT_512: (usize, usize) = (17_408, 16_896);
/// Bytes at the end where the superblock of md 1.0, a DDF anchor and that of an Intel Matrix array lie: they begin on a
/// boundary of 4 KiB.
const ARRAYS: u64 = 8192;

/// Memory for the two ends, used again for every disk.
pub(super) struct EdgeBuffers {
    head: Vec<u8>,
    tail: Vec<u8>,
    bad: Vec<ByteRange>,
}

impl Default for EdgeBuffers {
    fn default() -> Self {
        Self { head: vec![0; whole(HEAD)], tail: vec![0; whole(TAIL)], bad: Vec::new() }
    }
}

impl EdgeBuffers {
    /// Reads the ends of `image`. What the medium cannot give is zero, told in `problems`, and listed in the result.
    pub(super) fn read(&mut self, image: &dyn Image, problems: &mut Vec<Problem>) -> Edges<'_> {
        let bytes = image.bytes();
        let shorter = |len: usize| usize::try_from(bytes).map_or(len, |b| b.min(len));
        let Self { head, tail, bad } = self;
        bad.clear();
        let mut head_len = shorter(FIRST);
        if let Some(first) = head.get_mut(..head_len) {
            bad.extend(fill(image, first, 0, problems));
        }
        let (head_wanted, tail_wanted) = wanted(head, bytes, image.sector_size(), !bad.is_empty());
        if let Some(rest) = head.get_mut(head_len..shorter(head_wanted)).filter(|r| !r.is_empty()) {
            bad.extend(fill(image, rest, head_len as u64, problems));
            head_len = head_len.saturating_add(rest.len());
        }
        let tail_len = shorter(tail_wanted);
        if let Some(end) = tail.get_mut(..tail_len) {
            bad.extend(fill(image, end, bytes.saturating_sub(tail_len as u64), problems));
        }
        Edges {
            head: head.get(..head_len).unwrap_or_default(),
            tail: tail.get(..tail_len).unwrap_or_default(),
            bad: bad.as_slice(),
        }
    }
}

/// How much of the head and of the tail to read, by what the first bytes show and the device tells.
fn wanted(first: &[u8], bytes: u64, device: Option<SectorSize>, damaged: bool) -> (usize, usize) {
    let signed = |at: usize| first.get(at..).is_some_and(|rest| rest.starts_with(gpt::SIGNATURE));
    // An entry of type 0xEE in the MBR: there is or was a GPT.
    let protective = (446..510).step_by(16).any(|entry| first.get(entry + 4) == Some(&0xee));
    if damaged || signed(4096) || device.is_some_and(|sector| sector != SectorSize::S512) {
        (whole(HEAD), whole(TAIL))
    } else if signed(512) || protective {
        GPT_512
    } else {
        (FIRST, whole(ARRAYS.saturating_add(bytes % 4096)))
    }
}

fn whole(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or_default()
}
