//! What files of a node say its release is: a line with the heading of its console, `Oracle Key Vault Server
//! 21.8.0.0.0`.

use crate::base::versions::Version;
use crate::host::{Probed, Root};

const HEADING: &str = "Oracle Key Vault";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Releases {
    /// File and release, as it stands there.
    pub said: Vec<(String, String)>,
    /// Files that could not be read, and why.
    pub not_looked_at: Vec<String>,
}

impl Releases {
    /// The release that all of them say; `None` where none says one, or they disagree.
    pub fn agreed(&self) -> Option<&str> {
        let (_, first) = self.said.first()?;
        self.said.iter().all(|(_, other)| Version::parse(other) == Version::parse(first)).then_some(first)
    }
}

/// Reads `files`. One that is not there says nothing.
pub fn gather(root: &Root, files: &[String]) -> Releases {
    let mut found = Releases::default();
    for file in files {
        match root.read(file) {
            Probed::Known(text) => {
                found.said.extend(parse(&String::from_utf8_lossy(&text)).map(|release| (file.clone(), release)));
            }
            Probed::Absent => {}
            Probed::Unreadable(why) => found.not_looked_at.push(why),
        }
    }
    found
}

/// The first version behind the heading on a line of it: numbers with dots between them.
pub fn parse(text: &str) -> Option<String> {
    let behind = text.lines().filter_map(|line| line.split_once(HEADING)).map(|(_, behind)| behind);
    let mut words = behind.flat_map(|line| line.split(|c: char| c.is_whitespace() || ",;()".contains(c)));
    words.find(|word| is_version(word)).map(str::to_owned)
}

fn is_version(word: &str) -> bool {
    word.contains('.')
        && word.split('.').all(|part| matches!(part.len(), 1..=9) && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_behind_the_heading_is_taken_and_no_other() {
        assert_eq!(parse("\\S\nOracle Key Vault Server 21.6.0.0.0\n").as_deref(), Some("21.6.0.0.0"));
        assert_eq!(parse("Kernel 5.4.17\nOracle Key Vault (21.8)\n").as_deref(), Some("21.8"));
        assert_eq!(parse("Oracle Linux 8.9\nOracle Key Vault\n21.8\n"), None);
        assert_eq!(parse("Oracle Key Vault 21 x.y 1..2 .5"), None);
    }
}
