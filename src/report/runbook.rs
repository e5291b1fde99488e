//! The reports of `runbook` and `confirm`.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;
use schemars::JsonSchema;
use serde::Serialize;

use super::findings::style;
use super::head::{Node, head};
use super::made::{self, Made};
use super::markdown::{code, escaped};
use super::text::{Columns, Page, clean, wrap};
use crate::procedure::{Confirmed, SECTIONS, Scope, Standing, State, Step, When};
use crate::subjects::rule::{RuleId, Verdict};

/// Column where the words of a step begin.
const INDENT: usize = 11;
/// Column where the value of a named line begins.
const VALUE: usize = INDENT + 7;
/// What begins the line of what to do next.
const NEXT: &str = "Next: ";

#[derive(Debug)]
pub struct RunbookReport<'r> {
    pub node: Node<'r>,
    pub standing: &'r Standing,
    pub steps: &'r [Step],
    /// The steps that are shown; all where it is empty.
    pub only: &'r [Only],
}

/// Which steps are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// Those with this word for how they stand.
    Word(&'static str),
    /// The one with this id.
    Step(&'static str),
    /// Those of this section.
    Section(&'static str),
}

impl RunbookReport<'_> {
    pub const SCHEMA: &'static str = "okv-host.runbook.v1";
    /// That of what `confirm` prints.
    pub const CONFIRM_SCHEMA: &'static str = "okv-host.confirm.v1";

    /// The steps of a section.
    fn of(&self, section: &str) -> impl Iterator<Item = &Step> {
        let is_shown = |step: &&Step| self.only.is_empty() || self.only.iter().any(|only| only.is(step));
        self.steps.iter().filter(move |step| step.section == section).filter(is_shown)
    }

    fn count(&self) -> String {
        let counts = Step::words().filter_map(|word| {
            let n = self.steps.iter().filter(|step| step.word() == word).count();
            (n > 0).then(|| format!("{n} {word}"))
        });
        counts.collect::<Vec<_>>().join(", ")
    }

    fn next(&self) -> String {
        let Some(next) = &self.standing.next else { return "nothing: every step is done or not needed".to_owned() };
        match next.step.and_then(|id| self.steps.iter().find(|step| step.id == id)) {
            Some(step) => format!("{} ({}): {}", step.id, step.source, self.node.to_do(&next.what)),
            None => {
                let rule = next.rule.map_or_else(String::new, |rule| format!("{rule}: "));
                format!("{rule}{}", self.node.to_do(&next.what))
            }
        }
    }
}

impl Only {
    fn is(self, step: &Step) -> bool {
        match self {
            Self::Word(word) => step.word() == word,
            Self::Step(id) => step.id == id,
            Self::Section(section) => step.section == section,
        }
    }
}

/// The report for people, with colours that a terminal understands (the writer strips them elsewhere).
pub fn runbook_text(report: &RunbookReport<'_>, columns: Columns) -> String {
    let mut out = Page::new(columns);
    head(&mut out, &report.node, report.standing);
    next(&mut out, report);
    for (section, about) in SECTIONS.iter().filter(|(section, _)| report.of(section).next().is_some()) {
        let _ = writeln!(out, "\n{section} {about}");
        report.of(section).for_each(|step| text_of(&mut out, step));
    }
    let all = format!("\n{} steps: ", report.steps.len());
    out.push_str(&all);
    wrap(&mut out, &report.count(), all.len(), 4);
    next(&mut out, report);
    out.into_text()
}

fn next(out: &mut Page, report: &RunbookReport<'_>) {
    out.push_str(NEXT);
    wrap(out, &report.next(), NEXT.len(), NEXT.len());
}

fn text_of(out: &mut Page, step: &Step) {
    let style = colour(step);
    let _ = write!(out, "{style}{:<10}{style:#} ", step.word());
    wrap(out, &format!("{} ({}): {}", step.id, step.source, step.title), INDENT, INDENT);
    out.blank(INDENT);
    wrap(out, &step.evidence, INDENT, INDENT);
    line(out, "to do", &step.how);
    line(out, "run", step.command.as_deref().unwrap_or_default());
}

fn line(out: &mut Page, name: &str, value: &str) {
    if !value.is_empty() {
        let _ = write!(out, "{:INDENT$}{name:<7}", "");
        wrap(out, value, VALUE, VALUE);
    }
}

fn colour(step: &Step) -> Style {
    style(like(step))
}

/// The verdict whose colour a step has.
pub(super) fn like(step: &Step) -> Verdict {
    match step.state {
        State::Blocked if !step.waits_for.is_empty() => Verdict::NotApplicable,
        State::Done => Verdict::Pass,
        State::Ready => Verdict::Warn,
        State::Blocked => Verdict::Block,
        State::Confirm => Verdict::Confirm,
        State::Unknown => Verdict::Unknown,
        State::NotNeeded => Verdict::NotApplicable,
    }
}

/// The report as a checklist in Markdown (CommonMark, with the check boxes of tickets).
pub fn runbook_markdown(report: &RunbookReport<'_>) -> String {
    let mut out = format!("# {}: upgrade to {}\n", escaped(report.node.host), escaped(report.node.release));
    for line in report.node.defaults {
        let _ = writeln!(out, "\n{}", escaped(line));
    }
    for (section, about) in SECTIONS.iter().filter(|(section, _)| report.of(section).next().is_some()) {
        let _ = writeln!(out, "\n## {section} {about}\n");
        report.of(section).for_each(|step| item(&mut out, step));
    }
    let _ = writeln!(out, "\n{} steps: {}", report.steps.len(), report.count());
    let _ = writeln!(out, "\nNext: {}", escaped(&report.next()));
    out
}

fn item(out: &mut String, step: &Step) {
    let mark = if step.state.is_closed() { 'x' } else { ' ' };
    let Step { source, id, title, .. } = step;
    let _ = write!(out, "- [{mark}] {source} **{id}** {}: *{}*", escaped(title), step.word());
    let _ = write!(out, ", {}", escaped(&step.evidence));
    if !step.how.is_empty() {
        let _ = write!(out, "; to do: {}", escaped(&step.how));
    }
    if let Some(command) = &step.command {
        let _ = write!(out, "; run {}", code(command));
    }
    out.push('\n');
}

#[derive(Serialize, JsonSchema)]
struct Row<'r> {
    order: usize,
    id: &'r str,
    source: &'r str,
    section: &'r str,
    title: &'r str,
    scope: Scope,
    when: When,
    rules: &'r [RuleId],
    state: State,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    waits_for: &'r [&'static str],
    evidence: &'r str,
    how: &'r str,
    command: Option<&'r str>,
    confirmed: Option<&'r Confirmed>,
}

impl<'r> Row<'r> {
    fn new(step: &'r Step) -> Self {
        Self {
            order: step.order,
            id: step.id,
            source: &step.source,
            section: step.section,
            title: step.title,
            scope: step.scope,
            when: step.when,
            rules: step.rules,
            state: step.state,
            waits_for: &step.waits_for,
            evidence: &step.evidence,
            how: &step.how,
            command: step.command.as_deref(),
            confirmed: step.confirmed.as_ref(),
        }
    }
}

/// The report in JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer<'r> {
    host: &'r str,
    profile: &'r str,
    headline: &'static str,
    steps: Vec<Row<'r>>,
    next: Option<&'r str>,
}

/// Writes the report as JSON.
///
/// # Errors
/// What the writer says.
pub fn runbook_json(out: &mut impl Write, report: &RunbookReport<'_>, made: &Made) -> io::Result<()> {
    let steps = report.steps.iter().map(Row::new).collect();
    let next = report.standing.next.as_ref().and_then(|next| next.step);
    let Node { host, release: profile, .. } = report.node;
    let headline = report.standing.headline.word();
    made::write(out, RunbookReport::SCHEMA, made, &Answer { host, profile, headline, steps, next })
}

/// What `confirm` says for people: the step as it stands now, and why nothing was recorded where it was not.
pub fn confirm_text(host: &str, step: &Step, refused: Option<&str>, columns: Columns) -> String {
    let mut out = Page::new(columns);
    match refused {
        Some(why) => wrap(&mut out, &format!("not recorded: {why}"), 0, 4),
        None => {
            wrap(
                &mut out,
                &format!("recorded on {}: {} is {}: {}", clean(host), step.id, step.word(), step.evidence),
                0,
                4,
            );
        }
    }
    out.into_text()
}

/// What `confirm` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct Recorded<'r> {
    recorded: bool,
    message: Option<&'r str>,
    step: Row<'r>,
}

/// The same as JSON.
///
/// # Errors
/// What the writer says.
pub fn confirm_json(out: &mut impl Write, step: &Step, refused: Option<&str>, made: &Made) -> io::Result<()> {
    let report = Recorded { recorded: refused.is_none(), message: refused, step: Row::new(step) };
    made::write(out, RunbookReport::CONFIRM_SCHEMA, made, &report)
}
