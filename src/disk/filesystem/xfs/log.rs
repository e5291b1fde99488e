//! Whether everything that the log has is also in its place, as a kernel finds out before it mounts.
//!
//! The log is a ring of basic blocks. The first 32 bits of each are the number of the round in which it was written
//! (its cycle); of the first block of a record they are a magic number, and the cycle follows. So the newest record
//! ends where the cycle falls by one. Where it is that of an unmount, nothing is left to replay.
//!
//! Source: the kernel's `xfs_log_format.h`, and `xlog_find_head`, `xlog_find_zeroed` and `xlog_check_unmount_rec` in
//! `xfs_log_recover.c`.

use std::io;

use super::volume::Volume;
use crate::base::bytes::{Fields, be32, u8_at};
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::{damaged, short};

/// Bytes of a basic block.
const BLOCK: usize = 512;
const MAGIC: u32 = 0xfeed_babe;
/// Blocks that a record has at most, headers among them: 256 KiB, and as much as that is rounded up to.
const LONGEST_RECORD: u64 = 1040;
/// Blocks of records that may be written at once, so that one of them may miss before the head: 8 of 256 KiB.
const IN_FLIGHT: u64 = 8 * LONGEST_RECORD;
/// Data of a record that each of its headers has the cycles of, in bytes.
const PER_HEADER: u32 = 32 << 10;
/// In `h_version`.
const VERSION_2: u32 = 2;
/// In `oh_flags`.
const UNMOUNT: u8 = 0x20;

/// What the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreplayed {
    /// The file system was unmounted: everything is in its place.
    Clean,
    /// The log has changes that may not be in their places yet: files may be older than they seem, or inconsistent.
    Dirty,
    /// It could not be found out, with the cause.
    Unknown(String),
}

pub(super) fn read(volume: &Volume) -> Unreplayed {
    let Some(range) = volume.geometry.log else {
        return Unreplayed::Unknown("the log is on another device".into());
    };
    let log = Log { volume, range, blocks: range.len() / BLOCK as u64 };
    match log.is_clean() {
        Ok(true) => Unreplayed::Clean,
        Ok(false) => Unreplayed::Dirty,
        Err(cause) => Unreplayed::Unknown(format!("the log: {cause}")),
    }
}

struct Log<'v> {
    volume: &'v Volume,
    range: ByteRange,
    blocks: u64,
}

impl Log<'_> {
    fn is_clean(&self) -> io::Result<bool> {
        let last = self.blocks.checked_sub(1).ok_or_else(|| damaged("it has no blocks"))?;
        let (first_cycle, last_cycle) = (self.cycle(0)?, self.cycle(last)?);
        // The cycle of the blocks behind the head, and the first of them.
        let (before, head) = match (first_cycle, last_cycle) {
            (0, 0) => return self.is_unused(),
            (1, 0) => (0, self.first_with(0)?),
            (first, last) if first == last => (last.saturating_sub(1), 0),
            (first, last) if last.checked_add(1) == Some(first) => (last, self.first_with(last)?),
            (first, last) => {
                return Err(damaged(format_args!("it begins with cycle {first} and ends with cycle {last}")));
            }
        };
        if self.ends_with_unmount(head)? {
            return Ok(true);
        }
        match self.first_missing(head, before)? {
            Some(missing) => self.ends_with_unmount(missing),
            None => Ok(false),
        }
    }

    /// A log of zeros was never written to.
    fn is_unused(&self) -> io::Result<bool> {
        match self.cycle(self.blocks / 2)? {
            0 => Ok(true),
            cycle => Err(damaged(format_args!("it begins and ends with zeros, and has cycle {cycle} between"))),
        }
    }

    /// The first block with this cycle, where those before it have another one.
    fn first_with(&self, cycle: u32) -> io::Result<u64> {
        let (mut other, mut found) = (0, self.blocks.saturating_sub(1));
        while found.saturating_sub(other) > 1 {
            let middle = other.midpoint(found);
            let half = if self.cycle(middle)? == cycle { &mut found } else { &mut other };
            *half = middle;
        }
        Ok(found)
    }

    /// The first block shortly before the head that was not written in this round: of records that were written at
    /// once, an earlier one did not get there, and what follows it does not count.
    fn first_missing(&self, head: u64, before: u32) -> io::Result<Option<u64>> {
        let mut missing = None;
        let (mut at, mut before) = (if head == 0 { self.blocks } else { head }, before);
        for _ in 0..IN_FLIGHT.min(self.blocks) {
            if at == 0 {
                // Before the start of the ring lies the end of the round before.
                let Some(earlier) = before.checked_sub(1) else { break };
                (at, before) = (self.blocks, earlier);
            }
            at = at.saturating_sub(1);
            if self.cycle(at)? == before {
                missing = Some(at);
            }
        }
        Ok(missing)
    }

    /// Whether the record that ends before block `head` is that of an unmount.
    fn ends_with_unmount(&self, head: u64) -> io::Result<bool> {
        let mut at = head;
        for length in 1..=LONGEST_RECORD.min(self.blocks) {
            at = at.checked_sub(1).unwrap_or_else(|| self.blocks.saturating_sub(1));
            let block = self.block(at)?;
            if be32(&block, 0).map_err(short)? == MAGIC {
                return self.is_unmount(&block, at, length);
            }
        }
        Ok(false)
    }

    /// Whether the record with this header at block `at`, from where it is `length` blocks to the head, is one.
    fn is_unmount(&self, header: &[u8], at: u64, length: u64) -> io::Result<bool> {
        let field = |at| be32(header, at).map_err(short);
        let uuid: [u8; 16] = header.array(304).map_err(short)?;
        if uuid != self.volume.geometry.uuid && uuid != [0; 16] {
            return Err(damaged("it belongs to another file system"));
        }
        let (version, bytes, operations, size) = (field(8)?, field(12)?, field(40)?, field(320)?);
        let headers = if version & VERSION_2 == 0 { 1 } else { size.div_ceil(PER_HEADER).max(1) };
        let blocks = u64::from(bytes).div_ceil(BLOCK as u64).saturating_add(headers.into());
        if blocks != length || operations != 1 {
            return Ok(false);
        }
        let data = at.saturating_add(headers.into()).checked_rem(self.blocks).unwrap_or_default();
        Ok(u8_at(&self.block(data)?, 9).map_err(short)? & UNMOUNT != 0)
    }

    fn cycle(&self, block: u64) -> io::Result<u32> {
        let mut head = [0; 8];
        self.volume.read(&mut head, self.place(block)?)?;
        match be32(&head, 0).map_err(short)? {
            MAGIC => be32(&head, 4).map_err(short),
            cycle => Ok(cycle),
        }
    }

    fn block(&self, block: u64) -> io::Result<[u8; BLOCK]> {
        let mut bytes = [0; BLOCK];
        self.volume.read(&mut bytes, self.place(block)?)?;
        Ok(bytes)
    }

    fn place(&self, block: u64) -> io::Result<u64> {
        let at = block.checked_mul(BLOCK as u64).and_then(|at| self.range.start().checked_add(at));
        at.filter(|at| *at < self.range.end()).ok_or_else(|| damaged("it has fewer blocks"))
    }
}
