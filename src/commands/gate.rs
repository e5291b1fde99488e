//! What the rules say, as reasons not to begin.

use crate::plan::Reason;
use crate::rules::{Finding, Verdict};

/// A reason for each finding that blocks and is not waived, but for those of the rules `but`.
pub(super) fn blocks(findings: &[Finding], but: &[&str]) -> Vec<Reason> {
    let blocks = findings.iter().filter(|finding| finding.verdict == Verdict::Block && finding.waived.is_none());
    blocks.filter(|finding| !but.contains(&finding.id)).map(reason).collect()
}

/// The finding as a reason.
pub(super) fn reason(finding: &Finding) -> Reason {
    let measured = if finding.measured.is_empty() { String::new() } else { format!(" ({})", finding.measured) };
    Reason {
        id: finding.id,
        message: format!("{}: {}{measured}", finding.subject, finding.message),
        remedy: finding.remedy.clone(),
    }
}
