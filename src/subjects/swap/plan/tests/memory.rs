//! Memory that cannot take the swapped-out pages, and a kernel that does not show its swap or memory.

use super::node::{Node, request};
use super::refusals::each_is_refused;
use super::{argv, planned, pressed, refused};
use crate::host::memory::Memory;
use crate::host::{Probed, Running};
use crate::subjects::swap::facts::Growth;

#[test]
fn swap_or_memory_that_the_kernel_does_not_report_is_refused() {
    fn running(growth: &mut Growth) -> &mut Running {
        growth.node.running.as_mut().unwrap()
    }
    each_is_refused(
        &Node::small(),
        &[
            ("no /proc/swaps", |g| running(g).swaps = Probed::Absent, "swaps-unknown", "readable"),
            (
                "bad /proc/swaps",
                |g| running(g).swaps = Probed::Unreadable("line 2".into()),
                "swaps-unknown",
                "readable",
            ),
            ("a node that does not run", |g| g.node.running = None, "swaps-unknown", "readable"),
            ("no /proc/meminfo", |g| g.memory = Probed::Absent, "memory-unknown", "/proc"),
            ("bad /proc/meminfo", |g| g.memory = Probed::Unreadable("line 3".into()), "memory-unknown", "readable"),
        ],
    );
}

#[test]
fn memory_that_does_not_hold_what_is_swapped_out_is_refused_with_the_figures() {
    let with = |available_kib: Option<u64>, used_kib: u64| {
        let mut node = Node::small();
        node.memory.available_kib = available_kib;
        node.areas[0].used_kib = used_kib;
        node
    };
    // A thirty-second of 16 GiB is to stay free.
    let margin = 512 << 10;
    let reason = refused(&with(Some(3_000_000), 3_000_000 - margin + 1).growth(), &request());
    assert_eq!(reason.id, "memory");
    assert!(reason.message.contains("2475713 KiB") && reason.message.contains("3000000 KiB"), "{reason:?}");
    assert!(reason.remedy.contains("--temporary-swap"), "{reason:?}");
    planned(&with(Some(3_000_000), 3_000_000 - margin).growth(), &request());
    // A kernel that does not tell what is available: only where nothing is swapped out.
    assert_eq!(refused(&with(None, 1).growth(), &request()).id, "memory");
    planned(&with(None, 0).growth(), &request());
}

#[test]
fn memory_that_may_not_be_promised_is_refused_whatever_is_free() {
    let mut node = Node::small();
    let strict = |commit_limit_kib| Memory { is_strict: true, commit_limit_kib, ..Node::small().memory };
    // The area has 4 GiB less a page.
    node.memory = strict(Some((2 << 20) + (4 << 20) - 5));
    let reason = refused(&node.growth(), &request());
    assert_eq!(reason.id, "memory");
    assert!(reason.message.contains("overcommit_memory is 2") && reason.remedy.contains("--temporary-swap"));
    // A temporary volume lets the kernel promise as much more as it has.
    node.memory = strict(Some(2 << 20));
    let mut large = node.clone();
    large.disk().bytes += 5 << 30;
    let steps = argv(&planned(&large.growth(), &pressed()));
    assert!(steps.iter().any(|step| step.starts_with("lvcreate --extents 160 ")), "{steps:?}");
    node.memory = strict(None);
    assert_eq!(refused(&node.growth(), &request()).id, "memory");
    node.memory = strict(Some((2 << 20) + (4 << 20) - 4));
    planned(&node.growth(), &request());
}
