//! The lines of a configuration file of OpenSSH with the files that it includes, in the order in which they count
//! (sshd_config(5), ssh_config(5)).

use super::{FOLDER, Line, words};
use crate::host::line::numbered;
use crate::host::{Probed, Root, glob};

/// Deepest nesting that sshd takes (`SERVCONF_MAX_DEPTH`).
const DEEPEST: usize = 16;
/// Most files that are read: nested patterns multiply.
const MOST_FILES: usize = 1024;

/// A line that is neither empty nor a comment.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) line: Line,
    /// Its keyword, as it is written.
    pub(super) keyword: String,
    /// What follows, without quotes.
    pub(super) arguments: Vec<String>,
    /// Whether it stands in a `Match` block.
    pub(super) in_match: bool,
}

/// Gives `each` every line of `file` and of what it includes; the files that were read.
///
/// # Errors
/// Where a file cannot be read, or there are too many.
pub(super) fn walk(root: &Root, file: &str, each: &mut dyn FnMut(Statement)) -> Result<Vec<String>, String> {
    let mut walker = Walker { root, first: file, files: vec![], each };
    walker.file(file, 0, false)?;
    Ok(walker.files)
}

struct Walker<'w> {
    root: &'w Root,
    first: &'w str,
    files: Vec<String>,
    each: &'w mut dyn FnMut(Statement),
}

impl Walker<'_> {
    /// Reads a file at `depth` of nesting; `in_match` where the line that includes it stands in a `Match` block.
    fn file(&mut self, file: &str, depth: usize, mut in_match: bool) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!("{file}: Include is nested more than {DEEPEST} deep"));
        }
        if self.files.len() >= MOST_FILES {
            return Err(format!("{}: it includes more than {MOST_FILES} files", self.first));
        }
        self.files.push(file.to_owned());
        let text = match self.root.read(file) {
            Probed::Known(text) => text,
            Probed::Absent => return Err(format!("{file}: there is no such file")),
            Probed::Unreadable(why) => return Err(why),
        };
        for (number, line) in numbered(&text) {
            let Some((keyword, arguments)) = words::split(line) else { continue };
            if keyword.eq_ignore_ascii_case("match") {
                in_match = !arguments.first().is_some_and(|word| word.eq_ignore_ascii_case("all"));
            }
            let included = if keyword.eq_ignore_ascii_case("include") { arguments.clone() } else { vec![] };
            (self.each)(Statement { line: Line { file: file.to_owned(), number }, keyword, arguments, in_match });
            for pattern in included {
                // A relative path begins at the folder of the configuration.
                let pattern = if pattern.starts_with('/') { pattern } else { format!("{FOLDER}/{pattern}") };
                for path in glob::expand(self.root, &pattern)? {
                    self.file(&path, depth.saturating_add(1), in_match)?;
                }
            }
        }
        Ok(())
    }
}
