//! Programs that must not be killed and still run at the end of all patience.

use super::failing::{has_swap, plans, reached};
use super::machine::{Fault, Machine, Way};
use crate::engine::{Ending, RunState};
use crate::io::tool::{AtLimit, Program};

#[test]
fn beside_a_program_that_still_runs_swap_comes_back_and_nothing_else_and_the_next_run_finishes() {
    let mut cases = 0;
    for (name, node, request) in plans() {
        let whole = Machine::new(node.clone());
        let plan = whole.plans(&request).unwrap();
        assert_eq!(whole.run(&plan), Ending::Done, "{name}");
        for (call, command) in whole.calls().iter().enumerate().filter(|(_, command)| must_not_be_killed(command)) {
            for way in [Way::StillRuns, Way::StillRunsAfterwards] {
                let what = format!("{name}: call {call}, {command}: {way:?}");
                let machine = Machine::new(node.clone());
                machine.breaks(Some(Fault { call, way, lasting: false }));
                let ending = machine.run(&plan);
                let still_runs = |why: &Option<String>| why.as_ref().is_some_and(|why| why.contains("still runs"));
                assert!(matches!(&ending, Ending::Stuck { why, .. } if still_runs(why)), "{what}: {ending:?}");
                assert!(has_swap(&machine.node()), "{what}: {ending:?}");
                let beside = machine.calls().split_off(call + 1);
                assert!(!beside.iter().any(|command| must_not_be_killed(command)), "{what}: {beside:?}");
                assert_eq!(machine.last().state.word(), "stuck", "{what}");
                assert!(matches!(machine.last().state, RunState::Ended(_)) && machine.last().is_unfinished(), "{what}");
                // It ends, and with it the lock.
                machine.breaks(None);
                let again = machine.plans(&request).unwrap_or_else(|why| panic!("{what}: {ending:?}: {why:?}"));
                if !again.steps.is_empty() {
                    assert_eq!(machine.run(&again), Ending::Done, "{what}: {ending:?}: second run");
                }
                reached(&machine, &request, &what);
                cases += 1;
            }
        }
    }
    println!("programs that still run: {cases} cases");
    assert!(cases > 10, "{cases}");
}

fn must_not_be_killed(command: &str) -> bool {
    let path = command.split(' ').next().unwrap_or_default();
    Program::at(path).unwrap().at_limit() != AtLimit::Killed
}
