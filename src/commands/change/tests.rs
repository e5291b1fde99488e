use std::cell::RefCell;

use anyhow::anyhow;

use super::*;
use crate::engine::{Follow, ProgramRun};
use crate::io::tool::Program;

fn step() -> Step {
    Step::new("x", Action::Run(ProgramRun::looks(Program::Rpm, ["--version"])))
}

fn plan_of(steps: Vec<Step>) -> Plan {
    Plan { command: "x", target: "y".into(), steps, notes: vec![] }
}

fn refusal() -> Refusal {
    Refusal {
        reasons: vec![Reason { id: "vg-health", message: "a disk is missing".into(), remedy: "bring it".into() }],
    }
}

/// A planner that answers once, like this.
fn planner(answer: Result<Result<Plan, Refusal>>) -> impl Fn() -> Result<Result<Plan, Refusal>> {
    let answer = RefCell::new(Some(answer));
    move || answer.borrow_mut().take().unwrap()
}

#[test]
fn an_upgrade_that_is_followed_no_more_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(&folder.path().join("journal")).unwrap();
    let follow = Follow { log: "/l".into(), messages: "/m".into(), limit_seconds: 1 };
    let steps = [step(), Step::new("x", Action::Follow(follow))];
    let of = |done| message(&Ending::Interrupted { steps: done }, &steps, &journal).unwrap();
    assert_eq!(of(1), "1 step done; the upgrade goes on; run it again to follow it");
    assert!(of(0).contains("run it again to finish"));
}

#[test]
fn a_plan_that_is_the_same_again_is_carried_out() {
    let plan = plan_of(vec![step()]);
    assert_eq!(plan_again(&plan, &planner(Ok(Ok(plan.clone())))).unwrap(), Ok(()));
}

#[test]
fn a_host_that_changed_before_the_first_step_is_left_alone() {
    let plan = plan_of(vec![step()]);
    let error = plan_again(&plan, &planner(Ok(Ok(plan_of(vec![]))))).unwrap_err();
    assert!(error.to_string().contains("the host changed"), "{error}");
}

#[test]
fn a_refusal_before_the_first_step_is_printed_with_its_reasons() {
    let plan = plan_of(vec![step()]);
    assert_eq!(plan_again(&plan, &planner(Ok(Err(refusal())))).unwrap(), Err(refusal()));
}

#[test]
fn an_error_before_the_first_step_is_printed_with_its_cause() {
    let plan = plan_of(vec![step()]);
    let error = plan_again(&plan, &planner(Err(anyhow!("/proc/swaps: Input/output error")))).unwrap_err();
    assert!(format!("{error:#}").contains("nothing was changed: /proc/swaps: Input/output error"), "{error:#}");
}

#[test]
fn nothing_left_to_plan_is_done() {
    assert_eq!(verify_target(&planner(Ok(Ok(plan_of(vec![]))))), (Ending::Done, vec![]));
}

#[test]
fn steps_that_are_left_show_that_something_else_changed_the_host() {
    let (ending, reasons) = verify_target(&planner(Ok(Ok(plan_of(vec![step()])))));
    assert!(matches!(&ending, Ending::NotReached { why } if why.contains("something else changed")), "{ending:?}");
    assert_eq!((ending.exit_status(), reasons), (ExitStatus::HalfWay, vec![]));
}

#[test]
fn a_refusal_after_the_last_step_is_reported_with_its_reasons() {
    let (ending, reasons) = verify_target(&planner(Ok(Err(refusal()))));
    assert!(matches!(&ending, Ending::NotReached { why } if why.contains("was refused")), "{ending:?}");
    assert_eq!(reasons, refusal().reasons);
    let plan = plan_of(vec![step()]);
    let text = report::plan_text(
        &PlanReport { reasons: &reasons, ..PlanReport::of_plan(&plan, ending, None) },
        report::Columns::PIPE,
    );
    assert!(text.contains("refused (vg-health): a disk is missing") && text.contains("remedy: bring it"), "{text}");
}

#[test]
fn an_error_after_the_last_step_is_reported_with_its_cause() {
    let (ending, _) = verify_target(&planner(Err(anyhow!("/proc/swaps: Input/output error"))));
    let Ending::NotReached { why } = ending else { panic!("{ending:?}") };
    assert!(why.contains("planning again failed: /proc/swaps: Input/output error"), "{why}");
}
