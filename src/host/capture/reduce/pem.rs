//! Keys between `BEGIN` and `END`: PEM (RFC 7468), the key files of OpenSSH, of ssh.com, and of OpenPGP. On one line or
//! many, and also where only one of the two was read.

use super::{Found, places};

const WORDS: &[u8] = b"PRIVATE KEY";
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
            let start = behind.saturating_add(skipped);
            let rest = bytes.get(start..).unwrap_or_default();
            let end = places(rest, b"END").find(|at| {
                let before = rest.get(..*at).unwrap_or_default();
                before.ends_with(b"--") || before.ends_with(b"-- ")
            });
            found.push(start..end.map_or(bytes.len(), |end| start.saturating_add(end)));
        } else if let Some(end) = places(line, b"END").last() {
            let stop = at.saturating_sub(line.len().saturating_sub(end));
            if !found.iter().any(|known| known.end.saturating_add(2) >= stop && known.start < stop) {
                found.push(begin_of(bytes, stop)..stop);
            }
        }
    }
    found
}

/// Where the text begins that ends before `stop`.
fn begin_of(bytes: &[u8], stop: usize) -> usize {
    let before = bytes.get(..stop).unwrap_or_default();
    let is_other = |byte: &u8| !(byte.is_ascii_alphanumeric() || b"+/=\r\n\t :,\\-_".contains(byte));
    before.iter().rposition(is_other).map_or(0, |at| at.saturating_add(1))
}
