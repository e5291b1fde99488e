//! What is to be done: about a finding, and next on the node. `check`, `runbook`, and what `stage` and `upgrade` refuse
//! take it from here, so that they name the same.

use super::headline::Headline;
use super::step::{State, Step, When, how_then, next};
use super::urgency::most_urgent;
use crate::subjects::Facts;
use crate::subjects::rule::{Finding, RuleId, Verdict};
use crate::subjects::table;

/// What to do where something could not be read, and its rule knows no better.
const UNREAD: &str = "Fix what keeps it from being read, then run: okv-host check";
/// What to do where the disks alone were judged, and nothing is wrong with them.
const START: &str = "Start the node, and run on it: okv-host check";

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The rule whose finding it is about, where it is about one.
    pub rule: Option<RuleId>,
    /// The step that it belongs to, where it belongs to one.
    pub step: Option<&'static str>,
    /// A command, or an imperative sentence.
    pub what: String,
}

impl Next {
    /// The id that shows a reader what it is for: that of the rule, or else of the step.
    pub fn what_for(&self) -> Option<&'static str> {
        self.rule.map(RuleId::as_str).or(self.step)
    }

    fn of_finding(finding: &Finding, steps: &[Step]) -> Self {
        let judged = steps.iter().find(|step| step.rules.contains(&finding.id) && !step.state.is_closed());
        Self { rule: Some(finding.id), step: judged.map(|step| step.id), what: remedy(finding, steps) }
    }

    fn of_step(step: &Step) -> Self {
        let what = match (step.command.as_deref(), step.how.as_str()) {
            (Some(command), "") => command.to_owned(),
            (Some(command), how) if command.starts_with("okv-host confirm") => how_then(how, command),
            (Some(command), _) => command.to_owned(),
            (None, "") => step.evidence.clone(),
            (None, how) => how.to_owned(),
        };
        Self { rule: None, step: Some(step.id), what }
    }

    fn start() -> Self {
        Self { rule: None, step: None, what: START.to_owned() }
    }
}

/// `None` where every step is done or not needed.
pub(super) fn what_next(headline: &Headline, facts: &Facts, findings: &[Finding], steps: &[Step]) -> Option<Next> {
    let is_off = facts.node.running.is_none();
    let of_first = |verdict| most_urgent(findings, verdict).map(|finding| Next::of_finding(finding, steps));
    match headline {
        Headline::MustBeReplaced | Headline::Blocked => of_first(Verdict::Block),
        Headline::Unknown if is_off => {
            let unread = |finding: &&Finding| finding.verdict == Verdict::Unknown && !finding.is_not_judged();
            let unread = findings.iter().filter(|finding| finding.waived.is_none()).find(unread);
            Some(unread.map_or_else(Next::start, |finding| Next::of_finding(finding, steps)))
        }
        Headline::Unknown => of_first(Verdict::Unknown),
        Headline::UnderWay(_) | Headline::Failed(_) => {
            let is_part = |step: &&Step| step.when == When::Part && !step.state.is_closed();
            steps.iter().find(is_part).or_else(|| next(steps)).map(Next::of_step)
        }
        Headline::NoBlocker | Headline::Ready if is_off => Some(Next::start()),
        Headline::NoBlocker | Headline::Ready | Headline::Upgraded(_) => next(steps).map(Next::of_step),
    }
}

/// What to do about a finding: the command of a step that can be done now; what is in the way of the command that the
/// rule names; or else what the rule says.
pub fn remedy(finding: &Finding, steps: &[Step]) -> String {
    let is_of_it = |step: &&Step| step.state == State::Ready && step.rules.contains(&finding.id);
    let commands = steps.iter().filter(is_of_it).filter_map(|step| step.command.as_deref());
    let changes = |command: &&str| command.starts_with("okv-host ") && !command.starts_with("okv-host confirm");
    match commands.into_iter().find(changes) {
        Some(command) => command.to_owned(),
        None if let Some(first) = in_the_way(finding, steps) => first.to_owned(),
        None if !finding.remedy.is_empty() => finding.remedy.clone(),
        None if finding.verdict == Verdict::Unknown => UNREAD.to_owned(),
        None => table::named(finding.id.as_str()).map_or_else(String::new, |rule| rule.fix.to_owned()),
    }
}

/// What is to be done before the command that the rule names, where no step has it ready.
fn in_the_way<'s>(finding: &Finding, steps: &'s [Step]) -> Option<&'s str> {
    let has_it = |step: &&Step| step.command.as_deref() == Some(finding.remedy.as_str()) && !step.how.is_empty();
    steps.iter().find(has_it).filter(|step| step.state != State::Ready).map(|step| step.how.as_str())
}
