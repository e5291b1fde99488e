//! What the findings of some rules mean together for a step.

use super::inputs::StepInputs;
use crate::subjects::rule::{Finding, RuleId, Verdict};

/// Most findings that are shown as evidence.
const SHOWN: usize = 3;

/// The findings that decide, worst first. What is waived decides nothing.
pub(super) enum Combined<'f> {
    Blocked(Vec<&'f Finding>),
    Unknown(Vec<&'f Finding>),
    /// Something is not as it should be.
    Amiss(Vec<&'f Finding>),
    /// They are the operator's to confirm.
    Asks(Vec<&'f Finding>),
    /// All is as it must be, but for what is waived.
    Waived(Vec<&'f Finding>),
    /// None of them applies to this node.
    Nothing(Vec<&'f Finding>),
    /// All is as it must be.
    Passed(Vec<&'f Finding>),
}

/// What the rules `ids` say together.
pub(super) fn combine<'f>(inputs: &StepInputs<'f>, ids: &[RuleId]) -> Combined<'f> {
    let all: Vec<&Finding> = inputs.findings.iter().filter(|finding| ids.contains(&finding.id)).collect();
    let of = |verdict: Verdict| {
        let counts = |finding: &&Finding| finding.verdict == verdict && finding.waived.is_none();
        all.iter().copied().filter(counts).collect::<Vec<_>>()
    };
    let unknown = of(Verdict::Unknown);
    let says_nothing = ids.iter().any(|id| !all.iter().any(|finding| finding.id == *id));
    let waived: Vec<&Finding> = all.iter().copied().filter(|finding| finding.waived.is_some()).collect();
    let (blocked, amiss, asks) = (of(Verdict::Block), of(Verdict::Warn), of(Verdict::Confirm));
    let applying: Vec<&Finding> =
        all.iter().copied().filter(|finding| finding.verdict != Verdict::NotApplicable).collect();
    if !blocked.is_empty() {
        Combined::Blocked(blocked)
    } else if !unknown.is_empty() || says_nothing {
        Combined::Unknown(unknown)
    } else if !amiss.is_empty() {
        Combined::Amiss(amiss)
    } else if !asks.is_empty() {
        Combined::Asks(asks)
    } else if !waived.is_empty() {
        Combined::Waived(waived)
    } else if applying.is_empty() {
        Combined::Nothing(all)
    } else {
        Combined::Passed(applying)
    }
}

/// The findings in words: subject, message and figures.
pub(super) fn words(findings: &[&Finding]) -> String {
    let mut words: Vec<String> = findings.iter().take(SHOWN).map(|finding| word(finding)).collect();
    if let Some(more) = findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        words.push(format!("and {more} more: okv-host check --all"));
    }
    if words.is_empty() { "no rule has a finding".to_owned() } else { words.join("; ") }
}

fn word(finding: &Finding) -> String {
    let subject = if finding.subject == "node" { String::new() } else { format!("{}: ", finding.subject) };
    let measured = if finding.measured.is_empty() { String::new() } else { format!(" ({})", finding.measured) };
    match &finding.waived {
        Some(waived) => {
            format!("{subject}{}{measured}, waived until {}: {}", finding.message, waived.until, waived.reason)
        }
        None => format!("{subject}{}{measured}", finding.message),
    }
}

/// What would lift the findings, each said once.
pub(super) fn remedies(findings: &[&Finding]) -> String {
    let mut remedies: Vec<&str> = Vec::new();
    for finding in findings.iter().take(SHOWN) {
        if !finding.remedy.is_empty() && !remedies.contains(&finding.remedy.as_str()) {
            remedies.push(&finding.remedy);
        }
    }
    remedies.join("; ")
}
