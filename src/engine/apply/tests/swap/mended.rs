//! Runs that begin where an earlier one failed or was killed, and hosts that changed since the plan.

use super::failing::{has_swap, is_as, plans, pressed, reached};
use super::machine::{Fault, Machine, Way};
use crate::engine::apply::{Interrupts, can_take_back, take_back};
use crate::engine::{Action, Command, Ending, RunState};
use crate::subjects::swap::plan::Request;
use crate::subjects::swap::plan::tests::node::{Node, NodeDisk, request};

/// The number of the first call that begins so.
fn call(machine: &Machine, begins: &str) -> usize {
    machine.calls().iter().position(|call| call.contains(begins)).unwrap()
}

/// The calls of a whole run of this node's plan.
fn whole(node: &Node) -> Machine {
    let machine = Machine::new(node.clone());
    let plan = machine.plans(&request()).unwrap();
    assert_eq!(machine.run(&plan), Ending::Done);
    machine
}

#[test]
fn a_disk_that_a_rollback_gives_back_is_blank_again_for_the_next_run() {
    let node = Node::small();
    for begins in ["/vgextend ", "/lvresize "] {
        let machine = Machine::new(node.clone());
        let (plan, before) = (machine.plans(&request()).unwrap(), machine.bare());
        machine.breaks(Some(Fault { call: call(&whole(&node), begins), way: Way::Status, lasting: false }));
        assert!(matches!(machine.run(&plan), Ending::RolledBack { .. }), "{begins}");
        is_as(&machine.bare(), &before, begins);
        machine.breaks(None);
        assert_eq!(machine.plans(&request()).unwrap().steps[0], plan.steps[0], "{begins}: the same disk again");
    }
}

#[test]
fn a_table_stays_as_long_as_something_is_where_its_partition_begins() {
    let machine = Machine::new(Node::small());
    let plan = machine.plans(&request()).unwrap();
    machine.host().perform_to_the_end(&plan.steps[0]).unwrap();
    let has_table = || machine.host().prove(&plan.steps[0].action);
    for (at, bytes) in [(0, &b"XFSB"[..]), (1024, b"anything"), (4096, b"another's"), (8192, b"another's")] {
        let at = (1 << 20) + at;
        machine.becomes(|node| node.disk().put(at, bytes));
        let why = machine.host().take_back(&plan.steps[0].action).unwrap_err();
        assert!(why.contains("is not blank"), "{why}");
        assert_eq!(has_table(), Ok(()));
        machine.becomes(|node| node.disk().put(at, &vec![0; bytes.len()]));
    }
    // A volume that one answer of LVM2 did not show: its metadata and its label are there.
    machine.becomes(|node| {
        node.disk().put_metadata();
        node.disk().put_label(true);
    });
    assert!(machine.host().take_back(&plan.steps[0].action).is_err());
    assert_eq!(has_table(), Ok(()));
}

#[test]
fn a_pvcreate_after_which_lvm_sees_the_new_volume_alone_is_rolled_back() {
    let machine = Machine::new(Node::small());
    let (plan, before) = (machine.plans(&request()).unwrap(), machine.bare());
    // A volume of another group, which is seen before and hidden by the new devices file.
    let mut plan = plan;
    for step in &mut plan.steps {
        if let Action::Run(run) = &mut step.action
            && let Some(crate::engine::Proof::PhysicalVolume { beside, .. }) = &mut run.proof
        {
            beside.push("hidden-now".into());
        }
    }
    let outcome = machine.run(&plan);
    assert!(matches!(&outcome, Ending::RolledBack { why } if why.contains("beside all the others")), "{outcome:?}");
    assert!(machine.calls().iter().any(|call| call.contains("/pvremove ")));
    is_as(&machine.bare(), &before, "rolled back");
}

#[test]
fn an_area_in_use_with_another_priority_keeps_its_new_header() {
    let machine = Machine::new(Node::roomy());
    let mut plan = machine.plans(&request()).unwrap();
    let Action::Run(on) = &mut plan.steps.last_mut().unwrap().action else { panic!("swapon is last") };
    let Command::Known { args, .. } = &mut on.command else { panic!("swapon is known") };
    args.retain(|word| word != "--priority" && word != "7");
    let outcome = machine.run(&plan);
    assert!(matches!(&outcome, Ending::Kept { .. }), "{outcome:?}");
    let node = machine.node();
    let used = (node.areas[0].kib + 4) * 1024;
    assert_eq!(node.volumes["lv_swap"].content().bytes, Some(used), "the header is that of the area in use");
}

#[test]
fn swap_stays_on_where_the_program_that_brings_it_back_fails() {
    for (name, node, request) in plans() {
        for way in [Way::Status, Way::Hangs, Way::Missing, Way::Garbage] {
            let machine = Machine::new(node.clone());
            let (plan, before) = (machine.plans(&request).unwrap(), machine.bare());
            let calls = Machine::new(node.clone());
            calls.run(&plan);
            let fault = Fault { call: call(&calls, "/swapon "), way, lasting: true };
            machine.breaks(Some(fault));
            let outcome = machine.run(&plan);
            assert!(matches!(outcome, Ending::RolledBack { .. }), "{name}: {way:?}: {outcome:?}");
            is_as(&machine.bare(), &before, name);
            assert!(
                !machine
                    .calls()
                    .iter()
                    .any(|call| call.contains("/swapoff /dev/vg_root/lv_swap") && !call.contains("okv"))
            );
        }
    }
}

#[test]
fn a_signal_does_not_stop_a_second_run_before_swap_is_back() {
    let machine = Machine::new(Node::roomy());
    let plan = machine.plans(&request()).unwrap();
    // Killed when the swap was off.
    super::crash::killed(&machine, &plan, super::crash::Killed::After(1));
    assert!(!has_swap(&machine.node()));
    let again = machine.plans(&request()).unwrap();
    let interrupts = Interrupts::default();
    interrupts.raise();
    assert_eq!(machine.run_watched(&again, &interrupts, &mut |_| {}), Ending::Done);
    reached(&machine, &request(), "a signal from the beginning");
}

#[test]
fn swap_comes_back_although_a_killed_run_left_half_a_header() {
    use super::crash::{Killed, killed};
    for (name, node, request) in plans() {
        let plan = Machine::new(node.clone()).plans(&request).unwrap();
        let mkswap = plan.steps.iter().position(|step| step.purpose.contains("UUID it had")).unwrap();
        let machine = Machine::new(node);
        killed(&machine, &plan, Killed::Begun(mkswap));
        machine.becomes(|node| node.swap().page.fill(0));
        let again = machine.plans(&request).unwrap();
        machine.breaks(Some(Fault { call: 0, way: Way::Status, lasting: false }));
        let outcome = machine.run(&again);
        assert!(matches!(&outcome, Ending::RolledBack { why } if why.contains("swapon")), "{name}: {outcome:?}");
        assert!(has_swap(&machine.node()), "{name}");
        machine.breaks(None);
        let third = machine.plans(&request).unwrap();
        assert_eq!(machine.run(&third), Ending::Done, "{name}");
        reached(&machine, &request, name);
    }
}

#[test]
fn undo_takes_back_a_step_that_a_killed_run_began_and_the_next_one_found_done() {
    let machine = Machine::new(Node::small());
    let (plan, before) = (machine.plans(&request()).unwrap(), machine.bare());
    let extend = plan.steps.iter().position(|step| step.purpose.contains("joins")).unwrap();
    super::crash::killed(&machine, &plan, super::crash::Killed::Unrecorded(extend));
    let again = machine.plans(&request()).unwrap();
    super::crash::killed(&machine, &again, super::crash::Killed::After(1));
    let last = machine.last();
    let unsure: Vec<_> = last.earlier.iter().map(|earlier| !earlier.done).collect();
    assert_eq!((unsure.iter().filter(|unsure| **unsure).count(), unsure.last()), (1, Some(&true)), "{last:?}");
    assert_eq!(can_take_back(&last, &machine.host()), Ok(()));
    assert_eq!(take_back(&last, &machine.host(), &mut machine.journal()), Ok(()));
    is_as(&machine.bare(), &before, "taken back");
    assert_eq!(machine.last().state, RunState::Ended(Ending::Undone));
    assert!(machine.last().earlier.is_empty());
}

#[test]
fn undo_does_not_format_the_temporary_volume_again() {
    let (node, request) = pressed();
    let machine = Machine::new(node);
    let (plan, before) = (machine.plans(&request).unwrap(), machine.bare());
    let on = plan.steps.iter().position(|step| step.purpose.contains("too")).unwrap();
    super::crash::killed(&machine, &plan, super::crash::Killed::After(on + 1));
    assert_eq!(machine.node().areas.len(), 2);
    assert_eq!(take_back(&machine.last(), &machine.host(), &mut machine.journal()), Ok(()));
    assert_eq!(machine.calls().iter().filter(|call| call.contains("/mkswap ")).count(), 1);
    is_as(&machine.bare(), &before, "taken back");
}

#[test]
fn a_disk_that_got_something_since_the_plan_is_left_alone_and_the_run_rolls_back() {
    let machine = Machine::new(Node::small());
    let plan = machine.plans(&request()).unwrap();
    machine.becomes(|node| node.disk().put(0, b"another's"));
    let before = machine.bare();
    let outcome = machine.run(&plan);
    assert!(matches!(&outcome, Ending::RolledBack { why } if why.contains("something else")), "{outcome:?}");
    is_as(&machine.bare(), &before, "untouched");
}

#[test]
fn a_disk_without_serial_number_is_taken_back_only_where_it_has_the_table_that_was_written() {
    let nameless = || {
        let mut disk = NodeDisk::blank("sdb", "X");
        (disk.identity.serial, disk.identity.wwn) = (None, None);
        Node { disks: vec![disk], ..Node::small() }
    };
    let machine = Machine::new(nameless());
    let request = Request { disk: Some("/dev/sdb".into()), ..request() };
    let plan = machine.plans(&request).unwrap();
    machine.host().perform_to_the_end(&plan.steps[0]).unwrap();
    assert_eq!(machine.host().can_take_back(&plan.steps[0].action), Ok(()));
    let other = Machine::new(nameless());
    let why = other.host().can_take_back(&plan.steps[0].action).unwrap_err();
    assert!(why.contains("is it that disk?"), "{why}");
    assert_eq!(other.host().can_take_back_begun(&plan.steps[0].action), Ok(()), "nothing was written");
}

#[test]
fn another_disk_under_the_name_of_the_plan_is_not_written_to_and_the_run_rolls_back() {
    let machine = Machine::new(Node::small());
    let plan = machine.plans(&request()).unwrap();
    let other = Machine::new(Node { disks: vec![NodeDisk::blank("sdb", "OTHER")], ..Node::small() });
    let before = other.bare();
    let outcome = other.run(&plan);
    assert!(matches!(&outcome, Ending::RolledBack { why } if why.contains("not the disk")), "{outcome:?}");
    is_as(&other.bare(), &before, "untouched");
}
