//! Takes private keys out of what is kept, and passwords: each of their bytes is overwritten, and the length stays.
//!
//! What is one is detected by its content, wherever it is: a key may be in a script, in a log, in the answer of a
//! program or in a block of a disk. SSH key files are not even kept so: see `subjects/ssh_keys/facts/keys.rs`.

mod commands;
mod der;
mod encoded;
mod magic;
mod passwords;
mod pem;
mod words;

use std::ops::Range;
use std::path::Path;

type Found = Vec<Range<usize>>;

/// How deep a key may be wrapped in base64 or hexadecimal digits.
const DEEPEST: u8 = 3;

/// Fewest NULs in a text in UTF-16 that has a key or a password.
const SHORTEST_WIDE: usize = 12;

/// Of a file at a path below the top of a host. Gives whether something was taken out.
pub fn of_file(path: &Path, bytes: &mut [u8]) -> bool {
    let is_shadow = path.starts_with("etc")
        && path.file_name().is_some_and(|name| {
            let name = name.as_encoded_bytes();
            name.starts_with(b"shadow") || name.starts_with(b"gshadow")
        });
    let hashes = if is_shadow { overwrite(bytes, &words::hashes_of_shadow(bytes)) } else { false };
    of_text(bytes) || hashes
}

/// Of the answer of a program, or of any other bytes.
pub fn of_text(bytes: &mut [u8]) -> bool {
    let mut found = keys(bytes, 0);
    found.extend(passwords(bytes));
    found.extend(has_wide(bytes).then_some(0..bytes.len()));
    overwrite(bytes, &found)
}

/// Whether it has a key, or is a text with a password, in UTF-16 or UTF-32: about half of its bytes are NULs.
fn has_wide(bytes: &[u8]) -> bool {
    let nuls = bytes.iter().filter(|byte| **byte == 0).count();
    if nuls < SHORTEST_WIDE {
        return false;
    }
    let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let has_more_keys = || pem::find(&narrow).len() > pem::find(bytes).len();
    let is_wide = nuls.saturating_mul(5) >= bytes.len().saturating_mul(2);
    has_more_keys() || is_wide && (!keys(&narrow, 0).is_empty() || !passwords(&narrow).is_empty())
}

/// Of blocks of a disk that follow each other, in which a key may begin and end anywhere.
pub fn of_disk(bytes: &mut [u8]) -> bool {
    let mut found = keys(bytes, 0);
    found.extend(encoded::lines(bytes));
    found.extend(passwords(bytes));
    overwrite(bytes, &found)
}

fn passwords(bytes: &[u8]) -> Found {
    let mut found = passwords::find(bytes);
    found.extend(commands::find(bytes));
    found.extend(words::hashes(bytes));
    found
}

fn keys(bytes: &[u8], depth: u8) -> Found {
    let mut found = pem::find(bytes);
    found.extend(magic::find(bytes));
    found.extend(der::find(bytes));
    found.extend(words::figures(bytes));
    if depth < DEEPEST {
        let has_key = |inner: &[u8]| !keys(inner, depth.saturating_add(1)).is_empty();
        found.extend(encoded::find(bytes, &has_key));
    }
    found
}

fn overwrite(bytes: &mut [u8], found: &Found) -> bool {
    let mut any = false;
    for range in found {
        let Some(part) = bytes.get_mut(range.clone()) else { continue };
        let is_text = part.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        for byte in part {
            let stays = is_text && (byte.is_ascii_whitespace() || b":,;\"'\\-{}".contains(byte));
            let to = if is_text { b'x' } else { 0 };
            if !stays && *byte != to {
                *byte = to;
                any = true;
            }
        }
    }
    any
}

/// Where `needle` begins, each time.
fn places<'b>(bytes: &'b [u8], needle: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    let first = needle.first().copied().unwrap_or_default();
    let starts = bytes.iter().enumerate().filter(move |(_, byte)| **byte == first);
    starts.filter(move |(at, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(needle))).map(|(at, _)| at)
}

#[cfg(test)]
mod tests;
