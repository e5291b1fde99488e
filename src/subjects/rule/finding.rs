//! What a rule finds.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};

use super::figures::Figures;
use super::remedy::Remedy;

/// The fixed word of a rule, or of what judges beside the rules: the waivers.
///
/// Only rules and waivers make one, so a word that names no rule does not compile.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    pub(crate) const fn new(word: &'static str) -> Self {
        Self(word)
    }

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

impl JsonSchema for RuleId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RuleId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
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

/// What a rule finds of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it must be.
    Pass,
    /// As it must be, with something worth knowing.
    Note,
    /// Cannot be seen on a node by anyone: the operator has to confirm it.
    Confirm,
    /// Not as it should be; the upgrade can go on.
    Warn,
    /// The node must not be upgraded like this.
    Block,
    Unknown,
    NotApplicable,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Confirm => "confirm",
            Self::Warn => "warn",
            Self::Block => "block",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// What a rule found of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule's fixed word, or that of the waivers.
    pub id: RuleId,
    pub verdict: Verdict,
    /// What was judged: a disk, a volume, the node.
    pub subject: String,
    /// What was measured, with exact figures.
    pub measured: String,
    /// By what it was judged, where that is a number.
    #[serde(skip_serializing_if = "Figures::is_empty")]
    pub figures: Figures,
    pub required: String,
    /// What it means, in one sentence.
    pub message: String,
    /// How to fix it; empty where nothing need be done.
    pub remedy: String,
    /// The commands that the remedy names, in its order; what else it asks for is in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Vec<String>>,
    /// Where the requirement comes from.
    pub source: String,
    /// Why it does not count; nothing where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
}

/// How the message of a finding begins of which nobody looked, because a saved host or disks alone do not show it.
const NOT_JUDGED: &str = "not judged: ";
/// Why a rule that needs a running host does not judge disks alone.
pub(super) const NEEDS_RUNNING: &str =
    "not judged: only a running host shows this, not the disks of a powered-off node";

impl Finding {
    /// Whether nobody looked, because disks alone or a saved host do not show it. That is no fault of the node.
    pub fn is_not_judged(&self) -> bool {
        matches!(self.verdict, Verdict::Unknown | Verdict::Note) && self.message.starts_with(NOT_JUDGED)
    }

    /// The same with what was measured.
    pub(crate) fn measured(mut self, measured: impl Into<String>) -> Self {
        self.measured = measured.into();
        self
    }

    /// The same with what would lift it.
    pub(crate) fn remedy(mut self, remedy: impl Into<Remedy>) -> Self {
        (self.remedy, self.commands) = remedy.into().into_parts();
        self
    }

    /// The same with the figures by which it was judged.
    pub(crate) fn figures(mut self, figures: Figures) -> Self {
        self.figures = figures;
        self
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Waived {
    pub reason: String,
    pub until: String,
}
