//! Every external program of a plan, at each of its calls, in each way, once and for good.

use std::collections::BTreeMap;

use super::machine::{Fault, Machine, Way};
use crate::base::units::GIB;
use crate::engine::Ending;
use crate::subjects::swap::plan::Request;
use crate::subjects::swap::plan::tests::node::{FULL, Node, TEMPORARY, id, page, request};

/// A node whose memory does not hold what is swapped out, with a disk that has room for a temporary volume too.
pub(super) fn pressed() -> (Node, Request) {
    let mut node = Node::small();
    node.memory.available_kib = Some(100 << 10);
    node.areas[0].used_kib = 2 << 20;
    node.disk().bytes += 5 * GIB;
    (node, Request { temporary_swap: true, ..request() })
}

/// The plans whose programs fail.
pub(super) fn plans() -> [(&'static str, Node, Request); 3] {
    let (node, with_temporary) = pressed();
    [
        ("a new disk", Node::small(), request()),
        ("room that is there", Node::roomy(), request()),
        ("a temporary volume", node, with_temporary),
    ]
}

/// Whether the swap volume is swapped to, small or large.
pub(super) fn has_swap(node: &Node) -> bool {
    node.areas.iter().any(|area| area.path == "/dev/dm-0")
}

/// The target, with the identity that was there before.
pub(super) fn reached(machine: &Machine, request: &Request, what: &str) {
    let node = machine.node();
    let rest = machine.plans(request).unwrap();
    assert!(rest.steps.is_empty(), "{what}: {:?}", rest.steps);
    let areas: Vec<(&str, u64, i32)> = node.areas.iter().map(|a| (a.path.as_str(), a.kib, a.priority)).collect();
    assert_eq!(areas, [("/dev/dm-0", (64 << 20) - 4, 7)], "{what}");
    assert!(!node.volumes.contains_key(TEMPORARY), "{what}");
    let swap = &node.volumes["lv_swap"];
    assert_eq!(swap.extents, FULL, "{what}");
    assert_eq!(
        swap.page,
        page(64 * GIB, id(crate::subjects::swap::plan::tests::node::UUID), Some("node-swap")),
        "{what}"
    );
}

/// Fails with the names of what differs, and not with all bytes.
pub(super) fn is_as(now: &Node, before: &Node, what: &str) {
    let short = |node: &Node| {
        let disks: Vec<String> = node
            .disks
            .iter()
            .map(|d| format!("{} {} {:?} at {:?}", d.name, d.partition, d.volume_of, d.written.keys()))
            .collect();
        let volumes: Vec<String> =
            node.volumes.iter().map(|(name, v)| format!("{name} {} {:?}", v.extents, v.content().bytes)).collect();
        format!("{disks:?} {volumes:?} {:?}", node.areas)
    };
    assert!(now == before, "{what}:\n now {}\n was {}", short(now), short(before));
}

/// One ending, as design.md says it, and what it is counted as.
fn ends_well(machine: &Machine, before: &Node, outcome: &Ending, what: &str) -> &'static str {
    let (node, last) = (machine.bare(), machine.last());
    assert_eq!(last.state.word(), outcome.word(), "{what}");
    match outcome {
        Ending::Done => "done",
        Ending::RolledBack { .. } => {
            is_as(&node, before, &format!("{what}: {outcome:?}"));
            assert!(!last.is_unfinished(), "{what}");
            "rolled back"
        }
        Ending::Kept { .. } => {
            assert!(has_swap(&node), "{what}: {outcome:?}");
            "kept"
        }
        Ending::Stuck { .. } => {
            assert!(what.ends_with("for good: true"), "{what}: {outcome:?}");
            if has_swap(&node) { "stuck with swap" } else { "stuck without swap" }
        }
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn every_program_failing_in_every_way_ends_rolled_back_or_with_swap_and_the_next_run_finishes() {
    let mut endings: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut cases = 0;
    for (name, node, request) in plans() {
        let whole = Machine::new(node.clone());
        let plan = whole.plans(&request).unwrap();
        assert_eq!(whole.run(&plan), Ending::Done, "{name}");
        reached(&whole, &request, name);
        let calls = whole.calls();
        for (call, command) in calls.iter().enumerate() {
            for way in Way::ENDED {
                for lasting in [false, true] {
                    let what = format!("{name}: call {call}, {command}: {way:?}, for good: {lasting}");
                    let machine = Machine::new(node.clone());
                    let before = machine.bare();
                    machine.breaks(Some(Fault { call, way, lasting }));
                    let outcome = machine.run(&plan);
                    let ending = ends_well(&machine, &before, &outcome, &what);
                    if ending == "stuck without swap" {
                        // Only where the program itself that brings swap back does not work any more.
                        assert!(command.contains("/swapon ") && lasting, "{what}: {outcome:?}");
                        assert!(!command.contains("--version"), "{what}: {outcome:?}");
                    }
                    *endings.entry((name, ending)).or_default() += 1;
                    cases += 1;
                    machine.breaks(None);
                    let again = machine.plans(&request).unwrap_or_else(|why| panic!("{what}: {outcome:?}: {why:?}"));
                    if !again.steps.is_empty() {
                        assert_eq!(machine.run(&again), Ending::Done, "{what}: {outcome:?}: second run");
                    }
                    reached(&machine, &request, &what);
                }
            }
        }
    }
    println!("{cases} cases of a program that fails:");
    endings.iter().for_each(|((name, ending), count)| println!("{count:5} {ending}, with {name}"));
    assert!(cases > 400, "{cases}");
}
