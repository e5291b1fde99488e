//! Whether the node can be upgraded, in one line; and what to do next. `check` and `runbook` open with it.

use super::progress::{Progress, failed_run};
use super::step::{State, Step, When, how_then, next};
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::boot::rules::boot_size;
use crate::subjects::disks::rules::disk_bios_limit;
use crate::subjects::rule::{Finding, Outcome, RuleId, Verdict, outcome};

/// The rules whose blockers nothing on the node removes: the procedure asks for another node in its place.
const REPLACE: &[RuleId] = &[disk_bios_limit::ID, boot_size::ID];

/// What to do where something could not be read, and its rule knows no better.
const UNREAD: &str = "Make it readable, then run: okv-host check";

/// The answer, with what shows it where the figures do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Headline {
    MustBeReplaced,
    Blocked,
    Unknown,
    /// Nothing blocks and nothing is unknown; something remains to be confirmed.
    NoBlocker,
    Ready,
    Failed(String),
    UnderWay(String),
    Upgraded(String),
}

impl Headline {
    /// The word for it in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::MustBeReplaced => "must-be-replaced",
            Self::Blocked => "cannot-be-upgraded",
            Self::Unknown => "unknown",
            Self::NoBlocker => "no-blocker-found",
            Self::Ready => "ready",
            Self::Failed(_) => "upgrade-failed",
            Self::UnderWay(_) => "upgrade-under-way",
            Self::Upgraded(_) => "upgraded",
        }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The step that it belongs to, where it belongs to one.
    pub step: Option<&'static str>,
    /// A command, or an imperative sentence.
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub headline: Headline,
    pub blockers: usize,
    pub unknown: usize,
    pub warnings: usize,
    pub waived: usize,
    /// The steps that remain to be confirmed.
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
    Standing {
        next: what_next(&headline, facts, findings, steps),
        headline,
        blockers: count(Verdict::Block),
        unknown: count(Verdict::Unknown),
        warnings: count(Verdict::Warn),
        waived: findings.iter().filter(|finding| finding.waived.is_some()).count(),
        to_confirm,
        confirmed: ids(&|step| step.confirmed.is_some()),
    }
}

/// What is waived is counted apart.
fn counts(finding: &Finding, verdict: Verdict) -> bool {
    finding.verdict == verdict && finding.waived.is_none()
}

fn headline(facts: &Facts, findings: &[Finding], to_confirm: usize, profile: &Profile) -> Headline {
    match super::progress::of(facts, profile) {
        Progress::Upgraded(why) => return Headline::Upgraded(why),
        Progress::Begun(why) => return Headline::UnderWay(why),
        Progress::NotBegun(_) | Progress::Unknown(_) => {}
    }
    if let Some(why) = failed_run(facts, profile) {
        return Headline::Failed(why);
    }
    match outcome(findings) {
        Outcome::Blocked if first(findings, is_for_good).is_some() => Headline::MustBeReplaced,
        Outcome::Blocked => Headline::Blocked,
        Outcome::Unknown => Headline::Unknown,
        Outcome::Ready if to_confirm > 0 => Headline::NoBlocker,
        Outcome::Ready => Headline::Ready,
    }
}

fn is_for_good(finding: &Finding) -> bool {
    counts(finding, Verdict::Block) && REPLACE.contains(&finding.id)
}

fn first(findings: &[Finding], is: impl Fn(&Finding) -> bool) -> Option<&Finding> {
    findings.iter().find(|finding| is(finding))
}

fn what_next(headline: &Headline, facts: &Facts, findings: &[Finding], steps: &[Step]) -> Option<Next> {
    let of_first = |verdict| first(findings, |finding| counts(finding, verdict)).map(|f| of_finding(f, steps));
    match headline {
        Headline::MustBeReplaced => first(findings, is_for_good).map(|finding| of_finding(finding, steps)),
        Headline::Blocked => of_first(Verdict::Block),
        Headline::Unknown => of_first(Verdict::Unknown),
        Headline::UnderWay(_) | Headline::Failed(_) => {
            let is_part = |step: &&Step| step.when == When::Part && !step.state.is_closed();
            steps.iter().find(is_part).or_else(|| next(steps)).map(of_step)
        }
        Headline::NoBlocker | Headline::Ready if facts.node.running.is_none() => {
            Some(Next { step: None, what: "Start the node, and run on it: okv-host check".to_owned() })
        }
        Headline::NoBlocker | Headline::Ready | Headline::Upgraded(_) => next(steps).map(of_step),
    }
}

fn of_finding(finding: &Finding, steps: &[Step]) -> Next {
    let mut judged = steps.iter().filter(|step| step.rules.contains(&finding.id) && !step.state.is_closed());
    Next { step: judged.next().map(|step| step.id), what: remedy(finding, steps) }
}

fn of_step(step: &Step) -> Next {
    let what = match (step.command.as_deref(), step.how.as_str()) {
        (Some(command), "") => command.to_owned(),
        (Some(command), how) if command.starts_with("okv-host confirm") => how_then(how, command),
        (Some(command), _) => command.to_owned(),
        (None, "") => step.evidence.clone(),
        (None, how) => how.to_owned(),
    };
    Next { step: Some(step.id), what }
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
        None => format!("okv-host check --explain {}", finding.id),
    }
}

/// What is to be done before the command that the rule names, where no step has it ready.
fn in_the_way<'s>(finding: &Finding, steps: &'s [Step]) -> Option<&'s str> {
    let has_it = |step: &&Step| step.command.as_deref() == Some(finding.remedy.as_str()) && !step.how.is_empty();
    steps.iter().find(has_it).filter(|step| step.state != State::Ready).map(|step| step.how.as_str())
}
