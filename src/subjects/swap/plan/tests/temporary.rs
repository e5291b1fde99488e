//! A temporary volume takes the pages where memory cannot, and is gone at the end of every run.

use super::node::{FULL, Node, NodeVolume, SMALL, TEMPORARY, area, request};
use super::resume::{MKSWAP, OFF, ON, RESIZE, WHOLE, after, reaches, remembering};
use super::{argv, planned, pressed};
use crate::base::units::{GIB, MIB, SectorSize};
use crate::subjects::swap::plan::Request;

/// A node whose memory does not hold what is swapped out.
pub(super) fn under_pressure(node: Node) -> Node {
    let mut node = node;
    node.memory.available_kib = Some(100 << 10);
    node.areas[0].used_kib = 2 << 20;
    // The temporary volume is as large as the area, and twice the margin more: 5 GiB.
    node.disks.iter_mut().for_each(|disk| disk.bytes += 5 * GIB);
    node
}

const TEMPORARY_STEPS: [&str; 3] = [
    "lvcreate --extents 160 --name lv_swap_okv_host --addtag okv-host --wipesignatures n vg_root",
    "mkswap /dev/vg_root/lv_swap_okv_host",
    "swapon /dev/vg_root/lv_swap_okv_host",
];
const GONE: [&str; 2] = ["swapoff /dev/vg_root/lv_swap_okv_host", "lvremove --yes vg_root/lv_swap_okv_host"];
/// Its header goes first: where the disk is given back afterwards, nothing on it looks like somebody's.
const CLEARED: [&str; 2] = ["clear /dev/vg_root/lv_swap_okv_host", GONE[1]];

#[test]
fn a_temporary_volume_takes_the_pages_first_and_goes_away_at_the_end() {
    let node = under_pressure(Node::small());
    let expected = [&WHOLE[..7], &TEMPORARY_STEPS, &WHOLE[7..11], &GONE].concat();
    assert_eq!(argv(&planned(&node.growth(), &pressed())), expected);
    // A disk that holds the swap and not the temporary volume is too small.
    let mut short = node.clone();
    short.disk().bytes -= 512;
    assert_eq!(
        super::refused(&short.growth(), &Request { disk: Some("NEW".into()), ..pressed() }).id,
        "disk-too-small"
    );
}

/// Memory moves all the time: a plan with the figure of the moment in it was another one a moment later, and could not
/// be applied.
#[test]
fn a_plan_stays_the_same_when_swap_use_and_free_memory_change() {
    let mut node = under_pressure(Node::small());
    let before = planned(&node.growth(), &pressed()).steps;
    node.areas[0].used_kib += 4321;
    node.memory.available_kib = Some(90 << 10);
    assert_eq!(planned(&node.growth(), &pressed()).steps, before);
    // Also where memory has become large enough meanwhile.
    node.memory.available_kib = Some(64 << 20);
    assert_eq!(planned(&node.growth(), &pressed()).steps, before);
}

#[test]
fn a_run_with_a_temporary_volume_that_was_cut_off_anywhere_reaches_the_target() {
    let node = under_pressure(Node::small());
    let request = remembering(&node, &pressed());
    let steps = planned(&node.growth(), &request).steps.len();
    for done in 0..=steps {
        let cut = after(&node, &request, done);
        let rest = planned(&cut.growth(), &request);
        assert_eq!(rest.steps.is_empty(), done == steps, "after {done} steps: {:?}", argv(&rest));
        let end = after(&cut, &request, usize::MAX);
        reaches(&end, &request, done);
    }
}

#[test]
fn a_temporary_volume_that_was_left_over_goes_away() {
    let left_over = |node: Node| {
        let mut node = Node { system_extents: node.system_extents + 96, ..node };
        node.volumes.insert(TEMPORARY.into(), NodeVolume::new(96, "a,okv-host"));
        node
    };
    let mut full = Node::roomy();
    *full.swap() = NodeVolume::swap(FULL, Some("node-swap"));
    full.areas = vec![area("/dev/dm-0", FULL, 0, 7)];
    let mut node = left_over(full);
    assert_eq!(argv(&planned(&node.growth(), &request())), CLEARED);
    node.areas.push(area("/dev/dm-2", 96, 1024, -3));
    assert_eq!(argv(&planned(&node.growth(), &request())), GONE);
    // It is not the swap that the node is to have.
    let mut small = left_over(Node::roomy());
    small.areas.push(area("/dev/dm-2", 96, 1024, -3));
    let expected = [&[OFF, RESIZE, MKSWAP, ON][..], &GONE].concat();
    assert_eq!(argv(&planned(&small.growth(), &request())), expected);
}

#[test]
fn what_was_left_over_loses_its_first_page_unless_something_else_begins_there() {
    let left_over = |page: Vec<u8>| {
        let mut node = Node::roomy();
        node.volumes.insert(TEMPORARY.into(), NodeVolume { page, ..NodeVolume::new(96, "okv-host") });
        argv(&planned(&node.growth(), &request()))
    };
    let of = |magic: &[u8], at: usize| {
        let mut page = vec![0; 4096];
        page[at..at + magic.len()].copy_from_slice(magic);
        page
    };
    let swap = super::node::page(96 * super::node::EXTENT, super::node::id(super::node::UUID), None);
    // Whole, without its end, and bytes that nothing is known of.
    for page in [swap.clone(), swap[..2048].iter().copied().chain([0; 2048]).collect(), of(b"garbage", 100)] {
        assert_eq!(left_over(page)[..2], CLEARED);
    }
    // mkswap did not run: these are bytes of what the extents held before.
    let luks = of(b"LUKS\xba\xbe\0\x01", 0);
    assert_eq!(left_over(luks)[0], GONE[1]);
}

#[test]
fn a_used_temporary_volume_that_is_too_small_is_reported_and_not_planned_with() {
    let mut node = under_pressure(Node::roomy());
    node.system_extents += 10;
    node.volumes.insert(TEMPORARY.into(), NodeVolume::new(10, "okv-host"));
    node.areas.push(area("/dev/dm-2", 10, 0, -3));
    let reason = super::refused(&node.growth(), &pressed());
    assert!(reason.id == "memory" && reason.message.contains("temporary volume"), "{reason:?}");
}

#[test]
fn the_room_of_a_temporary_volume_that_goes_away_first_is_reckoned_with() {
    let mut node = Node::roomy();
    node.volumes.insert(TEMPORARY.into(), NodeVolume::new(96, "okv-host"));
    let expected = [&CLEARED[..], &[OFF, RESIZE, MKSWAP, ON]].concat();
    assert_eq!(argv(&planned(&node.growth(), &request())), expected);
}

#[test]
fn a_temporary_volume_that_was_left_over_unused_is_used_where_it_is_needed() {
    let mut node = under_pressure(Node::roomy());
    node.system_extents += 160;
    node.volumes.insert(TEMPORARY.into(), NodeVolume::new(10, "okv-host"));
    let plan = argv(&planned(&node.growth(), &pressed()));
    assert_eq!(plan[0], "lvresize --extents 160 vg_root/lv_swap_okv_host");
    assert_eq!(plan[1..3], TEMPORARY_STEPS[1..]);
    node.volumes.insert(TEMPORARY.into(), NodeVolume::new(160, "okv-host"));
    let plan = argv(&planned(&node.growth(), &pressed()));
    assert_eq!(plan[..2], TEMPORARY_STEPS[1..]);
    reaches(&after(&node, &pressed(), usize::MAX), &pressed(), 0);
}

#[test]
fn a_temporary_volume_that_is_needed_where_the_swap_volume_is_large_already_needs_room_too() {
    // The volume grew, its small area came back with a start, and the group is full.
    let mut node = after(&Node::small(), &request(), 9);
    node.areas = vec![area("/dev/dm-0", SMALL, 2 << 20, 7)];
    node.memory.available_kib = Some(100 << 10);
    let refused = super::refused(&node.growth(), &pressed());
    assert_eq!(refused.id, "disk-none");
    let mut disk = super::node::NodeDisk::blank("sdc", "LATER");
    disk.bytes = 5 * GIB + 2 * MIB;
    assert_eq!(disk.sector, SectorSize::S512);
    node.disks.push(disk);
    let end = after(&node, &pressed(), usize::MAX);
    reaches(&end, &pressed(), 0);
}
