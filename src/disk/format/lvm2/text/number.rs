//! Integers of a metadata text: 64 bits, with or without a sign.

use super::class::{NUMBER, class};

/// The number that is written here in nothing but digits, as nearly all are, and what follows it.
#[inline]
pub(super) fn digits_alone(text: &[u8]) -> Option<(i64, &[u8])> {
    let (mut number, mut rest) = (0_i64, text);
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        number = number.checked_mul(10)?.checked_add(i64::from(digit & 15))?;
        rest = after;
    }
    let goes_on = rest.first().is_some_and(|byte| class(*byte) & NUMBER != 0);
    (rest.len() < text.len() && !goes_on).then_some((number, rest))
}

pub(super) fn integer(digits: &[u8]) -> Option<i64> {
    let (negative, digits) = match digits {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_i64, |n, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte & 15))?;
        let n = n.checked_mul(10)?;
        if negative { n.checked_sub(digit) } else { n.checked_add(digit) }
    })
}
