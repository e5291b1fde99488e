//! Where the node stands: the answer with its counts, and what to do next. `check` and `runbook` open with it.

use super::headline::{Headline, headline};
use super::next_action::{Next, what_next};
use super::step::{State, Step};
use super::urgency::counts;
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::rule::{Finding, Verdict};

/// The counts of `blockers` to `waived` are those of findings; the others are of steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub headline: Headline,
    pub blockers: usize,
    pub unknown: usize,
    /// What only a running host shows, where disks or a saved host were given.
    pub not_judged: usize,
    pub warnings: usize,
    pub waived: usize,
    /// The steps that remain to be confirmed; none on a node that must be replaced.
    pub to_confirm: Vec<&'static str>,
    /// The steps that are on record as confirmed.
    pub confirmed: Vec<&'static str>,
    /// `None` where every step is done or not needed.
    pub next: Option<Next>,
}

/// Where the node stands, from the findings on it and the steps of the procedure.
pub fn standing(facts: &Facts, findings: &[Finding], steps: &[Step], profile: &Profile) -> Standing {
    let count = |verdict| findings.iter().filter(|finding| counts(finding, verdict)).count();
    let ids = |is: &dyn Fn(&&Step) -> bool| steps.iter().filter(is).map(|step| step.id).collect::<Vec<_>>();
    // A record that cannot be read is none.
    let to_confirm = ids(&|step| step.state == State::Confirm || step.state == State::Unknown && step.is_confirmable);
    let headline = headline(facts, findings, to_confirm.len(), profile);
    // Another node takes its place: nothing about this one is worth a confirmation.
    let to_confirm = if headline == Headline::MustBeReplaced { Vec::new() } else { to_confirm };
    let not_judged = findings.iter().filter(|finding| finding.is_not_judged() && finding.waived.is_none()).count();
    let is_unknown = |finding: &&Finding| counts(finding, Verdict::Unknown) && !finding.is_not_judged();
    Standing {
        next: what_next(&headline, facts, findings, steps),
        headline,
        blockers: count(Verdict::Block),
        unknown: findings.iter().filter(is_unknown).count(),
        not_judged,
        warnings: count(Verdict::Warn),
        waived: findings.iter().filter(|finding| finding.waived.is_some()).count(),
        to_confirm,
        confirmed: ids(&|step| step.confirmed.is_some()),
    }
}
