//! The rules for people, from their records: the list, and what one of them is about.

use std::fmt::Write;

use super::findings::{INDENT, line};
use super::text::{Columns, Page, wrap};
use crate::procedure::{Row, rows_of_section};
use crate::profile::Profile;
use crate::subjects::rule::{Rule, Waivable};
use crate::subjects::table::{RULES, named};

/// What `check --explain` explains.
#[derive(Clone, Copy)]
pub enum Explained {
    Rule(&'static Rule),
    /// A step of the procedure, with the rules that judge it.
    Step(&'static Row),
    /// A section of it, with its steps.
    Section(&'static str),
}

impl std::fmt::Debug for Explained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rule(rule) => write!(f, "rule {}", rule.id),
            Self::Step(row) => write!(f, "step {}", row.id),
            Self::Section(section) => write!(f, "section {section}"),
        }
    }
}

impl Explained {
    pub fn rules(&self) -> Vec<&'static Rule> {
        match self {
            Self::Rule(rule) => vec![*rule],
            Self::Step(row) => row.rules().iter().filter_map(|id| named(id.as_str())).collect(),
            Self::Section(section) => {
                let is_of_it = |rule: &&Rule| rows_of_section(section).any(|row| row.rules().contains(&rule.id));
                RULES.iter().filter(is_of_it).collect()
            }
        }
    }
}

/// Every rule with its threshold and its source.
pub fn list_text(profile: &Profile, columns: Columns) -> String {
    let mut out = Page::new(columns);
    let _ = writeln!(out, "Rules of release {}", profile.release);
    for rule in RULES {
        heading(&mut out, rule);
        line(&mut out, "required", &(rule.required)(profile));
        line(&mut out, "source", &(rule.source)(profile));
        line(&mut out, "procedure", &rule.procedure.join(", "));
        if rule.waivable != Waivable::Yes {
            line(&mut out, "waivable", "never");
        }
    }
    out.push_str("\nokv-host check --explain RULE explains one of them.\n");
    out.into_text()
}

/// All that the records have on a rule, or on a step or a section and the rules that judge it.
pub fn explained_text(what: &Explained, profile: &Profile, columns: Columns) -> String {
    let mut out = Page::new(columns);
    let _ = writeln!(out, "Release {}", profile.release);
    match what {
        Explained::Rule(_) => {}
        Explained::Step(row) => step(&mut out, row),
        Explained::Section(section) => rows_of_section(section).for_each(|row| step(&mut out, row)),
    }
    what.rules().iter().for_each(|rule| record(&mut out, rule, profile));
    out.into_text()
}

fn heading(out: &mut Page, rule: &Rule) {
    let _ = writeln!(out, "\n{}", rule.id);
    out.blank(INDENT);
    wrap(out, rule.title, INDENT, INDENT);
}

fn record(out: &mut Page, rule: &Rule, profile: &Profile) {
    heading(out, rule);
    line(out, "why", rule.why);
    line(out, "required", &(rule.required)(profile));
    line(out, "source", &(rule.source)(profile));
    line(out, "to fix", rule.fix);
    line(out, "reads", &rule.inputs.join("; "));
    line(out, "procedure", &rule.procedure.join(", "));
    line(out, "waivable", &waivable(rule));
}

/// Whether its findings can be waived, and why not.
pub(super) fn waivable(rule: &Rule) -> String {
    match rule.waivable {
        Waivable::Yes => "yes".to_owned(),
        Waivable::Never(why) => format!("never: {why}"),
    }
}

fn step(out: &mut Page, row: &Row) {
    let _ = writeln!(out, "\n{} {}", row.source(), row.id);
    out.blank(INDENT);
    wrap(out, row.title, INDENT, INDENT);
    line(out, "to do", row.how);
    line(out, "command", row.does().unwrap_or_default());
    let rules = row.rules().iter().map(|id| id.as_str());
    let verified: Vec<&str> = row.verified_by.iter().copied().chain(rules).collect();
    line(out, "verified", &verified.join(", "));
    if row.may_be_confirmed() {
        line(out, "confirm", &format!("okv-host confirm {} --note \"...\"", row.id));
    }
}
