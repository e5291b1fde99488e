//! The blocks of the log, one behind the other.

use std::io;

use super::super::error::{unread, unsupported};
use super::super::sums;
use super::LOG;
use super::head::{Head, MAGIC};
use crate::base::bytes::{be32, le16, le32};
use crate::disk::filesystem::FileImage;
use crate::io::image::Image;

/// What a block with a header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Descriptor,
    Commit,
    Revocations,
}

/// A block of the log that has a header.
pub(super) struct Record {
    pub(super) kind: Kind,
    pub(super) raw: Vec<u8>,
}

pub(super) struct Log {
    file: FileImage,
    pub(super) head: Head,
}

impl Log {
    pub(super) fn new(file: FileImage, head: Head) -> Self {
        Self { file, head }
    }

    /// How many blocks the log can have: no walk is longer.
    pub(super) fn blocks(&self) -> u32 {
        self.head.end.saturating_sub(self.head.first)
    }

    /// The block that is `steps` behind `block`.
    pub(super) fn behind(&self, block: u32, steps: u32) -> u32 {
        let at = u64::from(block.saturating_sub(self.head.first)).saturating_add(u64::from(steps));
        let at = at.checked_rem(u64::from(self.blocks())).unwrap_or_default();
        self.head.first.saturating_add(u32::try_from(at).unwrap_or_default())
    }

    pub(super) fn read(&self, block: u32) -> io::Result<Vec<u8>> {
        let mut raw = vec![0; self.head.block_bytes];
        self.part(block, 0, &mut raw)?;
        Ok(raw)
    }

    /// Fills `buf` from byte `at` of a block.
    pub(super) fn part(&self, block: u32, at: u64, buf: &mut [u8]) -> io::Result<()> {
        let start = u64::from(block).saturating_mul(self.head.block_bytes as u64).saturating_add(at);
        self.file.read_at(buf, start).map_err(unread(format_args!("{LOG}, block {block}")))
    }

    /// The block as one of transaction `sequence`; `None` where it is not: the log ends there.
    pub(super) fn record(&self, block: u32, sequence: u32) -> io::Result<Option<Record>> {
        let raw = self.read(block)?;
        let kind = match (be32(&raw, 0), be32(&raw, 4), be32(&raw, 8)) {
            (Ok(MAGIC), Ok(kind), Ok(of)) if of == sequence => kind,
            _ => return Ok(None),
        };
        let kind = match kind {
            1 => Kind::Descriptor,
            2 => Kind::Commit,
            5 => Kind::Revocations,
            _ => return Ok(None),
        };
        Ok(Some(Record { kind, raw }))
    }

    /// Whether a descriptor or a block of revocations has its sum, which is at its end.
    pub(super) fn has_its_sum(&self, raw: &[u8]) -> bool {
        let Some(seed) = self.head.seed else { return true };
        let at = raw.len().saturating_sub(4);
        be32(raw, at) == Ok(sums::crc32c_without(seed, raw, at, 4))
    }

    /// # Errors
    /// Where there are fast commits behind transaction `end`, which is the first that the log does not have: they are
    /// changes to files and not to blocks.
    pub(super) fn verify_no_fast_commits(&self, end: u32) -> io::Result<()> {
        /// `EXT4_FC_TAG_HEAD`: what the first fast commit behind a transaction begins with.
        const HEAD: u16 = 9;
        let Some(block) = self.head.fast_commits else { return Ok(()) };
        let raw = self.read(block)?;
        let begins = le16(&raw, 0) == Ok(HEAD) && le32(&raw, 8) == Ok(end);
        if begins {
            let why = "it has fast commits, which cannot be replayed here; mount the file system once or run e2fsck";
            return Err(unsupported(LOG, why));
        }
        Ok(())
    }
}
