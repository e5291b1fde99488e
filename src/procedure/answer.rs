//! How a step stands, and why.

use super::step::{Confirmed, State};

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) state: State,
    pub(super) evidence: String,
    pub(super) how: String,
    pub(super) command: Option<String>,
    pub(super) confirmed: Option<Confirmed>,
    pub(super) is_confirmable: bool,
    /// The steps that come first, where nothing else is in the way.
    pub(super) waits_for: Vec<&'static str>,
}

impl Answer {
    pub(super) fn new(state: State, evidence: impl Into<String>) -> Self {
        let evidence = evidence.into();
        Self {
            state,
            evidence,
            how: String::new(),
            command: None,
            confirmed: None,
            is_confirmable: false,
            waits_for: Vec::new(),
        }
    }

    pub(super) fn done(evidence: impl Into<String>) -> Self {
        Self::new(State::Done, evidence)
    }

    pub(super) fn not_needed(evidence: impl Into<String>) -> Self {
        Self::new(State::NotNeeded, evidence)
    }

    pub(super) fn ready(command: impl Into<String>, evidence: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..Self::new(State::Ready, evidence) }
    }

    pub(super) fn blocked(why: impl Into<String>) -> Self {
        Self::new(State::Blocked, why)
    }

    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self::new(State::Unknown, why)
    }

    /// It is the operator's to confirm.
    pub(super) fn ask(evidence: impl Into<String>) -> Self {
        Self::new(State::Confirm, evidence).confirmable()
    }

    /// Another step comes first.
    pub(super) fn comes_after(id: &'static str) -> Self {
        Self::later(format!("comes after {id}"), vec![id])
    }

    /// Only these steps are in the way.
    pub(super) fn later(why: impl Into<String>, waits_for: Vec<&'static str>) -> Self {
        Self { waits_for, ..Self::blocked(why) }
    }

    /// The same, and a confirmation counts.
    pub(super) fn confirmable(self) -> Self {
        Self { is_confirmable: true, ..self }
    }

    /// The same with what a person does.
    pub(super) fn how(self, how: impl Into<String>) -> Self {
        Self { how: how.into(), ..self }
    }

    /// The same with the command to run.
    pub(super) fn run(self, command: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..self }
    }
}
