//! The text of `check`: every finding with its figures, then the verdict.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::json::CheckReport;
use super::text::wrap;
use crate::subjects::rule::{Outcome, Verdict};

/// Column where the words of a finding begin.
pub(super) const INDENT: usize = 8;
/// Column where the value of a named line begins.
const VALUE: usize = INDENT + 10;

/// The report on a node, with colours that a terminal understands (the writer strips them elsewhere).
pub fn text(report: &CheckReport<'_>) -> String {
    let mut out = String::new();
    wrap(&mut out, &format!("{}, against release {}", report.host, report.profile), 0, 4);
    out.push('\n');
    for finding in report.findings {
        let style = style(finding.verdict);
        let word = if finding.verdict == Verdict::NotApplicable { "n/a" } else { finding.verdict.word() };
        let _ = write!(out, "{style}{word:<7}{style:#} ");
        wrap(&mut out, &format!("{}: {}", finding.id, finding.subject), INDENT, INDENT);
        out.extend(std::iter::repeat_n(' ', INDENT));
        wrap(&mut out, &finding.message, INDENT, INDENT);
        if let Some(waived) = &finding.waived {
            line(&mut out, "waived", &format!("until {}: {}", waived.until, waived.reason));
        }
        line(&mut out, "measured", &finding.measured);
        if !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable) {
            line(&mut out, "required", &finding.required);
            line(&mut out, "remedy", &finding.remedy);
            line(&mut out, "source", &finding.source);
        }
    }
    let (word, style) = verdict(report.verdict);
    let _ = write!(out, "\nverdict: {style}{word}{style:#} ");
    let at = "verdict: ".len().saturating_add(word.len()).saturating_add(1);
    wrap(&mut out, &format!("({})", count(report)), at, "verdict: ".len());
    out
}

/// The word for a verdict, and its colour.
pub(super) fn verdict(outcome: Outcome) -> (&'static str, Style) {
    let like = match outcome {
        Outcome::Ready => Verdict::Pass,
        Outcome::Blocked => Verdict::Block,
        Outcome::Unknown => Verdict::Unknown,
    };
    (outcome.word(), style(like))
}

/// A named line of a finding or of a rule; none where it has no value.
pub(super) fn line(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        let _ = write!(out, "{:INDENT$}{name:<10}", "");
        wrap(out, value, VALUE, VALUE);
    }
}

fn count(report: &CheckReport<'_>) -> String {
    let all = [
        Verdict::Block,
        Verdict::Unknown,
        Verdict::Warn,
        Verdict::Confirm,
        Verdict::Note,
        Verdict::Pass,
        Verdict::NotApplicable,
    ];
    let counts = all.iter().filter_map(|verdict| {
        let n = report.findings.iter().filter(|f| f.verdict == *verdict).count();
        (n > 0).then(|| format!("{n} {}", verdict.word()))
    });
    let waived = report.findings.iter().filter(|f| f.waived.is_some()).count();
    let waived = (waived > 0).then(|| format!("{waived} of these waived"));
    counts.chain(waived).collect::<Vec<_>>().join(", ")
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
