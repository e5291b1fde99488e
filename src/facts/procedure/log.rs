//! Errors of an upgrade in the system log: its last part, since a log has no bound.

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

use super::super::root::Place;
use super::{Probed, Root};
use crate::profile::Places;
use crate::sys;

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
    match end_of(&place) {
        Ok((bytes, text)) => Probed::Known(UpgradeLog { bytes, ..parse(&text, text.len() as u64 == bytes, places) }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Probed::Absent,
        Err(e) => Probed::Unreadable(format!("{}: {e}", place.shown())),
    }
}

/// Size of the log, and its end.
fn end_of(place: &Place<'_>) -> io::Result<(u64, Vec<u8>)> {
    let mut file = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(place.real_path())?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    file.seek(SeekFrom::Start(meta.len().saturating_sub(MOST)))?;
    let mut text = Vec::new();
    // It may grow meanwhile.
    file.take(meta.len().min(MOST)).read_to_end(&mut text)?;
    Ok((meta.len(), text))
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
