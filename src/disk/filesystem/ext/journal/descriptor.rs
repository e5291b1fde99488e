//! Descriptor blocks: the places of the blocks that follow them in the log.

use super::super::sums;
use super::head::Head;
use crate::base::bytes::{Truncated, be16, be32};

const HEADER: usize = 12;
/// Bytes of the identifier of a journal, behind a tag that says that it has one.
const IDENTIFIER: usize = 16;
const ESCAPED: u16 = 1;
const SAME_IDENTIFIER: u16 = 2;
const LAST: u16 = 8;

/// Where a block of the log belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) block: u64,
    /// Whether its first four bytes were zeroed, because they are those of a block with a header.
    pub(super) is_escaped: bool,
    /// The sum of the block with the number of the transaction.
    sum: u32,
}

impl Tag {
    /// Whether what the log has for the tag is what was written.
    pub(super) fn fits(&self, head: &Head, sequence: u32, raw: &[u8]) -> bool {
        let Some(seed) = head.seed else { return true };
        let sum = sums::crc32c(sums::crc32c(seed, &sequence.to_be_bytes()), raw);
        self.sum == if head.sums_3 { sum } else { sum & 0xffff }
    }
}

/// The tags of a descriptor block.
pub(super) fn tags(head: &Head, raw: &[u8]) -> Result<Vec<Tag>, Truncated> {
    let bytes = head.tag_bytes();
    let end = raw.len().saturating_sub(if head.seed.is_some() { 4 } else { 0 });
    let mut tags = Vec::new();
    let mut at = HEADER;
    while at.saturating_add(bytes) <= end {
        let field = |offset: usize| at.saturating_add(offset);
        // Of 32 bits in version 3, of which the lower half is in the same place.
        let flags = be16(raw, field(6))?;
        let high = if head.bits64 { be32(raw, field(8))? } else { 0 };
        tags.push(Tag {
            block: (u64::from(high) << 32) | u64::from(be32(raw, at)?),
            is_escaped: flags & ESCAPED != 0,
            sum: if head.sums_3 { be32(raw, field(12))? } else { u32::from(be16(raw, field(4))?) },
        });
        if flags & LAST != 0 {
            break;
        }
        at = field(bytes).saturating_add(if flags & SAME_IDENTIFIER == 0 { IDENTIFIER } else { 0 });
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: Head = Head {
        block_bytes: 64,
        first: 1,
        end: 10,
        start: 1,
        sequence: 1,
        bits64: false,
        sums_1: false,
        sums_3: false,
        seed: None,
        fast_commits: None,
    };

    #[test]
    fn tags_end_at_the_last_one_or_where_no_other_fits() {
        let mut raw = vec![0; 64];
        raw[12..20].copy_from_slice(&[0, 0, 0, 7, 0, 0, 0, 1]);
        raw[36..44].copy_from_slice(&[0, 0, 0, 8, 0, 0, 0, 2]);
        raw[44..52].copy_from_slice(&[0, 0, 0, 9, 0, 0, 0, 10]);
        let found = |raw: &[u8]| tags(&HEAD, raw).unwrap().iter().map(|t| (t.block, t.is_escaped)).collect::<Vec<_>>();
        assert_eq!(found(&raw), [(7, true), (8, false), (9, false)]);
        raw[51] = 2;
        assert_eq!(found(&raw).len(), 4, "there is room for one more");
        assert_eq!(found(&[0; 12]), []);
    }

    #[test]
    fn the_bytes_of_a_tag_follow_from_the_features() {
        let of = |bits64, sums_3, seed| Head { bits64, sums_3, seed, ..HEAD }.tag_bytes();
        assert_eq!([of(false, false, None), of(true, false, None)], [8, 12]);
        assert_eq!([of(false, false, Some(1)), of(true, false, Some(1)), of(false, true, Some(1))], [10, 14, 16]);
    }
}
