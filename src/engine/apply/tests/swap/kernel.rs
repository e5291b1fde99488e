//! LVM2 that changes its metadata and not the kernel.

use super::failing::{has_swap, is_as, reached};
use super::machine::{Fault, Machine, Way};
use crate::engine::Ending;
use crate::subjects::swap::plan::tests::node::{FULL, Node, SMALL, SWAP, request};

/// A machine whose first run ended at `lvresize`, in this way.
fn after_lvresize(way: Way) -> (Machine, Ending) {
    let whole = Machine::new(Node::roomy());
    let plan = whole.plans(&request()).unwrap();
    assert_eq!(whole.run(&plan), Ending::Done);
    let call = whole.calls().iter().position(|call| call.contains("/lvresize ")).unwrap();
    let machine = Machine::new(Node::roomy());
    machine.breaks(Some(Fault { call, way, lasting: false }));
    let ending = machine.run(&plan);
    (machine, ending)
}

fn is_finished_by_the_next_run(machine: &Machine) {
    let again = machine.plans(&request()).unwrap();
    assert_eq!(machine.run(&again), Ending::Done);
    reached(machine, &request(), "the next run");
    assert_eq!(machine.node().volumes[SWAP].kernel_extents, Some(FULL));
}

#[test]
fn an_lvresize_that_changed_the_metadata_only_fails_brings_swap_back_and_is_finished_by_the_next_run() {
    let (machine, ending) = after_lvresize(Way::MetadataOnly);
    let why = "LVM2 has 68719476736 B (64.00 GiB) of vg_root/lv_swap, and the kernel 4294967296 B (4.00 GiB)";
    assert!(matches!(&ending, Ending::Kept { why: is, .. } if is == why), "{ending:?}");
    assert!(has_swap(&machine.node()));
    assert_eq!(machine.node().volumes[SWAP].kernel_extents, Some(SMALL));
    is_finished_by_the_next_run(&machine);
}

#[test]
fn a_volume_that_lvresize_left_suspended_is_resumed_before_it_is_swapped_to_again() {
    let (machine, ending) = after_lvresize(Way::Suspends);
    assert!(matches!(&ending, Ending::Kept { .. }), "{ending:?}");
    assert!(has_swap(&machine.node()) && !machine.node().volumes[SWAP].is_suspended);
    let calls = machine.calls();
    let at = |what: &str| calls.iter().rposition(|call| call.contains(what)).unwrap();
    assert!(at("/lvchange --refresh /dev/vg_root/lv_swap") < at("/swapon --priority"), "{calls:?}");
    is_finished_by_the_next_run(&machine);
}

#[test]
fn a_run_that_was_killed_with_the_volume_suspended_is_finished_by_the_next_one() {
    use super::crash::{Killed, killed};
    let machine = Machine::new(Node::roomy());
    let plan = machine.plans(&request()).unwrap();
    killed(&machine, &plan, Killed::Unrecorded(1));
    machine.becomes(|node| node.swap().is_suspended = true);
    let before = machine.bare();
    // No proof and no way back waits for it.
    let area = "/dev/vg_root/lv_swap";
    let why = machine.host().prove(&plan.steps[2].action).unwrap_err();
    assert!(why.contains("is suspended") && why.contains(area), "{why}");
    assert!(machine.host().take_back(&plan.steps[2].action).unwrap_err().contains("is suspended"));
    is_as(&machine.bare(), &before, "nothing was written");
    is_finished_by_the_next_run(&machine);
}
