//! Blocks whose older copies in the log must not be replayed: they were freed and may belong to something else.

use std::collections::BTreeMap;
use std::io;

use super::super::error::{damaged, short};
use super::descriptor::tags;
use super::log::{Kind, Log, Record};
use super::{LOG, MOST};
use crate::base::bytes::{Fields, Truncated, be32, be64};

const HEADER: usize = 16;

/// For each block, the last transaction that revokes it.
pub(super) struct Revoked(BTreeMap<u64, u32>);

impl Revoked {
    /// Whether a copy in transaction `sequence` must not be replayed.
    pub(super) fn has(&self, block: u64, sequence: u32) -> bool {
        self.0.get(&block).is_some_and(|last| !is_after(sequence, *last))
    }

    fn add(&mut self, block: u64, sequence: u32) -> io::Result<()> {
        if self.0.len() >= MOST && !self.0.contains_key(&block) {
            return Err(damaged(LOG, format!("it revokes more than {MOST} blocks")));
        }
        let last = self.0.entry(block).or_insert(sequence);
        if is_after(sequence, *last) {
            *last = sequence;
        }
        Ok(())
    }
}

/// Whether transaction `a` is after `b`: the numbers begin anew after the largest.
fn is_after(a: u32, b: u32) -> bool {
    a != b && a.wrapping_sub(b) < 1 << 31
}

/// Goes through the records before transaction `end`, each with its block and its transaction.
pub(super) fn each(log: &Log, end: u32, mut take: impl FnMut(&Record, u32, u32) -> io::Result<()>) -> io::Result<()> {
    let (mut at, mut sequence, mut left) = (log.head.start, log.head.sequence, log.blocks());
    while sequence != end && left > 0 {
        let record = log.record(at, sequence)?.ok_or_else(|| damaged(LOG, "it changes while it is read"))?;
        take(&record, at, sequence)?;
        let mut steps = 1_u32;
        match record.kind {
            Kind::Commit => sequence = sequence.wrapping_add(1),
            Kind::Revocations => {}
            Kind::Descriptor => {
                let count = tags(&log.head, &record.raw).map_err(short(LOG))?.len();
                steps = steps.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
            }
        }
        at = log.behind(at, steps);
        left = left.saturating_sub(steps);
    }
    Ok(())
}

pub(super) fn collect(log: &Log, end: u32) -> io::Result<Revoked> {
    let mut revoked = Revoked(BTreeMap::new());
    each(log, end, |record, _, sequence| {
        if record.kind != Kind::Revocations {
            return Ok(());
        }
        let blocks = blocks(log, &record.raw).map_err(short(LOG))?;
        blocks.into_iter().try_for_each(|block| revoked.add(block, sequence))
    })?;
    Ok(revoked)
}

/// The blocks that a block of revocations has.
fn blocks(log: &Log, raw: &[u8]) -> Result<Vec<u64>, Truncated> {
    let used = usize::try_from(be32(raw, 12)?).unwrap_or(usize::MAX);
    let numbers = raw.take(HEADER, used.saturating_sub(HEADER))?;
    if log.head.bits64 {
        numbers.chunks_exact(8).map(|raw| be64(raw, 0)).collect()
    } else {
        numbers.chunks_exact(4).map(|raw| be32(raw, 0).map(u64::from)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_revoked_up_to_the_last_transaction_that_says_so() {
        let mut revoked = Revoked(BTreeMap::new());
        for sequence in [u32::MAX, 3, 1] {
            revoked.add(7, sequence).unwrap();
        }
        assert!(revoked.has(7, u32::MAX) && revoked.has(7, 3) && !revoked.has(7, 4) && !revoked.has(8, 1));
    }
}
