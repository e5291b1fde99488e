//! From each state that a run can be cut off in, just the steps that are left; and where all are done, none.

use super::node::{EXTENT, FULL, Node, NodeVolume, SMALL, SWAP, TEMPORARY, area, id, page, request};
use super::{argv, planned};
use crate::base::units::{GIB, MIB, TIB};
use crate::host::Probed;
use crate::subjects::swap::plan::remembered::sectors;
use crate::subjects::swap::plan::{Remembered, Request, plan};

pub(super) const SETTLE: &str = "udevadm settle --timeout=60";
const PVCREATE: &str = "pvcreate --dataalignment 1m /dev/sdb1";
const VGEXTEND: &str = "vgextend vg_root /dev/sdb1";
const BACKUP: &str = "vgcfgbackup --file /var/lib/okv-host/vg_root-7.vg vg_root";
pub(super) const OFF: &str = "swapoff /dev/vg_root/lv_swap";
pub(super) const RESIZE: &str = "lvresize --extents 2048 vg_root/lv_swap";
pub(super) const MKSWAP: &str = "swap header aaaaaaaa-0000-4000-8000-000000000003 node-swap /dev/vg_root/lv_swap";
pub(super) const ON: &str = "swapon --priority 7 /dev/vg_root/lv_swap";
pub(super) const WHOLE: [&str; 12] =
    ["write mbr /dev/sdb", SETTLE, "tell /dev/sdb 1", SETTLE, PVCREATE, BACKUP, VGEXTEND, OFF, RESIZE, MKSWAP, ON, ""];

/// The node after the first `done` steps of its plan.
pub(super) fn after(node: &Node, request: &Request, done: usize) -> Node {
    let mut node = node.clone();
    let plan = planned(&node.growth(), request);
    plan.steps.iter().take(done).for_each(|step| node.does(step));
    node
}

/// What a run of this plan leaves in the journal.
pub(super) fn remembering(node: &Node, request: &Request) -> Request {
    let plan = planned(&node.growth(), request);
    Request { remembered: Remembered::of(&plan.steps, request), ..request.clone() }
}

#[test]
fn a_new_disk_is_brought_into_the_group_and_the_swap_grows_into_it() {
    assert_eq!(argv(&planned(&Node::small().growth(), &request())), WHOLE[..11]);
}

#[test]
fn a_run_that_was_cut_off_anywhere_goes_on_from_there() {
    let node = Node::small();
    let request = remembering(&node, &request());
    let cut = |done: usize| argv(&planned(&after(&node, &request, done).growth(), &request));
    // The kernel is told again, which harms nothing, until there is a physical volume.
    for done in 1..=4 {
        assert_eq!(cut(done), WHOLE[1..11], "after {done} steps");
    }
    for done in 5..=6 {
        assert_eq!(cut(done), WHOLE[5..11], "after {done} steps");
    }
    for (done, left) in [(7, &WHOLE[7..11]), (8, &WHOLE[8..11]), (9, &WHOLE[9..11]), (10, &WHOLE[10..11]), (11, &[])] {
        assert_eq!(cut(done), left, "after {done} steps");
    }
}

/// Without this, LVM2 refuses each of its programs, and every further run ends like the one before.
#[test]
fn a_physical_volume_that_a_power_cut_left_half_made_is_cleared_and_made_again() {
    let node = Node::small();
    let request = remembering(&node, &request());
    let mut half = after(&node, &request, 5);
    half.disk().put((1 << 20) + 4096, &[0; 512]);
    let left = argv(&planned(&half.growth(), &request));
    assert_eq!(left[..6], [&WHOLE[1..4], &["clear /dev/sdb1", SETTLE, PVCREATE]].concat());
    assert_eq!(left[6..], WHOLE[5..11]);
}

/// LVM2 refuses to extend the group with it, and to make it anew.
#[test]
fn a_volume_that_vgextend_marked_as_used_before_it_was_cut_off_is_cleared_and_made_again() {
    let node = Node::small();
    let request = remembering(&node, &request());
    let mut growth = after(&node, &request, 5).growth();
    let Probed::Known(lvm) = &mut growth.lvm else { panic!() };
    lvm.devices.iter_mut().find(|device| device.name == "/dev/sdb1").unwrap().group = "[unknown]".into();
    let left = argv(&planned(&growth, &request));
    assert_eq!(left[..6], [&WHOLE[1..4], &["clear /dev/sdb1", SETTLE, PVCREATE]].concat());
    assert_eq!(left[6..], WHOLE[5..11]);
}

#[test]
fn a_volume_that_grew_while_its_small_area_came_back_with_the_next_start_is_taken_out_of_use_first() {
    let mut node = after(&Node::small(), &request(), 9);
    // fstab brings the old area back.
    node.areas = vec![area("/dev/dm-0", SMALL, 0, -2)];
    let left = argv(&planned(&node.growth(), &request()));
    assert_eq!(left, [OFF, MKSWAP, "swapon /dev/vg_root/lv_swap"]);
}

#[test]
fn a_new_header_under_an_old_area_in_use_is_taken_into_use_by_going_off_and_on() {
    let mut node = after(&Node::small(), &request(), 10);
    node.areas = vec![area("/dev/dm-0", SMALL, 0, 7)];
    assert_eq!(argv(&planned(&node.growth(), &request())), [OFF, ON]);
}

#[test]
fn a_table_that_is_partly_written_is_written_whole() {
    let mut node = Node::small();
    node.disk().bytes = 3 * TIB;
    let whole = planned(&node.growth(), &request());
    assert_eq!(argv(&whole)[0], "write gpt /dev/sdb");
    let crate::engine::Action::WriteTable(table) = &whole.steps[0].action else { panic!("{whole:?}") };
    assert_eq!(table.sectors.len(), 5);
    for written in 0..5 {
        let mut node = node.clone();
        table.sectors.iter().take(written).for_each(|sector| node.disk().put(sector.at, &sector.hex));
        assert_eq!(planned(&node.growth(), &request()).steps, whole.steps, "{written} sectors");
    }
    assert!(whole.notes.iter().any(|note| note.contains("2 TiB")), "{:?}", whole.notes);
}

#[test]
fn a_partition_with_the_rests_of_an_interrupted_pvcreate_is_made_a_physical_volume() {
    let mut node = after(&Node::small(), &request(), 4);
    node.disk().put_metadata();
    assert_eq!(argv(&planned(&node.growth(), &request()))[3], PVCREATE);
}

#[test]
fn a_header_that_is_gone_is_made_anew_from_what_the_journal_remembers() {
    let node = Node::small();
    let request = remembering(&node, &request());
    let mut node = after(&node, &request, 9);
    node.swap().page = vec![0; 4096];
    assert_eq!(argv(&planned(&node.growth(), &request)), [MKSWAP, ON]);
    // Its bytes without the signature are no other content.
    node.swap().page = page(FULL * EXTENT, id(super::node::UUID), None);
    node.swap().page[4086..].fill(0);
    assert_eq!(argv(&planned(&node.growth(), &request)), [MKSWAP, ON]);
}

#[test]
fn uuid_label_and_priority_of_the_swap_volume_are_remembered_from_the_steps() {
    let remembered = remembering(&Node::small(), &request()).remembered.unwrap();
    let header = Some(sectors(&Node::small().swap().page));
    let label = Some("node-swap".into());
    let known = Remembered { uuid: super::node::UUID.into(), label, priority: Some(7), header };
    assert_eq!(remembered, known);
    assert_eq!(Remembered::of(&[], &request()), None);
}

#[test]
fn a_priority_comes_from_the_area_then_from_the_journal_then_from_fstab() {
    let on = |node: &Node, request: &Request| argv(&planned(&node.growth(), request)).pop().unwrap();
    let mut node = after(&Node::small(), &request(), 9);
    assert_eq!(on(&node, &remembering(&Node::small(), &request())), ON);
    node.fstab = Some("sw,pri=3,discard=once".into());
    assert_eq!(on(&node, &request()), "swapon --priority 3 --discard=once /dev/vg_root/lv_swap");
    let mut used = Node { fstab: node.fstab.clone(), ..Node::small() };
    used.areas[0].priority = -2;
    assert_eq!(on(&used, &request()), "swapon --discard=once /dev/vg_root/lv_swap");
}

#[test]
fn swap_elsewhere_counts_in_the_sum() {
    let mut node = Node::small();
    let other = |kib| crate::host::SwapArea { kib, ..area("/var/swap", SMALL, 0, -3) };
    // 60 GiB elsewhere and 4 GiB here; each area is a page larger than the kernel says.
    node.areas.push(other((60 << 20) - 4));
    assert!(planned(&node.growth(), &request()).steps.is_empty());
    node.areas[1] = other((60 << 20) - 8);
    assert_eq!(argv(&planned(&node.growth(), &request())), WHOLE[..11]);
}

#[test]
fn a_node_that_has_the_swap_or_more_needs_nothing_and_no_disk() {
    for extents in [FULL, FULL + 1, 2 * FULL] {
        let mut node = Node { system_extents: 320 + extents, ..Node::small() };
        *node.swap() = NodeVolume::swap(extents, None);
        node.areas = vec![area("/dev/dm-0", extents, 0, -2)];
        assert!(planned(&node.growth(), &request()).steps.is_empty(), "{extents}");
    }
}

#[test]
fn a_smaller_target_shrinks_nothing() {
    let request = Request { target_bytes: GIB, ..request() };
    assert!(planned(&Node::small().growth(), &request).steps.is_empty());
}

#[test]
fn a_target_that_is_no_whole_number_of_extents_is_rounded_up() {
    let request = Request { target_bytes: 64 * GIB - MIB, ..request() };
    assert!(argv(&planned(&Node::small().growth(), &request)).contains(&RESIZE.to_owned()));
}

#[test]
fn room_that_is_there_is_taken_before_any_disk() {
    let mut node = Node { disks: Node::small().disks, ..Node::roomy() };
    let plan = planned(&node.growth(), &request());
    assert_eq!(argv(&plan), [OFF, RESIZE, MKSWAP, ON]);
    assert!(plan.notes.iter().any(|note| note.contains("no disk is added")), "{:?}", plan.notes);
    node.system_extents -= 1;
    assert_eq!(argv(&planned(&node.growth(), &request())), WHOLE[..11]);
}

pub(super) fn reaches(end: &Node, request: &Request, done: usize) {
    assert!(plan(&end.growth(), request).unwrap().steps.is_empty(), "after {done} steps: {end:?}");
    assert_eq!(end.areas.len(), 1, "after {done} steps");
    assert_eq!((end.areas[0].path.as_str(), end.areas[0].kib), ("/dev/dm-0", (64 << 20) - 4), "after {done} steps");
    assert!(!end.volumes.contains_key(TEMPORARY), "after {done} steps");
    assert_eq!(end.volumes[SWAP].page, page(64 * GIB, id(super::node::UUID), Some("node-swap")));
}

#[test]
fn every_plan_ends_in_a_state_that_needs_nothing() {
    let mut large = Node::small();
    large.disk().bytes = 3 * TIB;
    for node in [Node::small(), Node::roomy(), large] {
        let end = after(&node, &request(), usize::MAX);
        reaches(&end, &request(), 0);
    }
}
