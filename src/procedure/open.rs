//! Steps that are open before the upgrade, as reasons not to begin it.

use super::step::{State, Step, how_then, open_before};
use crate::engine::Reason;

/// Steps that the plan of the upgrade judges itself.
const OWN: &[&str] = &["stage-iso", "mount-iso", "clean-cache"];

/// A reason for each of `steps` before the upgrade that is open. What a rule says is a reason of its own.
pub fn reasons_against_upgrade(steps: &[Step]) -> impl Iterator<Item = Reason> {
    let open = open_before(steps, "run-upgrade").into_iter();
    // Of what is unknown, the record of a confirmation: all else is of a rule.
    let is_open = |step: &&Step| match step.state {
        State::Confirm | State::Ready => true,
        // What only waits for others is open too: whoever does all that is named here must not be refused for the next.
        State::Blocked => !step.waits_for.is_empty(),
        State::Unknown => step.is_confirmable,
        _ => false,
    };
    open.filter(|step| !OWN.contains(&step.id)).filter(is_open).map(|step| {
        let command = step.command.as_deref().unwrap_or_default();
        Reason {
            id: step.id,
            message: format!("{} ({}): {}", step.title, step.source, step.evidence),
            remedy: how_then(&step.how, command),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::step::{Scope, When};
    use super::*;

    fn step(id: &'static str, when: When, state: State) -> Step {
        Step {
            order: 1,
            id,
            source: "7.2-2".into(),
            section: "7.2",
            title: "back up",
            scope: Scope::Node,
            when,
            rules: &[],
            state,
            evidence: "not confirmed".into(),
            how: "make a backup".into(),
            command: Some("okv-host confirm back-up".into()),
            confirmed: None,
            is_confirmable: true,
            waits_for: Vec::new(),
        }
    }

    #[test]
    fn an_open_step_before_the_upgrade_is_a_reason_and_what_a_rule_or_the_plan_judges_is_none() {
        let steps = [
            step("back-up", When::Before, State::Confirm),
            step("done", When::Before, State::Done),
            step("by-a-rule", When::Before, State::Blocked),
            Step { waits_for: vec!["back-up"], ..step("later", When::Part, State::Blocked) },
            Step { is_confirmable: false, ..step("unread-by-a-rule", When::Before, State::Unknown) },
            step("stage-iso", When::Part, State::Ready),
            step("free", When::Free, State::Confirm),
            step("run-upgrade", When::Part, State::Ready),
            step("after", When::After, State::Confirm),
        ];
        let reasons: Vec<Reason> = reasons_against_upgrade(&steps).collect();
        let [reason, later] = reasons.as_slice() else { panic!("{reasons:?}") };
        assert_eq!(later.id, "later");
        assert_eq!((reason.id, reason.message.as_str()), ("back-up", "back up (7.2-2): not confirmed"));
        let damaged = [step("back-up", When::Before, State::Unknown)];
        assert_eq!(reasons_against_upgrade(&damaged).count(), 1, "whether it was confirmed is unknown");
        assert_eq!(reason.remedy, "make a backup. Then run: okv-host confirm back-up");
    }
}
