//! A node of a cluster: what its report and the cluster say of it, put together.

use schemars::JsonSchema;
use serde::Serialize;

use super::info::{Mode, NodeInfo};
use super::saved::{Saved, SavedFinding, UNDER_WAY};
use crate::base::versions::Version;
use crate::subjects::rule::{Outcome, Verdict};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Node {
    /// Its name in the cluster; that of its host where the cluster was not asked.
    pub name: String,
    /// Name of its host, where there is a report.
    pub host: Option<String>,
    /// Whether it is written to.
    pub mode: Option<Mode>,
    /// The node that it is paired with.
    pub pair: Option<String>,
    /// Its status, as the cluster reports it.
    pub status: Option<String>,
    pub version: Option<String>,
    pub verdict: Option<Outcome>,
    /// The rules that block it.
    pub blocked_by: Vec<String>,
    /// The rules that could not be judged on it.
    pub unknown_by: Vec<String>,
    /// The rules of which somebody accepted what they found.
    pub waived: Vec<String>,
    /// Whether its upgrade has begun and not ended.
    #[serde(skip)]
    pub is_under_way: bool,
    /// Whether its report is too old, or of unknown age.
    #[serde(skip)]
    pub has_old_report: bool,
    /// What the rules that block it found, in words.
    #[serde(skip)]
    pub blockers: Vec<SavedFinding>,
}

impl Node {
    /// A node of which one or the other is known.
    pub(super) fn new(report: Option<&Saved>, info: Option<&NodeInfo>) -> Self {
        let host = report.map(|report| report.host.clone());
        // The node itself knows its version better than what was saved of the cluster, perhaps earlier.
        let said = report.and_then(|report| report.release.clone());
        let blockers = report.map(|report| found(report, Verdict::Block)).unwrap_or_default();
        let unknown = report.map(|report| found(report, Verdict::Unknown)).unwrap_or_default();
        Self {
            name: info.map(|info| info.name.clone()).or_else(|| host.clone()).unwrap_or_default(),
            host,
            mode: info.and_then(|info| info.mode),
            pair: None,
            status: info.and_then(|info| info.status.clone()),
            version: said.or_else(|| info.and_then(|info| info.version.clone())),
            verdict: report.map(|report| worst(report.verdict, &blockers, &unknown)),
            waived: report.map(waived).unwrap_or_default(),
            blocked_by: ids(&blockers),
            unknown_by: ids(&unknown),
            is_under_way: report.is_some_and(|report| report.headline.as_deref() == Some(UNDER_WAY)),
            has_old_report: false,
            blockers,
        }
    }

    /// Whether it has that name, or its host has.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.host.as_deref() == Some(name)
    }

    /// Its version, where it can be compared.
    pub(super) fn parsed_version(&self) -> Option<Version> {
        self.version.as_deref().and_then(Version::parse)
    }

    /// Whether it is, or is becoming, disabled.
    pub(super) fn is_disabled(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.to_ascii_lowercase().contains("disabl"))
    }
}

/// What the findings come to, where a report was changed by hand and shows better.
fn worst(verdict: Outcome, blockers: &[SavedFinding], unknown: &[SavedFinding]) -> Outcome {
    match verdict {
        _ if !blockers.is_empty() => Outcome::Blocked,
        Outcome::Ready if !unknown.is_empty() => Outcome::Unknown,
        verdict => verdict,
    }
}

fn waived(report: &Saved) -> Vec<String> {
    let waived: Vec<SavedFinding> = report.findings.iter().filter(|f| f.waived.is_some()).cloned().collect();
    ids(&waived)
}

fn found(report: &Saved, verdict: Verdict) -> Vec<SavedFinding> {
    report.findings.iter().filter(|f| f.verdict == verdict && f.waived.is_none()).cloned().collect()
}

fn ids(findings: &[SavedFinding]) -> Vec<String> {
    let mut ids: Vec<String> = findings.iter().map(|finding| finding.id.clone()).collect();
    ids.dedup();
    ids
}
