//! Versions of a release: numbers with dots between them.

use std::cmp::Ordering;
use std::fmt;

/// Most numbers of a version.
const MOST: usize = 16;

/// A version such as `21.8.0.0.0`. Numbers that are not given count as zero: `21.8` is the same version.
#[derive(Debug, Clone)]
pub struct Version(Vec<u32>);

impl Version {
    /// A version from its text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?;
        let numbers: Vec<u32> = text.split('.').take(MOST.saturating_add(1)).map(number).collect::<Option<_>>()?;
        (numbers.len() <= MOST).then_some(Self(numbers))
    }

    /// Whether it is one of the versions that `series` begins: 21.8.0.0.0 is one of 21.8, and of 21.
    pub fn is_of(&self, series: &Self) -> bool {
        series.0.iter().enumerate().all(|(at, number)| self.at(at) == *number)
    }

    /// Its first two numbers: 21.8 of 21.8.0.0.0.
    pub fn series(&self) -> Self {
        Self(self.0.iter().take(2).copied().collect())
    }

    fn at(&self, at: usize) -> u32 {
        self.0.get(at).copied().unwrap_or_default()
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        (0..self.0.len().max(other.0.len()))
            .map(|at| self.at(at).cmp(&other.at(at)))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn versions_are_ordered_by_numbers_and_not_by_letters() {
        assert!(version("21.10") > version("21.9.0.0.0"));
        assert!(version("21.8.0.0.1") > version("21.8"));
        assert_eq!(version("21.8"), version("21.8.0.0.0"));
        assert!(version("21.8.0.0.0").is_of(&version("21.8")) && version("21.8").is_of(&version("21")));
        assert!(!version("21.80").is_of(&version("21.8")) && version("21").is_of(&version("21.0")));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for bad in ["", ".", "21.", "21.x", "-1", "+1", "21 ", "99999999999", &"1.".repeat(40)] {
            assert!(Version::parse(bad).is_none(), "{bad}");
        }
    }
}
