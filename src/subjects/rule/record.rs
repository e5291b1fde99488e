//! The record of a rule: everything that is known of it, in one place.
//!
//! `check --list`, `check --explain`, `docs/rules.md`, the rules in the runbook and what may be waived come from it.

use super::figures::Figures;
use super::finding::{Finding, NEEDS_RUNNING, RuleId, Verdict};
use super::remedy::Remedy;
use crate::host::{Running, Setup};
use crate::profile::Profile;
use crate::subjects::{Facts, Subjects};

/// Whether an operator may accept what a rule finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waivable {
    /// He may, for a reason and until a day.
    Yes,
    /// Never, and why: it could cost data, or a node that does not start again.
    Never(&'static str),
}

/// A rule.
pub struct Rule {
    pub id: RuleId,
    /// What it judges, in one line.
    pub title: &'static str,
    /// Why that matters to the operator, in one or two sentences.
    pub why: &'static str,
    /// How to fix what it finds, in general: a finding has the remedy for its own case.
    pub fix: &'static str,
    /// Its threshold under a profile.
    pub required: fn(&Profile) -> String,
    /// Where that stands.
    pub source: fn(&Profile) -> String,
    /// What it reads.
    pub inputs: &'static [&'static str],
    pub waivable: Waivable,
    /// The items of the procedure that it judges: `7.6-14`.
    pub procedure: &'static [&'static str],
    pub(crate) judge: fn(&RuleInputs<'_>) -> Vec<Finding>,
}

/// What to do where only disks were given.
const START_IT: &str = "Start the node, and run on it: ";

/// What a rule is given.
pub(crate) struct RuleInputs<'f> {
    pub(crate) facts: &'f Facts,
    pub(crate) profile: &'f Profile,
    pub(crate) rule: &'static Rule,
}

impl<'f> RuleInputs<'f> {
    /// A finding of this rule; remedy and measured may be set afterwards.
    pub(crate) fn finding(&self, verdict: Verdict, subject: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding {
            id: self.rule.id,
            verdict,
            subject: subject.into(),
            measured: String::new(),
            figures: Figures::default(),
            required: (self.rule.required)(self.profile),
            message: message.into(),
            remedy: String::new(),
            commands: Vec::new(),
            source: (self.rule.source)(self.profile),
            waived: None,
        }
    }

    /// The finding that there are no disks to judge, with the reason.
    pub(crate) fn no_disks(&self) -> Finding {
        let why = self.facts.node.why_incomplete().unwrap_or_else(|| "there is no disk".to_owned());
        self.finding(Verdict::Unknown, "node", why)
    }

    /// The running host, or the finding that says the rule needs one.
    pub(crate) fn running(&self) -> Result<&'f Running, Box<Finding>> {
        self.facts.node.running.as_ref().ok_or_else(|| {
            Box::new(
                self.finding(Verdict::Unknown, "node", NEEDS_RUNNING)
                    .remedy(Remedy::words(START_IT).run("okv-host check")),
            )
        })
    }

    /// How the node is set up, or the finding that says that the rule needs a running host.
    pub(crate) fn setup(&self) -> Result<&'f Setup, Box<Finding>> {
        match &self.facts.node.setup {
            Some(setup) => Ok(setup),
            None => self
                .running()
                .and_then(|_| Err(Box::new(self.finding(Verdict::Unknown, "node", "this host was not read")))),
        }
    }

    /// What the subjects gathered, or the finding that says that a rule needs a running host.
    pub(crate) fn subjects(&self) -> Result<&'f Subjects, Box<Finding>> {
        match &self.facts.subjects {
            Some(subjects) => Ok(subjects),
            None => self
                .running()
                .and_then(|_| Err(Box::new(self.finding(Verdict::Unknown, "node", "this host was not read")))),
        }
    }
}
