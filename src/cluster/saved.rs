//! Saved reports: what `check --format json` printed on a node.

use serde::{Deserialize, Deserializer};

use crate::subjects::rule::{Outcome, Verdict};

/// Name and version of the schema that is read.
pub const SCHEMA: &str = "okv-host.check.v1";

/// The headline of a node that waits for its restart, or was not heard of since. Its files name the new release
/// already.
pub(super) const UNDER_WAY: &str = "upgrade-under-way";

/// A report, as far as a cluster is judged by it, or two of them are compared. Fields that a later version added are
/// passed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Saved {
    pub schema: String,
    /// Release that the node was judged by.
    pub profile: String,
    pub host: String,
    /// The release that the node says it has.
    #[serde(default)]
    pub release: Option<String>,
    /// What identifies the machine.
    #[serde(default)]
    pub machine: Option<String>,
    /// How it was made; reports of 0.1.0 do not show it.
    #[serde(default, deserialize_with = "or_default")]
    pub made: SavedMade,
    pub verdict: Outcome,
    /// The word for the answer; reports of 0.1.0 have none.
    #[serde(default)]
    pub headline: Option<String>,
    pub findings: Vec<SavedFinding>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SavedMade {
    pub at: Option<String>,
    pub version: Option<String>,
    pub commit: Option<String>,
    pub machine: Option<String>,
    pub installation: Option<String>,
    pub profile_sha256: Option<String>,
}

/// `null` is what is not known, too.
fn or_default<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SavedMade, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SavedFinding {
    /// Its rule.
    pub id: String,
    pub verdict: Verdict,
    /// What was judged.
    #[serde(default)]
    pub subject: String,
    #[serde(default)]
    pub measured: String,
    /// What it means.
    pub message: String,
    /// What to do about it; empty where only the node itself knows.
    #[serde(default)]
    pub remedy: String,
    /// Why it does not count.
    #[serde(default)]
    pub waived: Option<serde_json::Value>,
}

/// Reads a report.
///
/// # Errors
/// Where `text` is none.
pub fn parse(text: &str) -> Result<Saved, String> {
    let saved: Saved = serde_json::from_str(text).map_err(|e| format!("no report of check --format json: {e}"))?;
    if saved.schema != SCHEMA {
        return Err(format!("its schema is {:?}, and not {SCHEMA}", saved.schema));
    }
    if saved.host.is_empty() || saved.findings.is_empty() {
        return Err("a report without a host or without findings".into());
    }
    Ok(saved)
}
