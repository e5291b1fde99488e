//! The files of a configuration of rsyslog, each with what it includes.

use super::rulesets::Rulesets;
use super::text::{Statement, statements};
use super::{Syslog, line, object};
use crate::host::capture::Kind;
use crate::host::{Probed, Root, glob};

/// Deepest nesting of includes that is followed.
const DEEPEST: usize = 16;
/// Most files that are read: nested patterns multiply.
const MOST_FILES: usize = 1024;

/// Reads `file` and all that it includes.
///
/// # Errors
/// Where a file cannot be read, or there are too many.
pub(super) fn walk(root: &Root, file: &str) -> Result<Syslog, String> {
    let mut walker = Walker { root, files: Vec::new(), rulesets: Rulesets::default() };
    walker.file(file, 0)?;
    Ok(Syslog { files: walker.files, ..walker.rulesets.reached() })
}

struct Walker<'r> {
    root: &'r Root,
    files: Vec<String>,
    rulesets: Rulesets,
}

impl Walker<'_> {
    fn file(&mut self, file: &str, depth: usize) -> Result<(), String> {
        if depth > DEEPEST || self.files.len() >= MOST_FILES {
            return Err(format!("{file}: includes nest too deep, or there are more than {MOST_FILES}"));
        }
        self.files.push(file.to_owned());
        let text = match self.root.read(file) {
            Probed::Known(text) => text,
            Probed::Absent => return Err(format!("{file}: there is no such file")),
            Probed::Unreadable(why) => return Err(why),
        };
        for (number, statement) in statements(&String::from_utf8_lossy(&text)) {
            let place = format!("{file} line {number}");
            match statement {
                Statement::Line(text) => {
                    match line::included(&text) {
                        Some(pattern) => self.include(pattern, depth)?,
                        None => line::targets(&text, &place, self.rulesets.found()),
                    }
                    self.rulesets.line(&text);
                }
                Statement::Object { name, parameters } if object::is_off(&parameters) => self.rulesets.off(&name),
                Statement::Object { name, parameters } if name == "include" => {
                    for pattern in object::values(&parameters, "file") {
                        self.include(&pattern, depth)?;
                    }
                }
                Statement::Object { name, parameters } if name == "action" => {
                    object::targets(&parameters, &place, self.rulesets.found());
                }
                Statement::Object { name, parameters } => self.rulesets.object(&name, &parameters),
            }
        }
        Ok(())
    }

    /// Reads what `pattern` names: files, and those in a directory. What is not there is not included.
    fn include(&mut self, pattern: &str, depth: usize) -> Result<(), String> {
        let pattern = if pattern.starts_with('/') { pattern.to_owned() } else { format!("/{pattern}") };
        for path in glob::expand(self.root, &pattern)? {
            let place = self.root.at(&path)?;
            match place.kind() {
                Probed::Known(kind) if kind.is_dir() => {
                    for inner in glob::expand(self.root, &format!("{path}/*"))? {
                        if self.root.at(&inner)?.kind().known().is_some_and(Kind::is_file) {
                            self.file(&inner, depth.saturating_add(1))?;
                        }
                    }
                }
                _ => self.file(&path, depth.saturating_add(1))?,
            }
        }
        Ok(())
    }
}
