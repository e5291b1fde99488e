//! How every step is judged: by whom, when it is its time, and by which function where it has a judgement of its own.

use super::answer::Answer;
use super::inputs::StepInputs;
use super::progress::Progress;
use super::row::{By, Own};
use super::step::{State, When};
use super::{confirmed, media, next_start, node, swap, upgrade};
use crate::subjects::rule::RuleId;

impl StepInputs<'_> {
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
            Progress::NotBegun(_) | Progress::Begun(_) => {
                Some(Answer::later("comes after the upgrade of this node", vec!["reboot"]))
            }
            Progress::Unknown(why) => {
                Some(Answer::unknown(format!("cannot determine whether this node was upgraded: {why}")))
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
            By::Own(own, _) => self.by_own(own),
        }
    }

    /// What rules tell, and a command does.
    fn by_command(&self, command: &str, rules: &[RuleId]) -> Answer {
        Answer { is_confirmable: false, ..self.by_rules(rules) }.run(command)
    }

    /// What the judgement `own` of the step makes of it.
    fn by_own(&self, own: Own) -> Answer {
        match own {
            Own::BeRoot => node::be_root(self),
            Own::FreeSpace => media::free_space(self),
            Own::EverythingBefore => upgrade::everything_before(self),
            Own::DisableNode => upgrade::disable(self),
            Own::SshOpen => node::ssh_open(self),
            Own::Session => node::session(self),
            Own::StageIso => media::stage(self),
            Own::MountIso => media::mount(self),
            Own::CleanCache => media::clean_cache(self),
            Own::RunUpgrade => upgrade::run(self),
            Own::Reboot => next_start::predicted(self, upgrade::reboot(self)),
            Own::LookAtSwap => swap::look(self),
            Own::AddDisk => swap::add_disk(self),
            Own::ExtendSwap => swap::extend(self),
            Own::RestartForSwap => next_start::predicted(self, swap::restart(self)),
            Own::NetworkMode => node::network_mode(self),
            Own::PruneKernels => node::prune(self),
            Own::SshAgain => node::ssh_again(self),
            Own::RetireKeys => node::retire(self),
        }
    }

    fn with_command(&self, answer: Answer) -> Answer {
        if answer.is_confirmable && answer.command.is_none() {
            let id = self.row.id;
            return answer.run(format!("okv-host confirm {id} --note \"...\""));
        }
        answer
    }
}
