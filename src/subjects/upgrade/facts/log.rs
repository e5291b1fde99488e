//! Errors of an upgrade in the system log: its last part, since a log has no bound.

use std::io;

use serde::{Deserialize, Serialize};

use crate::base::cause::cause;
use crate::host::tail::{tail, tail_unkept};
use crate::host::{Probed, Root};
use crate::profile::Places;

/// Most bytes that are read, from the end.
const MOST: u64 = 16 << 20;
/// Most lines that are kept: the last ones.
const KEPT: usize = 5;
/// Most characters of a line that are kept.
const LONGEST: usize = 300;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradeLog {
    /// Size of the log in bytes.
    pub bytes: u64,
    /// How many of them were read, from the end.
    pub read: u64,
    /// How many lines tell of an error of an upgrade.
    pub errors: usize,
    /// The last of these lines.
    pub last: Vec<String>,
}

/// Reads the log. [`Probed::Absent`] where there is none.
pub fn gather(root: &Root, places: &Places) -> Probed<UpgradeLog> {
    let place = match root.at(&places.log) {
        Ok(place) => place,
        Err(why) => return Probed::Unreadable(why),
    };
    let ask = || match tail_unkept(&place, MOST) {
        Ok((bytes, text)) => Probed::Known(UpgradeLog { bytes, ..parse(&text, text.len() as u64 == bytes, places) }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Probed::Absent,
        Err(e) => Probed::Unreadable(format!("{}: {}", place.host_path(), cause(&e))),
    };
    // A capture keeps the lines that count, and not the log of a system.
    let by = [places.log_about.join(","), places.log_errors.join(",")].join(" and ");
    place.answer(&format!("lines with {by} in"), ask).unwrap_or_else(Probed::Unreadable)
}

/// Reads what was written to the log at `path` behind byte `from`, with the words of the built-in profile. A log that
/// became shorter was begun anew.
pub fn since(root: &Root, path: &str, from: u64) -> Probed<UpgradeLog> {
    let places = Places { log: path.to_owned(), ..Places::built_in() };
    let place = match root.at(path) {
        Ok(place) => place,
        Err(why) => return Probed::Unreadable(why),
    };
    let written = match place.metadata() {
        Probed::Known(meta) => meta.len().checked_sub(from).unwrap_or(meta.len()),
        Probed::Absent => return Probed::Absent,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    match tail(&place, written.min(MOST)) {
        Ok((bytes, text)) => Probed::Known(UpgradeLog { bytes, ..parse(&text, true, &places) }),
        Err(e) => Probed::Unreadable(format!("{path}: {}", cause(&e))),
    }
}

/// The lines of `text` that are about an upgrade and tell of an error. Where it is not `whole`, its first line is the
/// end of one.
pub fn parse(text: &[u8], whole: bool, places: &Places) -> UpgradeLog {
    let mut log = UpgradeLog { read: text.len() as u64, ..UpgradeLog::default() };
    for line in text.split(|b| *b == b'\n').skip(usize::from(!whole)) {
        let line = readable(line);
        let lower = without_denials(&line.to_ascii_lowercase());
        let has = |words: &[String]| words.iter().any(|word| lower.contains(word.as_str()));
        if !has(&places.log_about) || !has(&places.log_errors) {
            continue;
        }
        log.errors = log.errors.saturating_add(1);
        if log.last.len() >= KEPT {
            log.last.remove(0);
        }
        log.last.push(line.chars().take(LONGEST).collect());
    }
    log
}

/// A line without the NULs that a loss of power leaves in a log, and without other bytes that are no text.
fn readable(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let is_text = |c: &char| *c == '\t' || !(c.is_control() || *c == char::REPLACEMENT_CHARACTER);
    text.chars().filter(is_text).collect::<String>().trim().to_owned()
}

/// What states that there was no error.
const DENIALS: &[&str] = &[
    "no errors",
    "no error",
    "without errors",
    "without error",
    "no failures",
    "0 errors",
    "0 failures",
    "0 failed",
    "errors: 0",
    "errors=0",
    "failed: 0",
    "failed=0",
];

/// The text of a line without the words that state that there was no error: what is left may still be one. A line may
/// have megabytes, so each of the words is taken out of it in one pass.
fn without_denials(lower: &str) -> String {
    let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut kept = lower.to_owned();
    for words in DENIALS {
        let mut rest = String::with_capacity(kept.len());
        let mut done = 0;
        for (at, _) in kept.match_indices(words) {
            let end = at.saturating_add(words.len());
            let before = kept.get(..at).and_then(|text| text.chars().next_back());
            let behind = kept.get(end..).and_then(|text| text.chars().next());
            if !joined(before) && !joined(behind) {
                rest.push_str(kept.get(done..at).unwrap_or_default());
                done = end;
            }
        }
        rest.push_str(kept.get(done..).unwrap_or_default());
        kept = rest;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_megabyte_of_denials_is_read_at_once() {
        let line = "upgrade: no error, ".repeat(60_000);
        assert_eq!(parse(line.as_bytes(), true, &Places::built_in()).errors, 0);
    }

    fn errors(text: &[u8]) -> (usize, Vec<String>) {
        let log = parse(text, true, &Places::built_in());
        (log.errors, log.last)
    }

    #[test]
    fn bytes_that_are_no_text_do_not_hide_the_error_behind_them() {
        let mut text = vec![0; 4096];
        text.extend(b"\xff\xfe\x01Nov 24 okv1 upgrade.rb[1]: Error: not enough room\n");
        assert_eq!(errors(&text), (1, vec!["Nov 24 okv1 upgrade.rb[1]: Error: not enough room".to_owned()]));
    }

    #[test]
    fn a_line_that_denies_errors_is_none_and_one_that_also_has_one_is() {
        let quiet = b"dnf: 0 errors during upgrade\nupgrade: no error found\nupgrade: errors: 0, failed=0\n";
        assert_eq!(errors(quiet).0, 0);
        for line in ["upgrade: 10 errors", "upgrade: no error in step 1, error in step 2", "upgrade: errors: 01"] {
            assert_eq!(errors(line.as_bytes()).0, 1, "{line}");
        }
    }
}
