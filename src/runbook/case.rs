//! A step with all that it is judged by, and how every step is judged.

use super::answer::Answer;
use super::progress::Progress;
use super::row::{By, Row, Scope, When};
use super::tell::{Told, remedies, tell, words};
use super::{State, Step, confirmed};
use crate::facts::Facts;
use crate::profile::Profile;
use crate::rules::{Finding, RuleId};

/// What a step is judged by.
pub(super) struct Case<'c> {
    pub(super) facts: &'c Facts,
    pub(super) findings: &'c [Finding],
    pub(super) profile: &'c Profile,
    pub(super) progress: &'c Progress,
    /// The steps before it.
    pub(super) earlier: &'c [Step],
    pub(super) row: &'static Row,
}

impl<'c> Case<'c> {
    /// How the step stands.
    pub(super) fn answer(&self) -> Answer {
        let answer = match self.untimely() {
            Some(answer) => answer,
            None => confirmed::apply(self, self.judged()),
        };
        let answer = if self.row.when == When::Before && !answer.state.is_closed() {
            match self.progress {
                Progress::Begun(why) | Progress::Upgraded(why) => {
                    Answer::not_needed(format!("its time is over: {why}; it was not seen to be done before"))
                }
                Progress::NotBegun(_) | Progress::Unknown(_) => answer,
            }
        } else {
            answer
        };
        self.with_command(answer)
    }

    /// The answer where the step comes later.
    fn untimely(&self) -> Option<Answer> {
        let upgraded = match self.progress {
            Progress::Upgraded(_) => None,
            Progress::NotBegun(_) | Progress::Begun(_) => Some(Answer::blocked("comes after the upgrade of this node")),
            Progress::Unknown(why) => {
                Some(Answer::unknown(format!("whether this node was upgraded could not be told: {why}")))
            }
        };
        match self.row.when {
            When::Before | When::Part | When::Free => None,
            When::After => upgraded,
            When::AfterAll => upgraded.or_else(|| {
                let open = !self.state_of("next-nodes").is_some_and(State::is_closed);
                open.then(|| Answer::comes_after("next-nodes"))
            }),
        }
    }

    fn judged(&self) -> Answer {
        match self.row.by {
            By::Person(rules) => self.by_person(rules),
            By::Rules(rules) => self.by_rules(rules),
            By::Command(command, rules) => self.by_command(command, rules),
            By::Own(judge, _) => judge(self),
        }
    }

    /// What nobody but a person can tell, with what rules say beside it.
    pub(super) fn by_person(&self, rules: &[RuleId]) -> Answer {
        let often = if self.row.scope == Scope::Cluster { ", once for the cluster" } else { "" };
        let ask = format!("done, or not needed here: yours to confirm{often}");
        if rules.is_empty() {
            return Answer::ask(ask).how(self.row.how);
        }
        match tell(self, rules) {
            Told::Blocked(found) => self.from(Answer::blocked(words(&found)), &found),
            Told::Unknown(found) => self.from(Answer::unknown(words(&found)), &found),
            Told::Asks(found) => self.from(Answer::ask(words(&found)), &found),
            // That nothing is wrong, or that it is waived, does not say that the step was done.
            Told::Amiss(found) | Told::Waived(found) | Told::Nothing(found) | Told::Passed(found) => {
                self.from(Answer::ask(format!("{}; {ask}", words(&found))), &found)
            }
        }
    }

    /// What rules tell; what they leave to the operator, he confirms.
    pub(super) fn by_rules(&self, rules: &[RuleId]) -> Answer {
        match tell(self, rules) {
            Told::Blocked(found) => self.from(Answer::blocked(words(&found)), &found),
            Told::Unknown(found) => self.from(Answer::unknown(words(&found)), &found),
            Told::Amiss(found) => self.from(Answer::new(State::Ready, words(&found)).confirmable(), &found),
            Told::Asks(found) => self.from(Answer::ask(words(&found)), &found),
            Told::Waived(found) | Told::Nothing(found) => Answer::not_needed(words(&found)),
            Told::Passed(found) => Answer::new(self.row.passed(), words(&found)),
        }
    }

    /// What rules tell, and a command does.
    fn by_command(&self, command: &str, rules: &[RuleId]) -> Answer {
        Answer { is_confirmable: false, ..self.by_rules(rules) }.run(command)
    }

    /// The answer with what the table says to do, or else what would lift `found`.
    pub(super) fn from(&self, answer: Answer, found: &[&Finding]) -> Answer {
        answer.how(if self.row.how.is_empty() { remedies(found) } else { self.row.how.to_owned() })
    }

    /// The state of a step before this one.
    pub(super) fn state_of(&self, id: &str) -> Option<State> {
        self.earlier.iter().find(|step| step.id == id).map(|step| step.state)
    }

    fn with_command(&self, answer: Answer) -> Answer {
        if answer.is_confirmable && answer.command.is_none() {
            let id = self.row.id;
            return answer.run(format!("okv-host confirm {id} --note \"...\""));
        }
        answer
    }
}
