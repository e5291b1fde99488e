//! The screen of `check`: the answer, what stands against the upgrade, and what to do about each.

use std::fmt::Write;

use super::findings::{in_full, style, word};
use super::head::{Node, head, next_words};
use super::text::{Columns, Page, padded, wrap};
use crate::procedure::{Headline, Standing, Step, asks_for_another_node, by_urgency, remedy};
use crate::subjects::rule::{Finding, RuleId, Verdict};

/// Lines of a terminal, less that of the prompt.
const LINES: usize = 23;
/// Most findings of a rule that the screen shows.
const MOST: usize = 3;
/// Column where the text of an entry goes on, where the screen is too narrow to put it behind the ids.
const NARROW: usize = 8;
/// Most names that are listed: those of disks alone, which show little, would fill the screen.
const NAMED: usize = 16;
/// Width of the words that begin a line below the entries, and of the command that ends it.
const LABEL: usize = 22;
const COMMAND: usize = 28;

/// What `check` found, for people.
pub struct CheckScreen<'r> {
    pub node: Node<'r>,
    pub standing: &'r Standing,
    pub findings: &'r [Finding],
    pub steps: &'r [Step],
    pub shown: Shown<'r>,
}

/// How much of it is shown.
#[derive(Clone, Copy)]
pub enum Shown<'r> {
    /// What matters now.
    Screen,
    /// Every finding in full.
    All,
    /// Those of some rules in full.
    Only(&'r [RuleId]),
}

/// The screen, with colours that a terminal understands (the writer strips them elsewhere).
pub fn text(screen: &CheckScreen<'_>, columns: Columns) -> String {
    let mut out = Page::new(columns);
    head(&mut out, &screen.node, screen.standing);
    let next = next_words(&screen.node, screen.standing).filter(|_| !matches!(screen.shown, Shown::Only(_)));
    if let Some(next) = &next {
        out.push_str("Next: ");
        wrap(&mut out, next, "Next: ".len(), "Next: ".len());
    }
    out.push('\n');
    match screen.shown {
        Shown::Screen => {
            entries(&mut out, screen);
            summary(&mut out, screen);
        }
        Shown::All => in_full(&mut out, &screen.findings.iter().collect::<Vec<_>>(), screen.steps),
        Shown::Only(rules) => {
            let found: Vec<&Finding> = screen.findings.iter().filter(|finding| rules.contains(&finding.id)).collect();
            in_full(&mut out, &found, screen.steps);
        }
    }
    let mut text = out.into_text();
    // What has left the screen is repeated.
    if let Some(next) = next.filter(|_| text.lines().count() > LINES) {
        let mut out = Page::new(columns);
        if !matches!(screen.shown, Shown::Screen) {
            out.push('\n');
        }
        out.push_str(&padded("Next", LABEL));
        wrap(&mut out, &next, LABEL, LABEL);
        text.push_str(&out.into_text());
    }
    text
}

/// What blocks, could not be read, or is not as it should be.
fn entries(out: &mut Page, screen: &CheckScreen<'_>) {
    let is_entry = |f: &&Finding, verdict| f.verdict == verdict && f.waived.is_none() && !f.is_not_judged();
    let of = |verdict| by_urgency(screen.findings.iter().filter(|finding| is_entry(finding, verdict)));
    let all: Vec<&Finding> = [Verdict::Block, Verdict::Unknown, Verdict::Warn].into_iter().flat_map(of).collect();
    let Some(widest) = all.iter().map(|f| f.id.as_str().len()).max() else { return };
    let indent = if out.columns.count() < Columns::PIPE.count() { NARROW } else { NARROW + widest + 2 };
    let is_same = |one: &Finding, other: &Finding| one.id == other.id && one.verdict == other.verdict;
    let mut rest = all.as_slice();
    while let Some(first) = rest.first() {
        let (same, others) = rest.split_at(rest.iter().take_while(|finding| is_same(first, finding)).count());
        let shown = same.iter().take(MOST);
        for (finding, next) in shown.clone().zip(shown.skip(1).map(Some).chain([others.first()])) {
            entry(out, finding, indent);
            let todo = to_do(finding, screen.standing, screen.steps);
            // What is to be done about several findings in a row is shown once, below them.
            if !todo.is_empty() && next.is_none_or(|next| to_do(next, screen.standing, screen.steps) != todo) {
                out.blank(indent);
                wrap(out, &screen.node.to_do(&todo), indent, indent);
            }
        }
        if same.len() > MOST {
            let how = screen.node.shows(&format!("check --only {}", first.id));
            out.blank(indent);
            wrap(out, &format!("{} more: {how}", same.len() - MOST), indent, indent);
        }
        rest = others;
    }
    out.push('\n');
}

fn entry(out: &mut Page, finding: &Finding, indent: usize) {
    let style = style(finding.verdict);
    let word = word(finding.verdict).to_uppercase();
    let _ = write!(out, "{style}{word:<7}{style:#} ");
    let at = NARROW + finding.id.as_str().len() + 2;
    out.push_str(finding.id.as_str());
    out.blank(at.max(indent) - at + 2);
    let subject = if finding.subject == "node" { String::new() } else { format!("{}: ", finding.subject) };
    // Where the message has the figure by which it fails, what was measured only repeats it.
    let says_enough = finding.measured.is_empty() || finding.message.contains(|c: char| c.is_ascii_digit());
    let measured = if says_enough { String::new() } else { format!(" ({})", finding.measured) };
    wrap(out, &format!("{subject}{}{measured}", finding.message), at.max(indent), indent);
}

/// What is to be done about it. Nothing else is repaired on a node that must be replaced.
pub(super) fn to_do(finding: &Finding, standing: &Standing, steps: &[Step]) -> String {
    match standing.headline {
        Headline::MustBeReplaced if !asks_for_another_node(finding.id) => String::new(),
        _ => remedy(finding, steps),
    }
}

/// All that somebody has to look after, and one line each for what needs no words of its own.
fn summary(out: &mut Page, screen: &CheckScreen<'_>) {
    let is_of = |f: &&Finding, verdict| f.verdict == verdict && f.waived.is_none() && !f.is_not_judged();
    let of = |verdict| ids(screen.findings.iter().filter(|f| is_of(f, verdict)));
    let waived = ids(screen.findings.iter().filter(|f| f.waived.is_some()));
    let (all, confirm) = (screen.node.shows("check --all"), screen.node.shows("runbook confirm"));
    named(out, "Steps to confirm", &screen.standing.to_confirm, &confirm);
    counted(out, "Rules to confirm", &asked_elsewhere(screen), &all);
    named(out, "Rules not judged", &ids(screen.findings.iter().filter(|f| f.is_not_judged())), &all);
    counted(out, "Steps confirmed", &screen.standing.confirmed, &screen.node.shows("runbook"));
    counted(out, "Rules waived", &waived, &all);
    counted(out, "Rules noted", &of(Verdict::Note), &all);
    counted(out, "Rules passed", &of(Verdict::Pass), &all);
    counted(out, "Rules n/a", &of(Verdict::NotApplicable), &all);
}

/// Rules with a question to the operator whose step cannot be confirmed yet. The release of the node is one: its step
/// waits for all others.
fn asked_elsewhere(screen: &CheckScreen<'_>) -> Vec<&'static str> {
    let is_in_sight = |step: &&Step| step.state.is_closed() || screen.standing.to_confirm.contains(&step.id);
    let in_sight: Vec<RuleId> = screen.steps.iter().filter(is_in_sight).flat_map(|step| step.rules).copied().collect();
    let asks = |finding: &&Finding| finding.verdict == Verdict::Confirm && finding.waived.is_none();
    let of_node = screen.standing.headline != Headline::MustBeReplaced;
    ids(screen.findings.iter().filter(asks).filter(|finding| of_node && !in_sight.contains(&finding.id)))
}

fn ids<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<&'static str> {
    let mut ids: Vec<&str> = findings.map(|finding| finding.id.as_str()).collect();
    ids.dedup();
    ids
}

/// All names, and below them the command that shows more of them.
fn named(out: &mut Page, what: &str, names: &[&str], command: &str) {
    if names.is_empty() {
        return;
    }
    let shown = names.get(..NAMED).filter(|_| names.len() > NAMED).map(|some| format!("{}, ...", some.join(", ")));
    out.push_str(&padded(&format!("{what} ({})", names.len()), LABEL));
    wrap(out, &shown.unwrap_or_else(|| names.join(", ")), LABEL, LABEL);
    out.blank(LABEL);
    wrap(out, command, LABEL, LABEL);
}

/// `Rules passed (14)  boot-mode, disk-minimum, ...  okv-host check --all`.
fn counted(out: &mut Page, what: &str, names: &[&str], command: &str) {
    if names.is_empty() {
        return;
    }
    let room = out.columns.count().saturating_sub(LABEL + COMMAND);
    let mut shown = String::new();
    for (number, name) in names.iter().enumerate() {
        let comma = if number == 0 { "" } else { ", " };
        let rest = if number + 1 == names.len() { 0 } else { ", ...".len() };
        if shown.len() + comma.len() + name.len() + rest > room {
            shown.push_str(if number == 0 { "..." } else { ", ..." });
            break;
        }
        shown.push_str(comma);
        shown.push_str(name);
    }
    let label = format!("{what} ({})", names.len());
    let _ = writeln!(out, "{}{}  {command}", padded(&label, LABEL), padded(&shown, room));
}
