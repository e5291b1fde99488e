//! What operators confirmed, and what a confirmation cannot do.

use serde::Serialize;

use super::answer::Answer;
use super::case::Case;
use super::{State, Step};
use crate::dates::shown;
use crate::facts::procedure::confirmations::Confirmation;
use crate::facts::{Facts, Probed};
use crate::journal::Record;
use crate::profile::Profile;
use crate::versions::Version;

/// That somebody confirmed a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confirmed {
    /// When: `2026-11-24 03:05 UTC`.
    pub at: String,
    /// Who.
    pub by: String,
    /// What he says of it.
    pub note: String,
}

/// What is on record of a step.
pub(super) enum Standing {
    /// It is confirmed.
    Confirmed(Confirmed),
    /// It is not; what else is on record, where something is.
    No(Option<String>),
    /// The record could not be read.
    Unknown(String),
}

/// What is on record of the step `id`, for this host and the upgrade to the release of `profile`. The last record counts.
pub(super) fn standing(facts: &Facts, profile: &Profile, id: &str) -> Standing {
    let Some(subjects) = &facts.subjects else { return Standing::No(None) };
    let records = match &subjects.records.confirmations {
        Probed::Known(records) => records.as_slice(),
        Probed::Absent => &[],
        Probed::Unreadable(why) => return Standing::Unknown(why.clone()),
    };
    let is_meant =
        |record: &&Record<Confirmation>| record.entry.step == id && is_same(&record.entry.release, &profile.release);
    let mut of_step = records.iter().rev().filter(is_meant);
    if let Some(Record { at, entry, .. }) = of_step.clone().find(|record| record.entry.host == facts.node.name) {
        let (at, by, note) = (shown(*at), entry.user.clone(), entry.note.clone());
        return if entry.withdrawn {
            Standing::No(Some(format!("withdrawn by {by} at {at}: {note}")))
        } else {
            Standing::Confirmed(Confirmed { at, by, note })
        };
    }
    let elsewhere = of_step.next().map(|record| format!("what is on record was recorded on {}", record.entry.host));
    Standing::No(elsewhere)
}

/// Whether two releases are the same: `21.8` is `21.8.0.0.0`.
fn is_same(one: &str, other: &str) -> bool {
    match (Version::parse(one), Version::parse(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// Whether the step `id` is on record as confirmed, whatever that counts for.
///
/// # Errors
/// Where the record could not be read.
pub fn is_confirmed(facts: &Facts, profile: &Profile, id: &str) -> Result<bool, String> {
    match standing(facts, profile, id) {
        Standing::Confirmed(_) => Ok(true),
        Standing::No(_) => Ok(false),
        Standing::Unknown(why) => Err(why),
    }
}

/// The answer with what is on record, where that counts for it.
pub(super) fn apply(case: &Case<'_>, answer: Answer) -> Answer {
    if !answer.is_confirmable {
        return answer;
    }
    match standing(case.facts, case.profile, case.row.id) {
        Standing::Confirmed(confirmed) => {
            let Confirmed { at, by, note } = &confirmed;
            let evidence = match answer.state {
                // What the node shows against it stays in sight.
                State::Ready | State::Blocked => {
                    format!("confirmed by {by} at {at}: {note}; the node shows: {}", answer.evidence)
                }
                _ => format!("confirmed by {by} at {at}: {note}"),
            };
            Answer { state: State::Done, evidence, confirmed: Some(confirmed), ..answer }
        }
        Standing::No(None) => answer,
        Standing::No(Some(other)) => Answer { evidence: format!("{}; {other}", answer.evidence), ..answer },
        Standing::Unknown(why) => {
            let how = "look at the file; okv-host confirm records anew once it is moved aside";
            Answer::unknown(format!("whether it was confirmed could not be told: {why}")).how(how)
        }
    }
}

/// Why a step cannot be confirmed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotConfirmable(pub String);

/// Whether a confirmation of `step` would count now.
///
/// # Errors
/// Why not, and what to do instead.
pub fn may_confirm(step: &Step) -> Result<(), NotConfirmable> {
    if step.is_confirmable {
        return Ok(());
    }
    let Step { id, state, evidence, .. } = step;
    let word = state.word();
    let command = step.command.as_deref().filter(|command| command.starts_with("okv-host "));
    Err(NotConfirmable(match (state, command) {
        (State::Done | State::NotNeeded, _) => format!("{id} is {word}: {evidence}"),
        (State::Ready, Some(command)) => format!("{id} is not for a person to confirm: {command} does and proves it"),
        (_, Some(command)) => {
            format!("{id} is not for a person to confirm: {command} does and proves it; it is {word} now: {evidence}")
        }
        (State::Ready, None) => format!("{id} is not for a person to confirm: {evidence}"),
        (State::Blocked | State::Unknown | State::Confirm, None) => {
            format!("{id} is {word}, which no confirmation lifts: {evidence}")
        }
    }))
}
