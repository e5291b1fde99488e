//! LVM2 that was cut off before the kernel had what its metadata has.

use super::node::{FULL, Node, NodeVolume, SMALL, SWAP, TEMPORARY, area, request};
use super::resume::{MKSWAP, OFF, ON, RESIZE, after, reaches, remembering};
use super::{argv, planned, refused};
use crate::engine::Action;
use crate::subjects::swap::plan::Request;
use crate::subjects::swap::plan::remembered::sectors;

const REFRESH: &str = "lvchange --refresh vg_root/lv_swap";

/// A node of which an `lvresize` was cut off.
fn resized(kernel_extents: u64, is_suspended: bool) -> (Node, Request) {
    let request = remembering(&Node::roomy(), &request());
    let mut node = after(&Node::roomy(), &request, 2);
    (node.swap().kernel_extents, node.swap().is_suspended) = (Some(kernel_extents), is_suspended);
    (node, request)
}

#[test]
fn a_volume_of_which_the_kernel_has_less_than_lvm_is_refreshed_before_it_gets_its_header() {
    let (mut node, request) = resized(SMALL, false);
    assert_eq!(argv(&planned(&node.growth(), &request)), [REFRESH, MKSWAP, ON]);
    reaches(&after(&node, &request, usize::MAX), &request, 2);
    // The way back had swapped to it again.
    node.areas = vec![area("/dev/dm-0", SMALL, 0, 7)];
    assert_eq!(argv(&planned(&node.growth(), &request)), [OFF, REFRESH, MKSWAP, ON]);
    // A header of the whole volume, which the kernel refuses.
    let mut node = after(&Node::roomy(), &request, 3);
    node.swap().kernel_extents = Some(SMALL);
    assert_eq!(argv(&planned(&node.growth(), &request)), [REFRESH, ON]);
}

#[test]
fn a_volume_that_grows_anyway_or_is_large_enough_is_not_refreshed() {
    let mut node = Node::roomy();
    node.swap().kernel_extents = Some(SMALL - 1);
    assert_eq!(argv(&planned(&node.growth(), &request())), [OFF, RESIZE, MKSWAP, ON]);
    let enough = Request { target_bytes: 1 << 30, ..request() };
    assert!(planned(&node.growth(), &enough).steps.is_empty());
}

#[test]
fn a_suspended_volume_is_resumed_first_with_the_header_that_the_journal_has() {
    // It is resumed with the table that the kernel was given last, which can be an old one.
    for kernel in [SMALL, FULL] {
        let (node, request) = resized(kernel, true);
        let plan = planned(&node.growth(), &request);
        assert_eq!(argv(&plan), [REFRESH, REFRESH, MKSWAP, ON]);
        let Action::WriteSwapHeader(header) = &plan.steps[2].action else { panic!("{plan:?}") };
        assert_eq!(header.before, sectors(&Node::small().swap().page));
        reaches(&after(&node, &request, usize::MAX), &request, 2);
    }
}

#[test]
fn a_suspended_volume_that_no_run_left_so_is_refused() {
    let (node, _) = resized(FULL, true);
    let reason = refused(&node.growth(), &request());
    assert_eq!((reason.id, reason.remedy.as_str()), ("volume-suspended", REFRESH));
}

#[test]
fn a_volume_of_which_the_kernel_has_more_than_lvm_is_refused() {
    let mut node = Node::roomy();
    node.swap().kernel_extents = Some(SMALL + 1);
    let reason = refused(&node.growth(), &request());
    assert!(reason.id == "lvm-sees-otherwise" && reason.remedy.ends_with(REFRESH), "{reason:?}");
}

#[test]
fn a_temporary_volume_that_the_kernel_does_not_have_is_made_ready_before_it_is_used() {
    let mut node = Node::roomy();
    node.system_extents += 160;
    node.memory.available_kib = Some(100 << 10);
    node.areas[0].used_kib = 2 << 20;
    let volume = NodeVolume::new(160, "okv-host");
    for (kernel_extents, is_suspended, expected) in [
        (None, false, "lvchange --activate y vg_root/lv_swap_okv_host"),
        (Some(10), false, "lvchange --refresh vg_root/lv_swap_okv_host"),
        (Some(160), true, "lvchange --refresh vg_root/lv_swap_okv_host"),
    ] {
        node.volumes.insert(TEMPORARY.into(), NodeVolume { kernel_extents, is_suspended, ..volume.clone() });
        assert_eq!(argv(&planned(&node.growth(), &super::pressed()))[0], expected);
        let end = after(&node, &super::pressed(), usize::MAX);
        reaches(&end, &super::pressed(), 0);
        assert_eq!(end.volumes[SWAP].kernel_extents, Some(FULL));
    }
}
