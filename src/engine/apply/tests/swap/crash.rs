//! A run that is killed before, in or after any of its steps: taken back by `undo`, or finished by the next run.

use super::failing::{has_swap, is_as, plans, reached};
use super::machine::Machine;
use crate::engine::apply::{can_take_back, take_back};
use crate::engine::{Ending, Entry, Plan, RunState};
use crate::subjects::swap::plan::tests::node::Node;

/// Where a run is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Killed {
    /// Before the step after these.
    After(usize),
    /// In step of this index, before it did anything.
    Begun(usize),
    /// In step of this index, when it was done and not yet recorded.
    Unrecorded(usize),
}

fn moments(plan: &Plan) -> Vec<Killed> {
    let steps = 0..plan.steps.len();
    let each = |index| [Killed::After(index), Killed::Begun(index), Killed::Unrecorded(index)];
    steps.flat_map(each).chain([Killed::After(plan.steps.len())]).collect()
}

/// What a run leaves behind that is killed there.
pub(super) fn killed(machine: &Machine, plan: &Plan, at: Killed) {
    let (host, mut journal) = (machine.host(), machine.journal());
    let mut record = |entry| journal.append(entry).unwrap();
    let (command, target) = (plan.command.to_owned(), plan.target.clone());
    record(Entry::Began { command, target, steps: plan.steps.clone() });
    for (index, step) in plan.steps.iter().enumerate() {
        if at == Killed::After(index) {
            return;
        }
        record(Entry::StepBegan(index));
        if at == Killed::Begun(index) {
            return;
        }
        host.perform_to_the_end(step).unwrap();
        host.prove(&step.action).unwrap();
        if at == Killed::Unrecorded(index) {
            return;
        }
        record(Entry::StepDone(index));
    }
}

/// What a start of the machine makes of it: fstab names the swap volume, and nothing the temporary one.
fn starts_again(node: &mut Node) {
    node.areas.clear();
    let _ = node.program(&["/usr/sbin/swapon", "/dev/vg_root/lv_swap"]);
}

#[test]
fn undo_of_a_run_that_was_killed_anywhere_restores_the_state_before_or_gives_the_reason() {
    let (mut undone, mut refused) = (0, 0);
    for (name, node, request) in plans() {
        let plan = Machine::new(node.clone()).plans(&request).unwrap();
        for at in moments(&plan) {
            let what = format!("{name}: {at:?}");
            let machine = Machine::new(node.clone());
            let before = machine.bare();
            killed(&machine, &plan, at);
            let (last, left) = (machine.last(), machine.bare());
            assert_eq!(last.state, RunState::CutOff, "{what}");
            let mut journal = machine.journal();
            let taken =
                can_take_back(&last, &machine.host()).and_then(|()| take_back(&last, &machine.host(), &mut journal));
            let now = machine.bare();
            match taken {
                Ok(()) => {
                    is_as(&now, &before, &what);
                    assert_eq!(machine.last().state, RunState::Ended(Ending::Undone), "{what}");
                    undone += 1;
                }
                Err(why) => {
                    assert!(why.contains("stays done"), "{what}: {why}");
                    is_as(&now, &left, &format!("{what}: {why}"));
                    refused += 1;
                }
            }
            // Whatever undo did, the next run reaches the target.
            let again = machine.plans(&request).unwrap();
            if !again.steps.is_empty() {
                assert_eq!(machine.run(&again), Ending::Done, "{what}");
            }
            reached(&machine, &request, &what);
        }
    }
    println!("undo of runs that were killed: {undone} taken back, {refused} refused");
    assert!(undone > 0 && refused > 0);
}

#[test]
fn a_run_that_was_killed_anywhere_is_finished_by_the_next_one_with_or_without_a_start_between() {
    let mut cases = 0;
    for (name, node, request) in plans() {
        let plan = Machine::new(node.clone()).plans(&request).unwrap();
        for at in moments(&plan) {
            for is_started_again in [false, true] {
                let what = format!("{name}: {at:?}, started again: {is_started_again}");
                let machine = Machine::new(node.clone());
                killed(&machine, &plan, at);
                if is_started_again {
                    machine.becomes(starts_again);
                    assert!(has_swap(&machine.node()), "{what}");
                    // A start gives the kernel's own priority.
                    machine.becomes(|node| node.areas.iter_mut().for_each(|area| area.priority = 7));
                }
                let again = machine.plans(&request).unwrap();
                if !again.steps.is_empty() {
                    assert_eq!(machine.run(&again), Ending::Done, "{what}");
                }
                reached(&machine, &request, &what);
                cases += 1;
            }
        }
    }
    println!("runs that were killed: {cases} finished by the next one");
}

#[test]
fn a_second_run_that_fails_after_the_first_was_killed_without_swap_brings_swap_back() {
    use super::machine::{Fault, Way};
    let mut cases = 0;
    for (name, node, request) in plans() {
        let plan = Machine::new(node.clone()).plans(&request).unwrap();
        for at in moments(&plan) {
            let machine = Machine::new(node.clone());
            killed(&machine, &plan, at);
            if has_swap(&machine.node()) {
                continue;
            }
            let again = machine.plans(&request).unwrap();
            machine.breaks(None);
            machine.run(&again);
            let calls = machine.calls();
            for (call, command) in calls.iter().enumerate() {
                let what = format!("{name}: {at:?}, then call {call} fails: {command}");
                let machine = Machine::new(node.clone());
                killed(&machine, &plan, at);
                let again = machine.plans(&request).unwrap();
                machine.breaks(Some(Fault { call, way: Way::Status, lasting: false }));
                let outcome = machine.run(&again);
                assert!(has_swap(&machine.node()), "{what}: {outcome:?}");
                machine.breaks(None);
                let third = machine.plans(&request).unwrap();
                if !third.steps.is_empty() {
                    assert_eq!(machine.run(&third), Ending::Done, "{what}");
                }
                reached(&machine, &request, &what);
                cases += 1;
            }
        }
    }
    println!("second runs that failed: {cases}, none without swap");
    assert!(cases > 0);
}
