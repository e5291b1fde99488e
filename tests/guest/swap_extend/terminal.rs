//! The operator's terminal goes bad while `swap-extend` or its `undo` runs: the connection is lost, or somebody presses
//! Ctrl-\, Ctrl-Z or Ctrl-S and does not come back. Real SSH, a real terminal, a shell with jobs. Afterwards the node
//! has its swap, old or new, `status` agrees with the disks, and the run can be finished or taken back.
//!
//! A sample of the steps meets one of them each, all four in turn; with every case, each step meets all (see `matrix`).

mod node;

use super::state::{FULL_KIB, SMALL_KIB};
use crate::matrix::{is_every, sample};
use node::{Node, RUN, UNDO};

/// What happens to the terminal.
const KEYS: [&str; 4] = ["lost", "quit", "stop", "block"];

/// Steps of a sample; they and [`KEYS`] have no common divisor.
const EVERY: usize = 3;

/// What a step meets.
fn keys(step: usize) -> Vec<&'static str> {
    if is_every() { KEYS.to_vec() } else { vec![KEYS[step % KEYS.len()]] }
}

#[test]
fn a_run_whose_terminal_goes_bad_at_any_step_leaves_the_node_with_swap() {
    let mut node = Node::boot();
    for step in sample(0..node.steps.len(), EVERY) {
        for key in keys(step) {
            // Its beginning is recorded: that of the run comes before, and two records of each step.
            let seen = node.at_a_terminal(key, 2 + 2 * step, RUN);
            let is_done = seen.run["state"] == "done";
            // It ends early only where it is asked to, and only while the node has its swap.
            let may_end = ["lost", "quit"].contains(&key) && step < node.swapoff;
            assert!(is_done || may_end && seen.run["state"] == "interrupted", "{key}: {:#}", seen.run);
            assert_eq!(seen.kib.as_deref(), Some(if is_done { FULL_KIB } else { SMALL_KIB }));
            assert_eq!(seen.waits, key == "block");
            if key == "lost" && !is_done {
                node.take_back();
                continue;
            }
            if !is_done {
                node.finish();
            }
            node.starts_over();
        }
    }
    // In the background of a terminal that stops what prints there, it goes on and prints.
    let seen = node.at_a_terminal("behind", 2, RUN);
    assert_eq!((seen.run["state"].as_str(), seen.waits), (Some("done"), false));
    node.report("swap-extend");
}

#[test]
fn an_undo_whose_terminal_goes_bad_at_any_step_gives_the_node_its_swap_again() {
    let mut node = Node::boot();
    // The run was killed between swapoff and lvresize: without swap, and with a disk that was added.
    for taken_back in sample(0..=node.swapoff + 1, EVERY) {
        for key in keys(taken_back) {
            node.killed_behind(node.swapoff, RUN);
            is_taken_back(&mut node, key, taken_back);
        }
    }
    // The volume had been larger than what is swapped to, and the run that made the header new was killed behind that.
    node.guest.ok("lvresize --quiet --extents 384 vg_root/lv_swap");
    for taken_back in sample(0..=2, 2) {
        for key in keys(taken_back + 1) {
            node.killed_behind(1, "/root/okv-host swap-extend --size 12GiB --apply --yes");
            is_taken_back(&mut node, key, taken_back);
        }
    }
    node.guest.ok("swapoff --all; lvresize --quiet --yes --extents 128 vg_root/lv_swap; swapon /dev/vg_root/lv_swap");
    node.report("undo");
}

/// The way back is gone to its end, whatever happens to the terminal when so many steps are taken back.
fn is_taken_back(node: &mut Node, key: &str, taken_back: usize) {
    let seen = node.at_a_terminal(key, 1 + taken_back, UNDO);
    assert_eq!((seen.run["state"].as_str(), seen.kib.as_deref()), (Some("undone"), Some(SMALL_KIB)), "{key}");
    assert_eq!(seen.waits, key == "block");
}
