//! What `blkid -p` says of an image or a device.

use std::collections::HashMap;
use std::path::Path;

use super::tools::{Tool, ToolFailed};

/// An answer of the low-level probe: no cache, no udev.
pub(crate) struct Answer {
    /// It found several things, none of which is sure.
    pub(crate) ambiguous: bool,
    values: HashMap<String, String>,
}

impl Answer {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

/// Asks about `device`, or the part of it that `options` name.
pub(crate) fn probe(device: &Path, options: &[&str]) -> Result<Answer, ToolFailed> {
    let call = Tool::new("blkid").args(["--probe", "--output", "export"]).args(options).arg(device);
    let outcome = call.outcome()?;
    // blkid(8): 2 is "nothing found", 8 "ambivalent".
    assert!(matches!(outcome.code, 0 | 2 | 8), "{call}: exit code {}: {}", outcome.code, outcome.stderr);
    let mut values = HashMap::new();
    for (name, value) in outcome.stdout.lines().filter_map(|line| line.split_once('=')) {
        let value = if value.is_ascii() && !value.contains("M-") {
            unescape(value)
        } else {
            // The export format loses what is not ASCII.
            let call = Tool::new("blkid").args(["--probe", "--output", "value", "--match-tag", name]);
            call.args(options).arg(device).run()?.trim_end_matches('\n').to_owned()
        };
        values.insert(name.to_owned(), value);
    }
    Ok(Answer { ambiguous: outcome.code == 8, values })
}

/// The export format puts a backslash before what a shell would read.
fn unescape(value: &str) -> String {
    let mut plain = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

/// The fields of `blkid -p -o export` that this project shows too.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Blkid {
    /// `TYPE`; empty where blkid finds nothing.
    pub(crate) kind: String,
    /// `UUID`.
    pub(crate) uuid: Option<String>,
    /// `LABEL`.
    pub(crate) label: Option<String>,
    /// `VERSION`.
    pub(crate) version: Option<String>,
}

/// What blkid says of a whole image.
pub(crate) fn blkid(image: &Path) -> Blkid {
    let answer = probe(image, &[]).unwrap();
    let value = |name| answer.get(name).map(str::to_owned);
    Blkid {
        kind: value("TYPE").unwrap_or_default(),
        uuid: value("UUID"),
        label: value("LABEL"),
        version: value("VERSION"),
    }
}
