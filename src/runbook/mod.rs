//! The upgrade procedure as a list that knows where a node stands: every numbered item of sections 7.2 to 7.9 belongs to one step.
//!
//! Pure: facts, findings with their waivers, and what operators confirmed, which is among the facts. What could not be told is
//! [`State::Unknown`], never done; what only a person knows is [`State::Confirm`] until he says so, and no word of his lifts what a
//! rule blocks or could not tell.

use serde::Serialize;

use crate::facts::Facts;
use crate::profile::Profile;
use crate::rules::{Finding, RuleId};

mod answer;
mod case;
mod confirmed;
mod media;
mod node;
mod progress;
mod row;
mod swap;
mod table;
mod tell;
mod upgrade;

pub use confirmed::{Confirmed, NotConfirmable, is_confirmed, may_confirm};
pub use row::{Row, Scope, When};
pub use table::{SECTIONS, STEPS};

use case::Case;

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Done: a node shows it, or an operator confirmed it.
    Done,
    /// It can be done now.
    Ready,
    /// It cannot be done now, or what must be as it should is not.
    Blocked,
    /// Nothing on a node shows it: the operator's to confirm.
    Confirm,
    /// Could not be told.
    Unknown,
    /// Shown not to be needed here.
    NotNeeded,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Ready => "ready",
            Self::Blocked => "blocked",
            Self::Confirm => "confirm",
            Self::Unknown => "unknown",
            Self::NotNeeded => "not-needed",
        }
    }

    /// Whether nothing is left to do.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::NotNeeded)
    }
}

/// A step and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub order: usize,
    /// Its fixed word.
    pub id: &'static str,
    /// The items that it covers: `7.2-2`, `7.6-7..17`, `7.4`.
    pub source: String,
    /// Its section: `7.2`.
    pub section: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// How often it is needed.
    pub scope: Scope,
    /// Where it stands to the upgrade.
    pub when: When,
    /// The rules that tell of it.
    pub rules: &'static [RuleId],
    /// How it stands.
    pub state: State,
    /// Why, with figures; who confirmed it and what he noted.
    pub evidence: String,
    /// What a person does; empty where nothing is to be done by hand.
    pub how: String,
    /// The command to run, where there is one and something is left to do.
    pub command: Option<String>,
    /// Who confirmed it, where that counts.
    pub confirmed: Option<Confirmed>,
    /// Whether a confirmation counts now.
    pub is_confirmable: bool,
}

impl Step {
    /// Whether it stands before the upgrade, or is a part of it.
    pub fn is_before_upgrade(&self) -> bool {
        matches!(self.when, When::Before | When::Part)
    }
}

/// How every step stands, in the order of the procedure.
pub fn steps(facts: &Facts, findings: &[Finding], profile: &Profile) -> Vec<Step> {
    let progress = progress::of(facts, profile);
    let mut steps: Vec<Step> = Vec::with_capacity(STEPS.len());
    for (row, order) in STEPS.iter().zip(1_usize..) {
        let answer = Case { facts, findings, profile, progress: &progress, earlier: &steps, row }.answer();
        steps.push(Step {
            order,
            id: row.id,
            source: row.source(),
            section: row.section,
            title: row.title,
            scope: row.scope,
            when: row.when,
            rules: row.rules(),
            state: answer.state,
            evidence: answer.evidence,
            how: if answer.state.is_closed() { String::new() } else { answer.how },
            command: answer.command.filter(|_| !answer.state.is_closed()),
            confirmed: answer.confirmed,
            is_confirmable: answer.is_confirmable,
        });
    }
    steps
}

/// The steps that stand before `id` and before the upgrade, or are a part of it, and are neither done nor shown not to be needed, in
/// order. Where there is no step of that id, all of them. The session is none of them: `okv-host upgrade` runs a service, which outlives any.
pub fn open_before<'s>(steps: &'s [Step], id: &str) -> Vec<&'s Step> {
    let end = steps.iter().position(|step| step.id == id).unwrap_or(steps.len());
    steps
        .iter()
        .take(end)
        .filter(|step| step.is_before_upgrade() && step.id != SESSION && !step.state.is_closed())
        .collect()
}

/// The step about a session that outlives the connection.
const SESSION: &str = "session";

/// The first step with something left to do; `None` where nothing is.
pub fn next(steps: &[Step]) -> Option<&Step> {
    steps.iter().find(|step| !step.state.is_closed())
}

/// The step of the table that covers this item: `7.2-13`, or `7.4`, which has no items.
pub fn row_of_item(item: &str) -> Option<&'static Row> {
    STEPS.iter().find(|row| row.item_names().iter().any(|name| name == item))
}

/// The step of the table with this id.
pub fn row(id: &str) -> Option<&'static Row> {
    STEPS.iter().find(|row| row.id == id)
}
