//! Signals between any two steps, and a journal that cannot be written any more.

use super::failing::{has_swap, is_as, plans, reached};
use super::machine::Machine;
use crate::engine::Ending;
use crate::engine::apply::Interrupts;

#[test]
fn a_signal_before_any_step_leaves_the_node_with_swap_and_the_next_run_finishes() {
    let (mut stopped, mut went_on, mut as_before) = (0, 0, 0);
    for (name, node, request) in plans() {
        let steps = Machine::new(node.clone()).plans(&request).unwrap().steps.len();
        for signal_before in 1..=steps {
            let what = format!("{name}: a signal before step {signal_before}");
            let machine = Machine::new(node.clone());
            let (plan, before) = (machine.plans(&request).unwrap(), machine.bare());
            let interrupts = Interrupts::default();
            let outcome = machine.run_watched(&plan, &interrupts, &mut |number| {
                if number == signal_before {
                    interrupts.raise();
                }
            });
            assert!(has_swap(&machine.node()), "{what}: {outcome:?}");
            match outcome {
                Ending::Interrupted { .. } => stopped += 1,
                Ending::Done => went_on += 1,
                Ending::RolledBack { .. } => {
                    is_as(&machine.bare(), &before, &what);
                    as_before += 1;
                }
                other => panic!("{what}: {other:?}"),
            }
            let again = machine.plans(&request).unwrap();
            if !again.steps.is_empty() {
                assert_eq!(machine.run(&again), Ending::Done, "{what}");
            }
            reached(&machine, &request, &what);
        }
    }
    println!(
        "signals: {stopped} runs stopped half-way with swap, {went_on} went on to the end, {as_before} changed nothing"
    );
    assert!(stopped > 0 && went_on > 0, "{stopped} {went_on}");
}

#[test]
fn a_disk_that_is_full_before_any_step_or_at_any_call_leaves_the_node_with_swap() {
    let (mut as_before, mut kept, mut stuck, mut done) = (0, 0, 0, 0);
    for (name, node, request) in plans() {
        let whole = Machine::new(node.clone());
        let plan = whole.plans(&request).unwrap();
        whole.run(&plan);
        let (steps, calls) = (plan.steps.len(), whole.calls().len());
        // Before each step, and in its middle where it runs a program.
        let moments = (1..=steps).map(|step| (Some(step), None)).chain((0..calls).map(|call| (None, Some(call))));
        for (step, call) in moments {
            let what = format!("{name}: full before step {step:?} or at call {call:?}");
            let machine = Machine::new(node.clone());
            let before = machine.bare();
            if let Some(call) = call {
                machine.is_full_at(call);
            }
            let outcome = machine.run_watched(&plan, &Interrupts::default(), &mut |number| {
                if Some(number) == step {
                    machine.fills_up();
                }
            });
            assert!(has_swap(&machine.node()), "{what}: {outcome:?}");
            match &outcome {
                Ending::RolledBack { why } => {
                    is_as(&machine.bare(), &before, &what);
                    assert!(why.contains("journal"), "{what}: {why}");
                    as_before += 1;
                }
                Ending::Kept { .. } => kept += 1,
                Ending::Stuck { .. } => stuck += 1,
                Ending::Done => done += 1,
                _ => panic!("{what}: {outcome:?}"),
            }
            machine.has_room_again();
            let again = machine.plans(&request).unwrap();
            if !again.steps.is_empty() {
                assert_eq!(machine.run(&again), Ending::Done, "{what}");
            }
            reached(&machine, &request, &what);
        }
    }
    println!("full disks: {as_before} rolled back, {kept} kept, {stuck} stuck with swap, {done} done");
    assert_eq!(stuck, 0);
    assert!(as_before > 0 && kept > 0, "{as_before} {kept}");
}
