//! Whether the node can be upgraded, in a few words.

use super::progress::{Progress, failed_run, of};
use super::urgency::must_be_replaced;
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::rule::{Finding, Outcome, outcome};

/// The answer, with what shows it where the figures do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Headline {
    MustBeReplaced,
    Blocked,
    Unknown,
    /// Nothing blocks and nothing is unknown; something remains to be confirmed.
    NoBlocker,
    Ready,
    Failed(String),
    UnderWay(String),
    Upgraded(String),
}

impl Headline {
    /// The word for it in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::MustBeReplaced => "must-be-replaced",
            Self::Blocked => "cannot-be-upgraded",
            Self::Unknown => "unknown",
            Self::NoBlocker => "no-blocker-found",
            Self::Ready => "ready",
            Self::Failed(_) => "upgrade-failed",
            Self::UnderWay(_) => "upgrade-under-way",
            Self::Upgraded(_) => "upgraded",
        }
    }
}

pub(super) fn headline(facts: &Facts, findings: &[Finding], to_confirm: usize, profile: &Profile) -> Headline {
    match of(facts, profile) {
        Progress::Upgraded(why) => return Headline::Upgraded(why),
        Progress::Begun(why) => return Headline::UnderWay(why),
        Progress::NotBegun(_) | Progress::Unknown(_) => {}
    }
    if let Some(why) = failed_run(facts, profile) {
        return Headline::Failed(why);
    }
    match outcome(findings) {
        Outcome::Blocked if must_be_replaced(findings) => Headline::MustBeReplaced,
        Outcome::Blocked => Headline::Blocked,
        Outcome::Unknown => Headline::Unknown,
        Outcome::Ready if to_confirm > 0 => Headline::NoBlocker,
        Outcome::Ready => Headline::Ready,
    }
}
