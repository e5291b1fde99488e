//! A saved report, or what was saved of another program: text of a limited length.

use std::io::Read;
use std::path::Path;

use crate::base::cause::cause;
use crate::cluster::saved::{self, Saved};
use crate::io::input;

/// Longest report that is read, in bytes; and of all reports together.
const LONGEST: u64 = 8 << 20;
const LONGEST_TOGETHER: u64 = 64 * LONGEST;

/// Reads what `check --format json` printed: one of `count` reports that are kept in memory.
pub(super) fn report(path: &Path, count: usize) -> Result<Saved, String> {
    let share = LONGEST_TOGETHER / u64::try_from(count).unwrap_or(u64::MAX).max(1);
    text(path, share.min(LONGEST)).and_then(|text| saved::parse(&text))
}

pub(super) fn text(path: &Path, longest: u64) -> Result<String, String> {
    input::open(path).map_err(|e| cause(&e)).and_then(|file| text_of(file, longest))
}

pub(super) fn text_of(file: impl Read, longest: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    file.take(longest.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| cause(&e))?;
    if bytes.len() as u64 > longest {
        return Err(format!("it is larger than {longest} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())
}
