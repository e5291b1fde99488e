//! What findings mean together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, Verdict};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Nothing blocks, and everything that applies could be determined, but for what the operator confirms.
    Ready,
    Blocked,
    /// Nothing blocks, but something could not be determined.
    Unknown,
}

impl Outcome {
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }
}

/// The verdict on the node. What is waived does not count.
pub fn outcome(findings: &[Finding]) -> Outcome {
    let has = |verdict| findings.iter().any(|f| f.verdict == verdict && f.waived.is_none());
    if has(Verdict::Block) {
        Outcome::Blocked
    } else if findings.is_empty() || has(Verdict::Unknown) {
        Outcome::Unknown
    } else {
        Outcome::Ready
    }
}
