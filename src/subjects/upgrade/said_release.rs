//! The release that a node says it has, beside the one that it is to be upgraded to. Pure.

use crate::base::versions::Version;

/// The release that a node says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidRelease<'s> {
    Reached(&'s str),
    Older(&'s str),
    Newer(&'s str),
}

impl<'s> SaidRelease<'s> {
    /// `None` where it cannot be compared with `target`.
    pub fn beside(said: &'s str, target: &str) -> Option<Self> {
        let (release, target) = (Version::parse(said)?, Version::parse(target)?);
        Some(if release.is_of(&target) {
            Self::Reached(said)
        } else if release < target {
            Self::Older(said)
        } else {
            Self::Newer(said)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_reached_by_every_version_of_it() {
        for (said, expected) in [
            ("21.8.0.0.0", Some(SaidRelease::Reached("21.8.0.0.0"))),
            ("21.7.9", Some(SaidRelease::Older("21.7.9"))),
            ("21.10", Some(SaidRelease::Newer("21.10"))),
            ("unknown", None),
        ] {
            assert_eq!(SaidRelease::beside(said, "21.8"), expected, "{said}");
        }
    }
}
