//! The record of a rule: everything that is known of it, in one place.
//!
//! `check --list`, `check --explain`, `docs/rules.md`, the rules in the runbook and what may be waived come from it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{Case, Finding};
use crate::profile::Profile;

/// The fixed word of a rule, or of what judges beside the rules: the waivers.
///
/// Only this module and the rules make one, so a word that names no rule does not compile.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    pub(super) const fn new(word: &'static str) -> Self {
        Self(word)
    }

    /// The word itself.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl PartialEq<str> for RuleId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for RuleId {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// Whether an operator may accept what a rule finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waivable {
    /// He may, for a reason and until a day.
    Yes,
    /// Never, and why: it could cost data, or a node that does not start again.
    Never(&'static str),
}

/// A rule.
pub struct Rule {
    /// Its fixed word.
    pub id: RuleId,
    /// What it judges, in one line.
    pub title: &'static str,
    /// Why that matters to the operator, in one or two sentences.
    pub why: &'static str,
    /// Its threshold under a profile.
    pub required: fn(&Profile) -> String,
    /// Where that stands.
    pub source: fn(&Profile) -> String,
    /// What it reads.
    pub inputs: &'static [&'static str],
    /// Whether its findings can be waived.
    pub waivable: Waivable,
    /// The items of the procedure that it judges: `7.6-14`.
    pub procedure: &'static [&'static str],
    pub(super) judge: fn(&Case<'_>) -> Vec<Finding>,
}
