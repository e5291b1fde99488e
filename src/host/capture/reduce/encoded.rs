//! Keys in base64 or in hexadecimal digits, without anything that names them.

use super::Found;
use std::ops::Range;

/// Shortest text that is looked into, in characters.
const SHORTEST: usize = 40;
/// A line that is so long goes on in the next one.
const GOES_ON: usize = 32;
/// Length of the lines in which base64 is written.
const LINE: usize = 60;

/// The texts that `is_key` once they are decoded.
pub(super) fn find(bytes: &[u8], is_key: &dyn Fn(&[u8]) -> bool) -> Found {
    // It may have been cut anywhere.
    let in_base64 = |text: &[u8]| (0..4).any(|skipped| is_key(&decoded(text, skipped)));
    let in_hex = |text: &[u8]| (0..2).any(|skipped| is_key(&from_hex(text, skipped)));
    let text = |range: &Range<usize>| bytes.get(range.clone()).unwrap_or_default();
    let base64 = runs(bytes, is_digit).into_iter().filter(|range| in_base64(text(range)));
    let hex = runs(bytes, |byte| byte.is_ascii_hexdigit()).into_iter().filter(|range| in_hex(text(range)));
    base64.chain(hex).collect()
}

/// Lines of base64, at least two, whatever they are.
pub(super) fn lines(bytes: &[u8]) -> Found {
    let is_long = |range: &Range<usize>| {
        let text = bytes.get(range.clone()).unwrap_or_default();
        text.split(|byte| *byte == b'\n').filter(|line| line.len() >= LINE).count() >= 2
    };
    runs(bytes, is_digit).into_iter().filter(is_long).collect()
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte)
}

/// Every text of nothing but digits, over lines that go on.
fn runs(bytes: &[u8], is_digit: fn(u8) -> bool) -> Found {
    let mut found = Found::new();
    let mut at = 0_usize;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let mut begin = at;
        for word in line.split_inclusive(|byte| !is_digit(*byte)) {
            let len = word.iter().take_while(|byte| is_digit(**byte)).count();
            let range = begin..begin.saturating_add(len);
            match found.last_mut() {
                Some(last) if len > 0 && goes_on(bytes, last, begin) => last.end = range.end,
                _ if len > 0 => found.push(range),
                _ => {}
            }
            begin = begin.saturating_add(word.len());
        }
        at = at.saturating_add(line.len());
    }
    found.retain(|range| range.len() >= SHORTEST);
    found
}

/// Whether the text that begins at `begin` continues the one before it: only the end of a line, spaces before the next
/// one, or a backslash and an `n` are between them.
fn goes_on(bytes: &[u8], last: &Range<usize>, begin: usize) -> bool {
    let between = bytes.get(last.end..begin).unwrap_or_default();
    let text = bytes.get(last.clone()).unwrap_or_default();
    let line = text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_end = between.contains(&b'\n') && between.iter().all(|byte| b"\r\n\t \"',\\>#".contains(byte));
    line.len() >= GOES_ON && between.len() <= 16 && (is_end || between == b"\\")
}

fn value(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(value.into())
}

fn decoded(text: &[u8], skipped: usize) -> Vec<u8> {
    let digits = text.iter().filter_map(|byte| value(*byte)).skip(skipped);
    let (mut out, mut bits, mut held) = (Vec::with_capacity(text.len()), 0_u32, 0_u32);
    for digit in digits {
        held = (held << 6 | digit) & 0xffff;
        bits = bits.saturating_add(6);
        if bits >= 8 {
            bits = bits.saturating_sub(8);
            out.push(u8::try_from(held >> bits & 0xff).unwrap_or_default());
        }
    }
    out
}

fn from_hex(text: &[u8], skipped: usize) -> Vec<u8> {
    let digits: Vec<u8> =
        text.iter().filter_map(|b| char::from(*b).to_digit(16)?.try_into().ok()).skip(skipped).collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}
