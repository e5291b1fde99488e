//! What rules share that go by signs: files and processes that a profile names. That no sign was seen proves nothing.

use crate::subjects::preflight::facts::signs::Seen;
use crate::subjects::rule::{Finding, RuleInputs, Verdict};

/// What to say of signs.
pub(super) struct Words {
    pub(super) subject: &'static str,
    /// Where a process was seen.
    pub(super) process: (Verdict, &'static str),
    /// Where a path was seen.
    pub(super) path: (Verdict, &'static str),
    /// What the operator confirms where nothing was seen.
    pub(super) nothing: &'static str,
    pub(super) remedy: String,
}

pub(super) fn judge(inputs: &RuleInputs<'_>, seen: &Seen, words: &Words) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (what, (verdict, message)) in [(&seen.processes, words.process), (&seen.paths, words.path)] {
        if !what.is_empty() {
            let finding = inputs.finding(verdict, words.subject, message);
            findings.push(finding.measured(what.join(", ")).remedy(words.remedy.clone()));
        }
    }
    if !seen.not_looked_at.is_empty() {
        let message = format!("a sign could not be looked for: {}", seen.not_looked_at.join("; "));
        findings.push(inputs.finding(Verdict::Unknown, words.subject, message).remedy("Run as root."));
    }
    if findings.is_empty() {
        let measured = match seen.asked {
            0 => "the release profile names no sign to look for".to_owned(),
            1 => "the one sign that the release profile names is not there".to_owned(),
            asked => format!("none of the {asked} signs that the release profile names is there"),
        };
        let finding = inputs.finding(Verdict::Confirm, words.subject, words.nothing);
        findings.push(finding.measured(measured).remedy(words.remedy.clone()));
    }
    findings
}
