//! Findings in full, the worst first: what `check --all` and `check --only` show.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::text::{Page, wrap};
use crate::procedure::{Step, by_urgency, remedy};
use crate::subjects::rule::{Finding, Outcome, Verdict};

/// Column where the words of a finding begin.
pub(super) const INDENT: usize = 8;
/// Column where the value of a named line begins.
const VALUE: usize = INDENT + 10;

/// Verdicts in the order in which a reader needs them.
pub(super) const BY_SEVERITY: [Verdict; 7] = [
    Verdict::Block,
    Verdict::Unknown,
    Verdict::Warn,
    Verdict::Confirm,
    Verdict::Note,
    Verdict::Pass,
    Verdict::NotApplicable,
];

/// Every one of `findings` with its figures, and with what is to be done by the `steps` of the procedure.
pub(super) fn in_full(out: &mut Page, findings: &[&Finding], steps: &[Step]) {
    for verdict in BY_SEVERITY {
        let of_verdict = findings.iter().copied().filter(|finding| finding.verdict == verdict);
        let sorted = if is_amiss(verdict) { by_urgency(of_verdict) } else { of_verdict.collect() };
        sorted.into_iter().for_each(|finding| one(out, finding, steps));
    }
}

/// Whether something is to be done about it.
pub(super) fn is_amiss(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Block | Verdict::Unknown | Verdict::Warn)
}

fn one(out: &mut Page, finding: &Finding, steps: &[Step]) {
    let style = style(finding.verdict);
    let _ = write!(out, "{style}{:<7}{style:#} ", word(finding.verdict));
    wrap(out, &format!("{}: {}", finding.id, finding.subject), INDENT, INDENT);
    out.blank(INDENT);
    wrap(out, &finding.message, INDENT, INDENT);
    if let Some(waived) = &finding.waived {
        line(out, "waived", &format!("until {}: {}", waived.until, waived.reason));
    }
    line(out, "measured", &finding.measured);
    if !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable) {
        line(out, "required", &finding.required);
        let todo = if is_amiss(finding.verdict) { remedy(finding, steps) } else { finding.remedy.clone() };
        line(out, "remedy", &todo);
        line(out, "source", &finding.source);
    }
}

/// The word for a verdict on every screen.
pub(super) fn word(verdict: Verdict) -> &'static str {
    if verdict == Verdict::NotApplicable { "n/a" } else { verdict.word() }
}

/// The word for the verdict on a node, and its colour.
pub(super) fn verdict(outcome: Outcome) -> (&'static str, Style) {
    let like = match outcome {
        Outcome::Ready => Verdict::Pass,
        Outcome::Blocked => Verdict::Block,
        Outcome::Unknown => Verdict::Unknown,
    };
    (outcome.word(), style(like))
}

/// A named line of a finding or of a rule; none where it has no value.
pub(super) fn line(out: &mut Page, name: &str, value: &str) {
    if !value.is_empty() {
        let _ = write!(out, "{:INDENT$}{name:<10}", "");
        wrap(out, value, VALUE, VALUE);
    }
}

pub(super) fn style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Note => AnsiColor::Cyan,
        Verdict::Confirm => AnsiColor::Blue,
        Verdict::Warn => AnsiColor::Yellow,
        Verdict::Block => AnsiColor::Red,
        Verdict::Unknown => AnsiColor::Magenta,
        Verdict::NotApplicable => AnsiColor::BrightBlack,
    };
    Style::new().fg_color(Some(colour.into()))
}
