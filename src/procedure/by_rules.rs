//! What findings mean for a step that has no judgement of its own, as an answer.

use super::answer::Answer;
use super::combined::{Combined, combine, remedies, words};
use super::inputs::StepInputs;
use super::step::{Scope, State};
use crate::subjects::rule::{Finding, RuleId};

impl StepInputs<'_> {
    /// What nobody but a person can tell, with what rules say beside it.
    pub(super) fn by_person(&self, rules: &[RuleId]) -> Answer {
        let often = if self.row.scope == Scope::Cluster { ", once for the cluster" } else { "" };
        let ask = format!("cannot be verified from the node: check it yourself and record it{often}");
        if rules.is_empty() {
            return Answer::ask(ask).how(self.row.how);
        }
        match combine(self, rules) {
            Combined::Blocked(found) => self.from(Answer::blocked(words(&found)), &found),
            Combined::Unknown(found) => self.from(Answer::unknown(words(&found)), &found),
            Combined::Asks(found) => self.from(Answer::ask(words(&found)), &found),
            // That nothing is wrong, or that it is waived, does not say that the step was done.
            Combined::Amiss(found) | Combined::Waived(found) | Combined::Nothing(found) | Combined::Passed(found) => {
                self.from(Answer::ask(format!("{}; {ask}", words(&found))), &found)
            }
        }
    }

    /// What rules tell; what they leave to the operator, he confirms.
    pub(super) fn by_rules(&self, rules: &[RuleId]) -> Answer {
        match combine(self, rules) {
            Combined::Blocked(found) => self.from(Answer::blocked(words(&found)), &found),
            Combined::Unknown(found) => self.from(Answer::unknown(words(&found)), &found),
            Combined::Amiss(found) => self.from(Answer::new(State::Ready, words(&found)).confirmable(), &found),
            Combined::Asks(found) => self.from(Answer::ask(words(&found)), &found),
            Combined::Waived(found) | Combined::Nothing(found) => Answer::not_needed(words(&found)),
            Combined::Passed(found) => Answer::new(self.row.passed(), words(&found)),
        }
    }

    /// The answer with what the table says to do, or else what would lift `found`.
    pub(super) fn from(&self, answer: Answer, found: &[&Finding]) -> Answer {
        answer.how(if self.row.how.is_empty() { remedies(found) } else { self.row.how.to_owned() })
    }
}
