//! What the next start is predicted to do, at the steps that restart the node.

use super::answer::Answer;
use super::inputs::StepInputs;
use super::step::State;
use crate::subjects::next_start::rules::next_start::ID;
use crate::subjects::rule::Verdict;

/// The answer with the prediction; blocked where the node would surely not start again.
pub(super) fn predicted(inputs: &StepInputs<'_>, answer: Answer) -> Answer {
    let Some(found) = inputs.findings.iter().find(|finding| finding.id == ID) else { return answer };
    match (answer.state, found.verdict) {
        (State::Ready, Verdict::Block) if found.waived.is_none() => {
            Answer::blocked(found.message.clone()).how(found.remedy.clone())
        }
        (State::Ready, _) => {
            Answer { evidence: format!("{}; next start: {}", answer.evidence, found.message), ..answer }
        }
        _ => answer,
    }
}
