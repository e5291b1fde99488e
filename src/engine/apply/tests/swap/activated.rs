//! A swap volume that the service manager turns on by itself, in the middle of a run: systemd of Oracle Linux 7 and 8
//! starts the unit of a line of /etc/fstab when its device appears.

use super::failing::plans;
use super::machine::Machine;
use crate::engine::Ending;

/// How often the swap volume is in use.
fn areas(machine: &Machine) -> usize {
    machine.node().areas.iter().filter(|area| area.path == "/dev/dm-0").count()
}

#[test]
fn swap_that_is_turned_on_in_the_middle_is_the_old_or_the_new_one_and_never_lost_or_there_twice() {
    let mut cases = 0;
    for (name, node, request) in plans() {
        let whole = Machine::new(node.clone());
        let plan = whole.plans(&request).unwrap();
        assert_eq!(whole.run(&plan), Ending::Done, "{name}");
        for call in 0..whole.calls().len() {
            let machine = Machine::new(node.clone());
            machine.activates_at(call);
            let outcome = machine.run(&plan);
            let what = format!("{name}: before call {call}: {outcome:?}");
            assert!(areas(&machine) <= 1, "{what}");
            assert!(!matches!(outcome, Ending::Stuck { .. }), "{what}");
            let again = machine.plans(&request).unwrap_or_else(|why| panic!("{what}: {why:?}"));
            if !again.steps.is_empty() {
                assert_eq!(machine.run(&again), Ending::Done, "{what}: second run");
            }
            assert!(machine.plans(&request).unwrap().steps.is_empty(), "{what}");
            assert_eq!(areas(&machine), 1, "{what}");
            cases += 1;
        }
    }
    assert!(cases > 40, "{cases}");
}
