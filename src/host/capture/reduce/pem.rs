//! Keys between `BEGIN` and `END`: PEM (RFC 7468), the key files of OpenSSH, of ssh.com, and of OpenPGP. On one line or
//! many, and also where only one of the two was read.

use super::{Found, places};

const WORDS: &[u8] = b"PRIVATE KEY";
/// Shortest line of a key, but for its last one.
const LONG: usize = 24;
/// What stands before the text of a key (RFC 1421, RFC 4716, RFC 4880).
const HEADERS: &[&[u8]] = &[b"Proc-Type:", b"DEK-Info:", b"Comment:", b"Version:", b"Subject:", b"Hash:", b"Charset:"];
/// Most bytes between `BEGIN` or `END` and these words.
const LABEL: usize = 48;

pub(super) fn find(bytes: &[u8]) -> Found {
    let mut found = Found::new();
    for at in places(bytes, WORDS) {
        let label = bytes.get(at.saturating_sub(LABEL)..at).unwrap_or_default();
        let line = label.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let behind = at.saturating_add(WORDS.len());
        if places(line, b"BEGIN").last().is_some() {
            let rest = bytes.get(behind..).unwrap_or_default();
            let skipped = rest.strip_prefix(b" BLOCK").map_or(0, |_| 6);
            let skipped = skipped + rest.iter().skip(skipped).take_while(|byte| **byte == b'-').count();
            let has_dashes = rest.get(..skipped).is_some_and(|skipped| skipped.ends_with(b"--"));
            let start = behind.saturating_add(skipped);
            let rest = bytes.get(start..).unwrap_or_default();
            let end = places(rest, b"END").find(|at| {
                let before = rest.get(..*at).unwrap_or_default();
                before.ends_with(b"--") || before.ends_with(b"-- ")
            });
            // What only names the header of a key has none behind it.
            let len = end.unwrap_or_else(|| if has_dashes { key_text(rest) } else { 0 });
            found.push(start..start.saturating_add(len));
        } else if let Some(end) = places(line, b"END").last() {
            let stop = at.saturating_sub(line.len().saturating_sub(end));
            if !found.iter().any(|known| known.end.saturating_add(2) >= stop && known.start < stop) {
                found.push(begin_of(bytes, stop)..stop);
            }
        }
    }
    found
}

/// How many bytes are the text of a key that has no end: lines of base64, and `Name: value` before them. Commands that
/// follow in a script are none.
fn key_text(rest: &[u8]) -> usize {
    let is_between = |byte: &u8| byte.is_ascii_whitespace() || b"\"',#>".contains(byte);
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let (mut at, mut end, mut is_long) = (0_usize, 0_usize, false);
    loop {
        let ahead = rest.get(at..).unwrap_or_default();
        let escape = matches!(ahead, [b'\\', b'n' | b'r' | b't', ..]);
        if escape || ahead.first().is_some_and(is_between) {
            at = at.saturating_add(if escape { 2 } else { 1 });
            continue;
        }
        let word = ahead.iter().take_while(|byte| is_digit(byte)).count();
        let next = ahead.get(word);
        // The last word is short, or cut off.
        if word > 0 && (word >= LONG || is_long || next.is_none()) && !next.is_some_and(|next| b"-:.$(".contains(next))
        {
            at = at.saturating_add(word);
            end = at;
            is_long = word >= LONG;
            continue;
        }
        match header(ahead).filter(|_| !is_long) {
            Some(len) => {
                at = at.saturating_add(len);
                end = at;
            }
            None => return end,
        }
    }
}

/// The length of a line `Name: value` before the text of a key.
fn header(ahead: &[u8]) -> Option<usize> {
    let name = HEADERS.iter().find(|name| ahead.starts_with(name))?;
    let line = ahead.iter().position(|byte| *byte == b'\n').unwrap_or(ahead.len());
    // On one line with the text, whatever is behind it may be one.
    let value = ahead.get(name.len()..line)?;
    let word = value.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let len = value.iter().skip(word).take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'\\').count();
    Some(name.len().saturating_add(word).saturating_add(len))
}

/// Where the text begins that ends before `stop`.
fn begin_of(bytes: &[u8], stop: usize) -> usize {
    let before = bytes.get(..stop).unwrap_or_default();
    let is_other = |byte: &u8| !(byte.is_ascii_alphanumeric() || b"+/=\r\n\t :,\\-_".contains(byte));
    before.iter().rposition(is_other).map_or(0, |at| at.saturating_add(1))
}
