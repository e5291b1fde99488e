//! What a confirmation does for a step, and what it cannot do.

use super::answer::Answer;
use super::inputs::StepInputs;
use super::record::{OnRecord, on_record};
use super::step::{Confirmed, State, Step};

/// The answer with what is on record, where that counts for it.
pub(super) fn apply(inputs: &StepInputs<'_>, answer: Answer) -> Answer {
    if !answer.is_confirmable {
        return answer;
    }
    match on_record(inputs.facts, inputs.profile, inputs.row.id) {
        OnRecord::Confirmed(confirmed) => {
            let Confirmed { at, by, note } = &confirmed;
            let evidence = match answer.state {
                // What the node shows against it is still reported.
                State::Ready | State::Blocked => {
                    format!("confirmed by {by} at {at}: {note}; the node shows: {}", answer.evidence)
                }
                _ => format!("confirmed by {by} at {at}: {note}"),
            };
            Answer { state: State::Done, evidence, confirmed: Some(confirmed), ..answer }
        }
        OnRecord::No(None) => answer,
        OnRecord::No(Some(other)) => Answer { evidence: format!("{}; {other}", answer.evidence), ..answer },
        OnRecord::Damaged(why) => unknown(&why).how("If the step was done, record it again."),
        OnRecord::Unreadable(why) => unknown(&why).how("Move the file aside. If the step was done, record it again."),
    }
}

fn unknown(why: &str) -> Answer {
    Answer::unknown(format!("cannot determine whether it was confirmed: {why}")).confirmable()
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
    let word = step.word();
    let command = step.command.as_deref().filter(|command| command.starts_with("okv-host "));
    Err(NotConfirmable(match (state, command) {
        (State::Done | State::NotNeeded, _) => format!("{id} is {word}: {evidence}"),
        (State::Ready, Some(command)) => format!("{id} is not for a person to confirm: {command} does and proves it"),
        (_, Some(command)) => {
            format!("{id} is not for a person to confirm: {command} does and proves it; it is {word} now: {evidence}")
        }
        (State::Ready, None) => format!("{id} is not for a person to confirm: {evidence}"),
        (State::Blocked | State::Unknown | State::Confirm, None) => {
            format!("{id} is {word}, and a confirmation does not change that: {evidence}")
        }
    }))
}
