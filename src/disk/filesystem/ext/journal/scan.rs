//! Where the log ends: at the first block that is not the one that has to follow.

use std::io;

use super::super::error::{damaged, short};
use super::super::sums;
use super::LOG;
use super::descriptor::tags;
use super::log::{Kind, Log, Record};
use crate::base::bytes::{Fields, Truncated, be32, be64, u8_at};

/// Bytes of the fields of a commit block.
const COMMIT: usize = 60;
const SUM_AT: usize = 16;
const CRC32: u8 = 1;

/// The number of the first transaction that is not committed.
///
/// # Errors
/// Where a committed transaction is damaged. A commit that is older than the one before it is left of an earlier turn
/// of the log, and ends it, as in the kernel.
pub(super) fn end(log: &Log) -> io::Result<u32> {
    let mut scan = Scan { log, sequence: log.head.sequence, last_time: 0, is_doubtful: false, sum: sums::START };
    let (mut at, mut left) = (log.head.start, log.blocks());
    while left > 0 {
        let Some(record) = log.record(at, scan.sequence)? else { break };
        let Some(steps) = scan.step(&record, at)? else { break };
        let steps = steps.saturating_add(1);
        at = log.behind(at, steps);
        left = left.saturating_sub(steps);
    }
    Ok(scan.sequence)
}

struct Scan<'l> {
    log: &'l Log,
    sequence: u32,
    /// When the last transaction was committed, in seconds since 1970.
    last_time: u64,
    /// Whether a block of this transaction has a wrong sum: it is damaged, or of an earlier turn.
    is_doubtful: bool,
    /// The sum of the blocks of this transaction, in version 1.
    sum: u32,
}

impl Scan<'_> {
    /// The blocks of data that follow on a record; `None` where the log ends with it.
    fn step(&mut self, record: &Record, at: u32) -> io::Result<Option<u32>> {
        match record.kind {
            Kind::Commit => {
                let goes_on = self.commit(&record.raw)?;
                Ok(goes_on.then_some(0))
            }
            Kind::Revocations => {
                self.is_doubtful |= !self.log.has_its_sum(&record.raw);
                Ok(Some(0))
            }
            Kind::Descriptor => {
                self.is_doubtful |= !self.log.has_its_sum(&record.raw);
                let count = tags(&self.log.head, &record.raw).map_err(short(LOG))?.len();
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                if self.log.head.sums_1 {
                    self.sum = sums::crc32_be(self.sum, &record.raw);
                    for step in (1..=count).take_while(|step| *step <= self.log.blocks()) {
                        self.sum = sums::crc32_be(self.sum, &self.log.read(self.log.behind(at, step))?);
                    }
                }
                Ok(Some(count))
            }
        }
    }

    /// Whether the log goes on behind this commit.
    fn commit(&mut self, raw: &[u8]) -> io::Result<bool> {
        let time = be64(raw, 48).map_err(short(LOG))?;
        let is_right = self.has_its_sum(raw).map_err(short(LOG))?;
        if self.is_doubtful || !is_right {
            if time < self.last_time {
                return Ok(false);
            }
            return Err(damaged(LOG, format!("transaction {} is damaged, and the journal is needed", self.sequence)));
        }
        self.last_time = time;
        self.sequence = self.sequence.wrapping_add(1);
        self.sum = sums::START;
        Ok(true)
    }

    fn has_its_sum(&self, raw: &[u8]) -> Result<bool, Truncated> {
        let found = be32(raw, SUM_AT)?;
        let Some(seed) = self.log.head.seed else {
            let kind = (u8_at(raw, 12)?, u8_at(raw, 13)?);
            let is_sum = kind == (CRC32, 4) && found == self.sum;
            return Ok(!self.log.head.sums_1 || is_sum || (kind == (0, 0) && found == 0));
        };
        // Of a block that was not written whole, what is behind the fields may be anything.
        let mut fields = raw.take(0, COMMIT)?.to_vec();
        fields.resize(raw.len(), 0);
        let sum = |raw: &[u8]| sums::crc32c_without(seed, raw, SUM_AT, 4);
        Ok(found == sum(raw) || found == sum(&fields))
    }
}
