//! The reports of `compare`.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;

use super::effect::duration;
use super::findings::{INDENT, line, style, word};
use super::text::{Columns, Page, clean, wrap};
use crate::compare::{Change, Comparison, Pair, Side, State};
use crate::subjects::rule::{Outcome, Verdict};

/// The report on two reports, with colours that a terminal understands (the writer strips them elsewhere): the answer,
/// then what got worse, then the rest.
pub fn compare_text(found: &Comparison, columns: Columns) -> String {
    let mut out = Page::new(columns);
    wrap(&mut out, &head(found), 0, 2);
    if let Some(times) = times(found) {
        wrap(&mut out, &times, 0, 2);
    }
    for doubt in &found.doubts {
        let like = style(Verdict::Warn);
        let _ = write!(out, "{like}WARN{like:#}");
        out.blank(INDENT - 4);
        wrap(&mut out, doubt, INDENT, INDENT);
    }
    let (words, style, rest) = words(found);
    let _ = write!(out, "{style}{words}{style:#}");
    wrap(&mut out, &rest, words.len(), 2);
    for (what, like, pairs) in [
        ("WORSE", Verdict::Block, &found.worse),
        ("BETTER", Verdict::Pass, &found.improved),
        ("CHANGED", Verdict::Note, &found.changed),
        ("NEW", Verdict::Note, &found.new),
        ("GONE", Verdict::Note, &found.gone),
    ] {
        if !pairs.is_empty() {
            out.push('\n');
        }
        pairs.iter().for_each(|pair| entry(&mut out, what, like, pair));
    }
    out.into_text()
}

/// The answer with its counts, in one line of any length.
pub fn compare_line(found: &Comparison) -> String {
    let (words, style, rest) = words(found);
    format!("{style}{words}{style:#}{}\n", clean(&rest))
}

/// Writes it as JSON.
///
/// # Errors
/// What the writer says.
pub fn compare_json(out: &mut impl Write, found: &Comparison) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, found)?;
    out.write_all(b"\n")
}

/// The node, and what differs between the reports as a whole.
fn head(found: &Comparison) -> String {
    let (before, after) = (&found.before, &found.after);
    let of = |side: &Side| side.release.clone().unwrap_or_else(|| "unknown".to_owned());
    let mut parts = vec![found.host.clone(), format!("upgrade to {}", then(&before.profile, &after.profile))];
    if before.release.is_some() || after.release.is_some() {
        parts.push(format!("release {}", then(&of(before), &of(after))));
    }
    parts.push(then(of_node(before.verdict), of_node(after.verdict)));
    parts.join(", ")
}

/// When both were made, and the time between them.
fn times(found: &Comparison) -> Option<String> {
    let (before, after) = (found.before.at.as_deref()?, found.after.at.as_deref()?);
    let between = found.seconds_between?;
    let word = if between < 0 { "earlier" } else { "later" };
    Some(format!("{before} -> {after} ({} {word})", duration(between.unsigned_abs())))
}

/// A report does not have what remains to be confirmed.
fn of_node(verdict: Outcome) -> &'static str {
    if verdict == Outcome::Ready { "no blocker" } else { verdict.word() }
}

fn then(before: &str, after: &str) -> String {
    if before == after { before.to_owned() } else { format!("{before} -> {after}") }
}

/// The answer, how it is shown, and the counts.
fn words(found: &Comparison) -> (&'static str, Style, String) {
    let (words, like) = match found.outcome {
        Change::Worse => ("GOT WORSE", Verdict::Block),
        Change::Improved => ("IMPROVED", Verdict::Pass),
        Change::Same => ("NOTHING GOT WORSE", Verdict::Pass),
    };
    let all = [
        (found.worse.len(), "worse"),
        (found.improved.len(), "better"),
        (found.changed.len(), "changed"),
        (found.new.len(), "new"),
        (found.gone.len(), "gone"),
        (found.same, "the same"),
    ];
    let counts = all.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
    (words, style(like).bold(), format!(": {}", counts.collect::<Vec<_>>().join(", ")))
}

fn entry(out: &mut Page, what: &str, like: Verdict, pair: &Pair) {
    let style = style(like);
    let _ = write!(out, "{style}{what:<7}{style:#} ");
    let verdicts = match (&pair.before, &pair.after) {
        (Some(before), Some(after)) => then(&verdict(before), &verdict(after)),
        (None, Some(after)) if what == "NEW" => verdict(after),
        (None, Some(after)) => format!("new, {}", verdict(after)),
        (Some(before), None) => format!("was {}", verdict(before)),
        (None, None) => String::new(),
    };
    wrap(out, &format!("{}: {}: {verdicts}", pair.id, pair.subject), INDENT, INDENT);
    match (&pair.before, &pair.after) {
        (Some(before), Some(after)) => both(out, before, after),
        (Some(only), None) | (None, Some(only)) => {
            out.blank(INDENT);
            wrap(out, &only.message, INDENT, INDENT);
        }
        (None, None) => {}
    }
}

/// What it meant before and means now, and the figures where these differ.
fn both(out: &mut Page, before: &State, after: &State) {
    if before.message != after.message {
        line(out, "before", &before.message);
        line(out, "after", &after.message);
    } else {
        out.blank(INDENT);
        wrap(out, &after.message, INDENT, INDENT);
    }
    if before.measured != after.measured && (before.message == after.message || before.verdict == after.verdict) {
        line(out, "measured", &or_nothing(&before.measured));
        line(out, "now", &or_nothing(&after.measured));
    }
}

fn or_nothing(measured: &str) -> String {
    if measured.is_empty() { "nothing".to_owned() } else { measured.to_owned() }
}

fn verdict(state: &State) -> String {
    let word = word(state.verdict);
    if state.waived { format!("{word}, waived") } else { word.to_owned() }
}
