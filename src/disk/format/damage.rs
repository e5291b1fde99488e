//! Damage for tests: what every parser of a superblock has to survive.

#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

use std::ops::Range;

use super::content::Found;
use super::windows::Windows;

type Find = fn(&Windows<'_>) -> Option<Found>;

/// Flips bits of each byte of `range` in turn, and shows `check` what was found then.
pub(crate) fn every_flip(
    head: &[u8],
    bytes: u64,
    range: Range<usize>,
    find: Find,
    check: impl Fn(Option<&Found>, &str),
) {
    let mut damaged = head.to_vec();
    for at in range {
        for mask in [0x01, 0x80, 0xff] {
            damaged[at] ^= mask;
            let found = find(&Windows::new(bytes).with(0, &damaged));
            check(found.as_ref(), &format!("byte {at} ^ {mask:#04x}"));
            damaged[at] ^= mask;
        }
    }
}

/// Cuts what was read at each length; below `least` bytes nothing may be found.
pub(crate) fn every_truncation(head: &[u8], bytes: u64, least: usize, find: Find) {
    for len in 0..=head.len() {
        let found = find(&Windows::new(bytes).with(0, &head[..len]));
        assert_eq!(found.is_some(), len >= least, "{len} bytes");
    }
}

/// Fills the fields with noise from a fixed seed, and leaves `keep` alone so that the parser goes on.
pub(crate) fn noise(head: &[u8], bytes: u64, range: Range<usize>, keep: &[Range<usize>], find: Find) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut damaged = head.to_vec();
    for _ in 0..2_000 {
        for at in range.clone().filter(|at| !keep.iter().any(|kept| kept.contains(at))) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // Half of the bytes stay small, so that the noise gets past the first test now and then.
            damaged[at] = if state & 0x100 == 0 { (state & 3) as u8 } else { (state >> 16) as u8 };
        }
        let _ = find(&Windows::new(bytes).with(0, &damaged));
    }
}
