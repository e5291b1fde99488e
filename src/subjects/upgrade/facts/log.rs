//! Errors of an upgrade in the system log: its last part, since a log has no bound.

use std::io;

use crate::host::tail::tail;
use crate::host::{Probed, Root};
use crate::profile::Places;

/// Most bytes that are read, from the end.
const MOST: u64 = 16 << 20;
/// Most lines that are kept: the last ones.
const KEPT: usize = 5;
/// Most characters of a line that are kept.
const LONGEST: usize = 300;

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    match tail(&place, MOST) {
        Ok((bytes, text)) => Probed::Known(UpgradeLog { bytes, ..parse(&text, text.len() as u64 == bytes, places) }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Probed::Absent,
        Err(e) => Probed::Unreadable(format!("{}: {e}", place.host_path())),
    }
}

/// Reads what was written to the log at `path` behind byte `from`, with the words of the built-in profile. A log that became shorter was
/// begun anew.
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
        Err(e) => Probed::Unreadable(format!("{path}: {e}")),
    }
}

/// The lines of `text` that are about an upgrade and tell of an error. Where it is not `whole`, its first line is the end of one.
pub fn parse(text: &[u8], whole: bool, places: &Places) -> UpgradeLog {
    let mut log = UpgradeLog { read: text.len() as u64, ..UpgradeLog::default() };
    for line in text.split(|b| *b == b'\n').skip(usize::from(!whole)) {
        let lower = String::from_utf8_lossy(line).to_ascii_lowercase();
        let has = |words: &[String]| words.iter().any(|word| lower.contains(word.as_str()));
        if !has(&places.log_about) || !has(&places.log_errors) {
            continue;
        }
        log.errors = log.errors.saturating_add(1);
        if log.last.len() >= KEPT {
            log.last.remove(0);
        }
        log.last.push(String::from_utf8_lossy(line).chars().take(LONGEST).collect());
    }
    log
}
