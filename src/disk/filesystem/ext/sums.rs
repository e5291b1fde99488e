//! Checksums as the kernel computes them: CRCs that are not inverted at their ends, and go on from piece to piece.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/checksums.rst`, `fs/jbd2/recovery.c`.

/// What each sum begins with.
pub(super) const START: u32 = u32::MAX;

/// CRC32C of `bytes` behind what has the sum `before`.
pub(super) fn crc32c(before: u32, bytes: &[u8]) -> u32 {
    !crc32c::crc32c_append(!before, bytes)
}

/// CRC-16 of `bytes` (polynomial 0x8005, lowest bit first), of the descriptors of `uninit_bg`.
pub(super) fn crc16(before: u16, bytes: &[u8]) -> u16 {
    bytes.iter().fold(before, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| if sum & 1 == 0 { sum >> 1 } else { (sum >> 1) ^ 0xa001 })
    })
}

/// CRC-32 of `bytes` (polynomial 0x04c11db7, highest bit first), of the oldest checksums of a journal.
pub(super) fn crc32_be(before: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(before, |sum, byte| {
        (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
            if sum & 0x8000_0000 == 0 { sum << 1 } else { (sum << 1) ^ 0x04c1_1db7 }
        })
    })
}

/// CRC32C of `bytes` as if the `len` bytes at `at` were zero: where the sum itself lies.
pub(super) fn crc32c_without(before: u32, bytes: &[u8], at: usize, len: usize) -> u32 {
    let end = at.saturating_add(len).min(bytes.len());
    let (head, rest) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
    let tail = bytes.get(end..).unwrap_or_default();
    let sum = crc32c(before, head);
    if rest.is_empty() { sum } else { crc32c(crc32c(sum, [0; 4].get(..len).unwrap_or(&[0; 4])), tail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_the_published_check_values() {
        let check = b"123456789";
        assert_eq!(!crc32c(START, check), 0xe306_9283);
        assert_eq!(crc16(0xffff, check), 0x4b37);
        assert_eq!(!crc32_be(START, check), 0xfc89_1918);
    }

    #[test]
    fn a_sum_in_its_own_bytes_counts_as_zeros() {
        assert_eq!(crc32c_without(START, b"ab\xff\xff\xff\xffcd", 2, 4), crc32c(START, b"ab\0\0\0\0cd"));
        assert_eq!(crc32c_without(START, b"ab\xff\xff", 2, 2), crc32c(START, b"ab\0\0"));
    }
}
