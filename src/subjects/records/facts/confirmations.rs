//! What operators confirmed with `okv-host confirm`: steps of the procedure that no node shows to anybody.
//!
//! A [`Journal`] of its own, so that a record counts only when it is whole. Records are only added: the last one of a
//! step counts.

use std::io;

use serde::{Deserialize, Serialize};

use crate::base::cause::cause;
use crate::base::chars::is_hidden;
use crate::host::state::{self, STATE};
use crate::host::{Probed, Root};
use crate::io::image::Reader;
use crate::io::journal::{Damaged, Journal, Record};

/// Name of the file in the folder of the state.
pub const FILE: &str = "confirmations";
/// Longest note, in characters.
pub const LONGEST_NOTE: usize = 500;

/// That a step was done, or that this was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    pub step: String,
    /// Release that the node was to be upgraded to: the next upgrade has to be confirmed anew.
    pub release: String,
    pub user: String,
    /// Name of the host it was recorded on: a copy of its disk is another node.
    pub host: String,
    /// What identifies the node under another name; records of 0.1.0 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    pub note: String,
    /// Whether it takes back what was confirmed before.
    pub withdrawn: bool,
}

/// What operators confirmed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Confirmations {
    /// Oldest first.
    pub records: Vec<Record<Confirmation>>,
    /// The damaged lines between them.
    pub damaged: Vec<Damaged>,
}

impl From<Vec<Record<Confirmation>>> for Confirmations {
    fn from(records: Vec<Record<Confirmation>>) -> Self {
        Self { records, damaged: Vec::new() }
    }
}

/// Reads them. None were made where there is no file.
pub fn gather(root: &Root) -> Probed<Confirmations> {
    let folder = match root.at(STATE) {
        Ok(folder) => folder,
        Err(why) => return Probed::Unreadable(why),
    };
    if let Err(why) = state::verify(root, FILE) {
        return Probed::Unreadable(why);
    }
    // Not `below`, which follows a link: the writer makes a file, and whatever else is there is none of its.
    let place = folder.beside(FILE);
    let ask = || {
        let read = match place.unkept() {
            Ok(file) => Journal::past_damage_of(Reader::new(file), &place.real_path()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok((Vec::new(), Vec::new())),
            Err(e) => Err(e),
        };
        read.map_err(|e| format!("{STATE}/{FILE}: {}", cause(&e)))
    };
    match place.answer("records in", ask).and_then(|read| read) {
        Ok((records, damaged)) => Probed::Known(Confirmations { records, damaged }),
        Err(why) => Probed::Unreadable(why),
    }
}

/// A note as it is recorded: one line of at most [`LONGEST_NOTE`] characters, none of which drives a terminal.
///
/// # Errors
/// What is wrong with it.
pub fn note(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a note describes what was done or seen: it must not be empty".into());
    }
    if text.chars().count() > LONGEST_NOTE {
        return Err(format!("a note has at most {LONGEST_NOTE} characters"));
    }
    match text.chars().find(|c| is_hidden(*c)) {
        Some(c) => {
            Err(format!("a note is one line without control characters, and this one has {}", c.escape_unicode()))
        }
        None => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::{ProptestConfig, any, proptest};

    use super::*;

    fn one() -> Confirmation {
        let text = str::to_owned;
        let (step, note) = (text("back-up"), text("tape 7"));
        Confirmation {
            step,
            release: text("21.8"),
            user: text("ann"),
            host: text("okv1"),
            node: None,
            note,
            withdrawn: false,
        }
    }

    /// A host with what was confirmed on it, and the bytes of its file.
    fn host() -> (tempfile::TempDir, Vec<u8>) {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("var/lib/okv-host");
        fs::create_dir_all(&folder).unwrap();
        let mut journal = Journal::open(&folder.join(FILE)).unwrap();
        journal.append(one()).unwrap();
        journal.append(Confirmation { withdrawn: true, ..one() }).unwrap();
        (dir, fs::read(folder.join(FILE)).unwrap())
    }

    /// The records of a file without damage.
    fn read(dir: &std::path::Path) -> Probed<Vec<Record<Confirmation>>> {
        match gather(&Root::fixture(dir).unwrap()) {
            Probed::Known(all) if all.damaged.is_empty() => Probed::Known(all.records),
            Probed::Known(all) => Probed::Unreadable(all.damaged[0].why.clone()),
            Probed::Absent => Probed::Absent,
            Probed::Unreadable(why) => Probed::Unreadable(why),
        }
    }

    #[test]
    fn what_was_recorded_is_read_in_its_order() {
        let (dir, _) = host();
        let Probed::Known(records) = read(dir.path()) else { panic!() };
        assert_eq!(records.iter().map(|record| record.entry.withdrawn).collect::<Vec<_>>(), [false, true]);
        assert_eq!(records[0].entry, one());
    }

    #[test]
    fn a_confirmation_that_0_1_0_recorded_is_read() {
        let (head, rest) = (
            r#"cdbf5251 {"number":1,"at":1795729205,"entry":{"step":"back-up","release":"21.8","user":"ann","host":"okv1","#,
            r#""note":"tape 7","withdrawn":false}}"#,
        );
        let (dir, _) = host();
        fs::write(dir.path().join("var/lib/okv-host").join(FILE), format!("{head}{rest}\n")).unwrap();
        let Probed::Known(records) = read(dir.path()) else { panic!() };
        assert_eq!((records[0].at, &records[0].entry), (1_795_729_205, &one()));
    }

    #[test]
    fn no_file_means_nothing_confirmed_and_something_else_in_its_place_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()), Probed::Known(vec![]));
        let folder = dir.path().join("var/lib/okv-host");
        fs::create_dir_all(folder.join(FILE)).unwrap();
        assert!(matches!(read(dir.path()), Probed::Unreadable(_)), "a directory");
        fs::remove_dir(folder.join(FILE)).unwrap();
        let (other, _) = host();
        std::os::unix::fs::symlink(other.path().join("var/lib/okv-host").join(FILE), folder.join(FILE)).unwrap();
        assert!(matches!(read(dir.path()), Probed::Unreadable(_)), "a link out of the host");
        fs::remove_dir_all(&folder).unwrap();
        fs::write(&folder, "").unwrap();
        assert!(matches!(read(dir.path()), Probed::Unreadable(_)), "its folder is a file");
    }

    #[test]
    fn a_damaged_byte_never_confirms_what_nobody_confirmed() {
        let (dir, good) = host();
        let file = dir.path().join("var/lib/okv-host").join(FILE);
        let Probed::Known(truth) = read(dir.path()) else { panic!() };
        let last = good[..good.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
        for at in 0..good.len() {
            for byte in [0, 0xff, b'\n', b'"', good[at] ^ 1] {
                let mut bad = good.clone();
                bad[at] = byte;
                fs::write(&file, &bad).unwrap();
                match read(dir.path()) {
                    // Zeros in the last line are what a write leaves that the power cut.
                    Probed::Known(records) if byte == 0 && at > last => assert_eq!(records, truth[..truth.len() - 1]),
                    Probed::Known(records) => assert_eq!(records, truth, "byte {at} as {byte}"),
                    Probed::Unreadable(_) => {}
                    Probed::Absent => panic!("byte {at} as {byte}"),
                }
            }
        }
    }

    #[test]
    fn a_damaged_line_leaves_the_others_and_the_next_record_goes_behind_it() {
        let (dir, mut bytes) = host();
        bytes[20] ^= 1;
        let file = dir.path().join("var/lib/okv-host").join(FILE);
        fs::write(&file, &bytes).unwrap();
        let all = || gather(&Root::fixture(dir.path()).unwrap()).known().unwrap().clone();
        assert_eq!((all().records.len(), all().damaged.len(), all().damaged[0].before), (1, 1, 0));
        Journal::open_past_damage(&file).unwrap().append(one()).unwrap();
        assert_eq!((all().records.len(), all().damaged.len()), (2, 1));
        assert!(Journal::<Confirmation>::open(&file).is_err(), "a journal of runs is not read past damage");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn random_bytes_confirm_nothing(bytes in any::<Vec<u8>>()) {
            let (dir, _) = host();
            fs::write(dir.path().join("var/lib/okv-host").join(FILE), &bytes).unwrap();
            assert!(!matches!(read(dir.path()), Probed::Known(records) if !records.is_empty()));
        }
    }

    #[test]
    fn a_note_is_one_line_that_cannot_drive_a_terminal() {
        assert_eq!(note("  tape 7, seen by Ann \u{e4} ").as_deref(), Ok("tape 7, seen by Ann \u{e4}"));
        assert!(note(&"x".repeat(LONGEST_NOTE)).is_ok());
        for bad in
            ["", "  ", "a\nb", "a\u{1b}[2Jb", "a\tb", "a\u{202e}b", "a\u{200b}b", "a\0b", &"x".repeat(LONGEST_NOTE + 1)]
        {
            assert!(note(bad).is_err(), "{bad:?}");
        }
    }
}
