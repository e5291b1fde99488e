//! sshd's configuration: /etc/ssh/sshd_config with the files it includes (sshd_config(5)), and what /etc/sysconfig/sshd adds to sshd's
//! command line.
//!
//! `HostKey` is global. Within a `Match` block sshd refuses it and does not start; such a line is kept and marked.

use super::glob;
use super::words;
use super::{Configuration, HostKeyLine, Line, options};
use crate::facts::line::numbered;
use crate::facts::{Probed, Root};

const FILE: &str = "/etc/ssh/sshd_config";
/// What a relative path of `Include` begins at.
const FOLDER: &str = "/etc/ssh";
/// Deepest nesting that sshd takes (`SERVCONF_MAX_DEPTH`).
const DEEPEST: usize = 16;
/// Most files that are read: nested patterns multiply.
const MOST_FILES: usize = 1024;

/// Reads it. [`Probed::Absent`] where there is no sshd_config: sshd does not start then.
pub(super) fn gather(root: &Root) -> Probed<Configuration> {
    match root.at(FILE).map(|place| place.kind()) {
        Ok(Probed::Absent) => return Probed::Absent,
        Ok(_) => {}
        Err(why) => return Probed::Unreadable(why),
    }
    let mut reader = Reader { root, found: Configuration::default() };
    let read = reader.file(FILE, 0, false).and_then(|()| options::gather(root, &mut reader.found));
    match read {
        Ok(()) => Probed::Known(reader.found),
        Err(why) => Probed::Unreadable(why),
    }
}

struct Reader<'r> {
    root: &'r Root,
    found: Configuration,
}

impl Reader<'_> {
    /// Reads a file at `depth` of nesting; `in_match` where the line that includes it stands in a `Match` block.
    fn file(&mut self, file: &str, depth: usize, mut in_match: bool) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!("{file}: Include is nested more than {DEEPEST} deep"));
        }
        if self.found.files.len() >= MOST_FILES {
            return Err(format!("{FILE}: it includes more than {MOST_FILES} files"));
        }
        self.found.files.push(file.to_owned());
        let text = match self.root.read(file) {
            Probed::Known(text) => text,
            Probed::Absent => return Err(format!("{file}: there is no such file")),
            Probed::Unreadable(why) => return Err(why),
        };
        for (number, line) in numbered(&text) {
            let Some((keyword, arguments)) = words::split(line) else { continue };
            let here = || Line { file: file.to_owned(), number };
            match (keyword.as_str(), arguments.first()) {
                ("match", first) => in_match = !first.is_some_and(|word| word.eq_ignore_ascii_case("all")),
                ("hostkey", Some(path)) => {
                    self.found.host_keys.push(HostKeyLine { line: here(), path: super::absolute(path), in_match });
                }
                // Of several lines the first counts.
                ("hostkeyalgorithms", Some(list)) if self.found.algorithms.is_none() => {
                    self.found.algorithms = Some((here(), list.clone()));
                }
                ("hostkeyagent", Some(agent)) if agent != "none" && self.found.agent.is_none() => {
                    self.found.agent = Some(here());
                }
                ("include", Some(_)) => {
                    for pattern in &arguments {
                        let pattern =
                            if pattern.starts_with('/') { pattern.clone() } else { format!("{FOLDER}/{pattern}") };
                        for path in glob::expand(self.root, &pattern)? {
                            self.file(&path, depth.saturating_add(1), in_match)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}
