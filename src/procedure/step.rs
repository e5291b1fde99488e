//! A step and how it stands: data.

use crate::engine::Refusal;
use crate::subjects::rule::RuleId;
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// On every node.
    Node,
    /// Once for the cluster, its endpoints included.
    Cluster,
}

/// When a step is due, relative to the upgrade of the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before it. Once it has begun, the time of the step is over.
    Before,
    /// It is a part of it, and comes before what follows.
    Part,
    /// The upgrade does not matter to it.
    Free,
    /// After it.
    After,
    /// After that of every node.
    AfterAll,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Confirmed {
    /// When: `2026-11-24 03:05 UTC`.
    pub at: String,
    pub by: String,
    pub note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Done: a node shows it, or an operator confirmed it.
    Done,
    Ready,
    /// It cannot be done now, or what must be as it should is not.
    Blocked,
    /// Nothing on a node shows it: the operator's to confirm.
    Confirm,
    Unknown,
    /// Shown not to be needed here.
    NotNeeded,
}

impl State {
    /// Every state, in the order in which they are counted.
    pub const ALL: [Self; 6] = [Self::Done, Self::NotNeeded, Self::Ready, Self::Confirm, Self::Blocked, Self::Unknown];

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

    pub fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::NotNeeded)
    }
}

/// A step and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub order: usize,
    pub id: &'static str,
    /// The items that it covers: `7.2-2`, `7.6-7..17`, `7.4`.
    pub source: String,
    /// Its section: `7.2`.
    pub section: &'static str,
    pub title: &'static str,
    pub scope: Scope,
    pub when: When,
    pub rules: &'static [RuleId],
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
    /// The steps that it waits for, where it is blocked by nothing else.
    pub waits_for: Vec<&'static str>,
}

/// The word of a step that only waits for others; its state is [`State::Blocked`].
const LATER: &str = "later";

impl Step {
    /// The word for how it stands.
    pub fn word(&self) -> &'static str {
        if self.waits_for.is_empty() { self.state.word() } else { LATER }
    }

    /// Every such word, in the order in which they are counted.
    pub fn words() -> impl Iterator<Item = &'static str> {
        State::ALL.into_iter().flat_map(|state| match state {
            State::Blocked => vec![LATER, state.word()],
            _ => vec![state.word()],
        })
    }

    /// Whether it stands before the upgrade, or is a part of it.
    pub fn is_before_upgrade(&self) -> bool {
        matches!(self.when, When::Before | When::Part)
    }
}

impl Step {
    /// Takes back that it can be done now: the command that does it refuses.
    pub fn refuse(&mut self, refusal: &Refusal) {
        let command = self.command.as_deref().unwrap_or_default();
        self.state = State::Blocked;
        self.waits_for.clear();
        self.evidence = match refusal.reasons.as_slice() {
            [only] => format!("{command} refuses: {}", only.message),
            all => {
                let mut ids: Vec<&str> = all.iter().map(|reason| reason.id).collect();
                ids.dedup();
                format!("{command} refuses: {}", ids.join(", "))
            }
        };
        self.how = refusal.reasons.first().map(|reason| reason.remedy.clone()).unwrap_or_default();
    }

    /// Takes back that it can be done now: whether it can is not known.
    pub fn leave_unknown(&mut self, why: String) {
        self.state = State::Unknown;
        self.evidence = why;
    }
}

/// The steps that stand before `id` and before the upgrade, or are a part of it, and are neither done nor shown not to
/// be needed, in order. Where there is no step of that id, all of them. The session is none of them: `okv-host upgrade`
/// runs a service, which outlives any.
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

/// What a person does, and the command that follows it; either may be empty.
pub(super) fn how_then(how: &str, command: &str) -> String {
    match (how.trim_end_matches('.'), command) {
        ("", command) => command.to_owned(),
        (_, "") => how.to_owned(),
        (how, command) => format!("{how}. Then run: {command}"),
    }
}
