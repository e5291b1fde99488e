//! The last run of the upgrade as the journal has it: its log may have been moved away since.

use crate::engine::{Action, Ending, RecordedRun, RunState};
use crate::host::Probed;
use crate::subjects::upgrade::facts::upgrade_run::{UpgradeRun, number_of};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    pub number: u64,
    /// Whether it may have asked for a restart: it ended well, or nobody followed it to its end.
    pub may_wait: bool,
    /// Whether the node was restarted since it was begun.
    pub is_restarted: bool,
}

impl Begun {
    /// Of the recorded runs, on a node that was started at that time.
    pub fn last(runs: &[RecordedRun], booted: &Probed<u64>) -> Option<Self> {
        let numbered = runs.iter().filter(|run| run.command == super::COMMAND).filter_map(|run| {
            let log = run.steps.iter().find_map(|step| match &step.action {
                Action::Follow(follow) => Some(&follow.log),
                _ => None,
            })?;
            Some((number_of(log)?, run))
        });
        let (number, run) = numbered.max_by_key(|(number, run)| (*number, run.began))?;
        Some(Self {
            number,
            may_wait: match run.state {
                RunState::Ended(Ending::Done) => true,
                RunState::Ended(Ending::Interrupted { .. }) | RunState::CutOff => !run.standing.is_empty(),
                RunState::Ended(_) => false,
            },
            is_restarted: booted.known().is_some_and(|booted| run.began < *booted),
        })
    }

    /// Whether the restart is still to come, and no log tells so: `run` is what the logs tell.
    pub(super) fn waits_for_restart(&self, run: Option<&UpgradeRun>) -> bool {
        self.may_wait && !self.is_restarted && run.is_none_or(|run| run.number < self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Follow, StandingStep, Step};
    use crate::subjects::upgrade::facts::upgrade_run::log_of;

    fn recorded(number: u64, began: u64, state: RunState) -> RecordedRun {
        let follow = Follow { log: log_of(number), messages: String::new(), limit_seconds: 1 };
        RecordedRun {
            began,
            done_at: None,
            command: "upgrade".into(),
            target: String::new(),
            steps: vec![Step::new("it ends", Action::Follow(follow))],
            standing: vec![],
            earlier: vec![],
            state,
            resumes: false,
            undo_failed: false,
        }
    }

    #[test]
    fn the_run_with_the_highest_number_counts_and_whether_the_node_was_started_since() {
        let done = || RunState::Ended(Ending::Done);
        let runs = [recorded(1, 10, done()), recorded(2, 20, RunState::CutOff), recorded(2, 30, done())];
        let of = |booted| Begun::last(&runs, &booted);
        let begun = |is_restarted| Some(Begun { number: 2, may_wait: true, is_restarted });
        assert_eq!((of(Probed::Known(5)), of(Probed::Known(31))), (begun(false), begun(true)));
        assert_eq!(of(Probed::Unreadable("why".into())), begun(false), "it may wait for the restart");
        let may_wait = |run| Begun::last(&[run], &Probed::Known(5)).unwrap().may_wait;
        let standing = vec![StandingStep { step: 0, done: true }];
        assert!(may_wait(RecordedRun { standing: standing.clone(), ..recorded(1, 10, RunState::CutOff) }));
        let interrupted = RunState::Ended(Ending::Interrupted { steps: 1 });
        assert!(may_wait(RecordedRun { standing, ..recorded(1, 10, interrupted) }));
        assert!(!may_wait(recorded(1, 10, RunState::CutOff)), "its service was not begun");
        assert_eq!(Begun::last(&[], &Probed::Absent), None);
        let other = RecordedRun { command: "stage".into(), ..recorded(3, 40, done()) };
        assert_eq!(Begun::last(&[other], &Probed::Absent), None);
    }
}
