//! The superblock of a journal. All its numbers have their high byte first.

use std::io;

use super::super::error::{damaged, short, unread, unsupported};
use super::super::sums;
use super::LOG;
use crate::base::bytes::{Fields, Truncated, be32};
use crate::io::image::Image;

pub(super) const MAGIC: u32 = 0xc03b_3998;
const BYTES: usize = 1024;
/// `s_errno`: why the journal was given up.
const ERROR_AT: usize = 32;
const SUM_AT: usize = 252;
const VERSION_1: u32 = 3;
const VERSION_2: u32 = 4;
/// Blocks for fast commits, where the superblock does not give their number.
const FAST_BLOCKS: u32 = 256;

/// The feature that commits have a sum of all blocks of a transaction.
const COMPAT_SUMS: u32 = 0x1;

mod incompat {
    pub(super) const BITS64: u32 = 0x2;
    pub(super) const SUMS_2: u32 = 0x8;
    pub(super) const SUMS_3: u32 = 0x10;
    pub(super) const FAST_COMMIT: u32 = 0x20;
    pub(super) const KNOWN: u32 = 0x3f;
}

/// How a journal is written, and where its log begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) block_bytes: usize,
    /// The blocks of the log, of which the first follows on the last.
    pub(super) first: u32,
    pub(super) end: u32,
    /// The block that the log begins with, and the number of its transaction.
    pub(super) start: u32,
    pub(super) sequence: u32,
    pub(super) bits64: bool,
    /// Whether a commit has a sum of the blocks before it.
    pub(super) sums_1: bool,
    pub(super) sums_3: bool,
    /// What the sums of version 2 and 3 begin with, where there are such.
    pub(super) seed: Option<u32>,
    /// The first block of the fast commits, where there can be such.
    pub(super) fast_commits: Option<u32>,
}

/// Whether the superblock of a journal has an error.
pub(super) fn has_error(file: &dyn Image) -> bool {
    let mut raw = vec![0; BYTES];
    let is_read = file.read_at(&mut raw, 0).is_ok() && be32(&raw, 0).is_ok_and(|magic| magic == MAGIC);
    is_read && be32(&raw, ERROR_AT).is_ok_and(|error| error != 0)
}

impl Head {
    /// `None` where the log is empty.
    pub(super) fn read(file: &dyn Image, block_bytes: u64) -> io::Result<Option<Self>> {
        let mut raw = vec![0; BYTES];
        file.read_at(&mut raw, 0).map_err(unread(LOG))?;
        let blocks = file.bytes().checked_div(block_bytes).unwrap_or_default();
        let head = Self::parse(&raw).map_err(short(LOG))??;
        if u64::try_from(head.block_bytes) != Ok(block_bytes) {
            return Err(damaged(LOG, "its blocks are not those of the file system"));
        }
        if head.first == 0 || head.first >= head.end || u64::from(be32(&raw, 16).map_err(short(LOG))?) > blocks {
            return Err(damaged(LOG, "its size is impossible"));
        }
        if be32(&raw, ERROR_AT).map_err(short(LOG))? != 0 {
            return Err(unsupported(LOG, "the kernel recorded an error in it; run e2fsck, then copy the disk again"));
        }
        if head.start == 0 {
            return Ok(None);
        }
        if !(head.first..head.end).contains(&head.start) {
            return Err(damaged(LOG, format!("its log begins at block {}, which it does not have", head.start)));
        }
        Ok(Some(head))
    }

    fn parse(raw: &[u8]) -> Result<io::Result<Self>, Truncated> {
        let version = be32(raw, 4)?;
        if be32(raw, 0)? != MAGIC || !matches!(version, VERSION_1 | VERSION_2) {
            return Ok(Err(damaged(LOG, "it has no superblock")));
        }
        let features = |at| if version == VERSION_2 { be32(raw, at) } else { Ok(0) };
        let (compat, incompat) = (features(36)?, features(40)?);
        let unknown = incompat & !incompat::KNOWN;
        if unknown != 0 {
            return Ok(Err(unsupported(LOG, format!("it has the unknown incompatible features {unknown:#x}"))));
        }
        let has_sums = incompat & (incompat::SUMS_2 | incompat::SUMS_3) != 0;
        let own = sums::crc32c_without(sums::START, raw, SUM_AT, 4);
        if has_sums && be32(raw, SUM_AT)? != own {
            return Ok(Err(damaged(LOG, "the checksum of its superblock does not match")));
        }
        let blocks = be32(raw, 16)?;
        let fast = match be32(raw, 84)? {
            0 => FAST_BLOCKS,
            count => count,
        };
        let end = blocks.checked_sub(fast).filter(|_| incompat & incompat::FAST_COMMIT != 0);
        Ok(Ok(Self {
            block_bytes: usize::try_from(be32(raw, 12)?).unwrap_or(0),
            first: be32(raw, 20)?,
            end: end.unwrap_or(blocks),
            start: be32(raw, 28)?,
            sequence: be32(raw, 24)?,
            bits64: incompat & incompat::BITS64 != 0,
            sums_1: compat & COMPAT_SUMS != 0,
            sums_3: incompat & incompat::SUMS_3 != 0,
            seed: has_sums.then_some(sums::crc32c(sums::START, raw.take(48, 16)?)),
            // One block lies between the log and the fast commits.
            fast_commits: end.and_then(|end| end.checked_add(1)).filter(|first| *first < blocks),
        }))
    }

    /// Bytes of a tag in a descriptor block.
    pub(super) fn tag_bytes(&self) -> usize {
        match (self.sums_3, self.seed.is_some(), self.bits64) {
            (true, ..) => 16,
            (false, true, true) => 14,
            (false, true, false) => 10,
            (false, false, true) => 12,
            (false, false, false) => 8,
        }
    }
}
