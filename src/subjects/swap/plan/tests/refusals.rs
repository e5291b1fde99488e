//! Groups and swap volumes that are refused, and the remedy of each.

use super::node::{EXTENT, Node, NodeVolume, SWAP, TEMPORARY, request};
use super::{planned, refused};
use crate::base::ids::Id;
use crate::disk::format::content::{Content, Kind};
use crate::disk::{Allocation, Problem, ProblemId, Segment, VolumeGroup};
use crate::host::Probed;
use crate::host::lvm::{DevicesFile, Lvm};
use crate::subjects::swap::facts::Growth;
use crate::subjects::swap::plan::{Remembered, Request};

/// A change to what was gathered, the identifier of the refusal, and a word of what lifts it.
pub(super) type Case<'c> = (&'c str, fn(&mut Growth), &'c str, &'c str);

pub(super) fn each_is_refused(node: &Node, cases: &[Case<'_>]) {
    planned(&node.growth(), &request());
    for (what, change, id, lifts) in cases {
        let mut growth = node.growth();
        change(&mut growth);
        let reason = refused(&growth, &request());
        assert_eq!(reason.id, *id, "{what}: {reason:?}");
        assert!(reason.remedy.contains(lifts), "{what}: {reason:?}");
    }
}

/// Changes every copy of the group that the disks tell of.
fn group(growth: &mut Growth, change: impl Fn(&mut VolumeGroup)) {
    growth.node.disks.iter_mut().flat_map(|disk| &mut disk.volume_groups).for_each(change);
}

pub(super) fn lvm(growth: &mut Growth) -> &mut Lvm {
    match &mut growth.lvm {
        Probed::Known(lvm) => lvm,
        other => panic!("{other:?}"),
    }
}

fn segment(growth: &mut Growth, change: impl Fn(&mut Segment)) {
    group(growth, |group| {
        let swap = group.logical_volumes.iter_mut().find(|volume| volume.name == SWAP).unwrap();
        change(&mut swap.segments[0]);
    });
}

fn content(growth: &mut Growth, content: Option<Content>) {
    group(growth, |group| {
        let swap = group.logical_volumes.iter_mut().find(|volume| volume.name == SWAP).unwrap();
        swap.content.clone_from(&content);
    });
}

#[test]
fn a_group_that_is_not_there_once_and_whole_is_refused() {
    each_is_refused(
        &Node::small(),
        &[
            ("no group", |g| group(g, |group| group.name = "other".into()), "group-missing", "attach"),
            (
                "no group on the disks that could be read",
                |g| {
                    group(g, |group| group.name = "other".into());
                    g.node.disks[1].problems.push(Problem::new(ProblemId::CannotOpen, "/dev/sdb: input/output error"));
                },
                "group-unknown",
                "scan",
            ),
            (
                "two groups of one name",
                |g| {
                    let mut twin = g.node.disks[0].volume_groups[0].clone();
                    twin.uuid = Some(Id::Lvm([b'x'; 32]));
                    g.node.disks[1].volume_groups.push(twin);
                },
                "group-twice",
                "detach",
            ),
            (
                "a missing physical volume",
                |g| group(g, |group| group.missing_pvs.push(Id::Lvm([b'm'; 32]))),
                "group-incomplete",
                "never remove missing",
            ),
            (
                "an exported group",
                |g| group(g, |group| group.flags.push("exported".into())),
                "group-exported",
                "vgimport",
            ),
            (
                "a group of another host",
                |g| group(g, |group| group.system_id = Some("other".into())),
                "group-foreign",
                "--systemid",
            ),
            (
                "a group of a host that is not known to be this one",
                |g| {
                    group(g, |group| group.system_id = Some("other".into()));
                    g.node.setup.as_mut().unwrap().lvm_owner = Probed::Unreadable("why".into());
                },
                "group-foreign",
                "lvm.conf",
            ),
            ("extents of no size", |g| group(g, |group| group.extent_bytes = 0), "group-unknown", "scan"),
        ],
    );
}

#[test]
fn a_group_that_lvm_sees_otherwise_than_the_disks_is_refused() {
    each_is_refused(
        &Node::small(),
        &[
            ("LVM2 that was not asked", |g| g.lvm = Probed::Absent, "lvm-unknown", "on the node"),
            ("LVM2 that does not answer", |g| g.lvm = Probed::Unreadable("vgs: hangs".into()), "lvm-unknown", "vgs"),
            ("a filter that hides the group", |g| lvm(g).groups.clear(), "lvm-sees-otherwise", "filter"),
            (
                "two groups of one name in LVM2",
                |g| {
                    let twin = lvm(g).groups[0].clone();
                    lvm(g).groups.push(twin);
                },
                "lvm-sees-otherwise",
                "copies",
            ),
            ("a physical volume that LVM2 misses", |g| lvm(g).groups[0].missing = 1, "lvm-sees-otherwise", "filter"),
            (
                "a filter that hides a physical volume",
                |g| lvm(g).devices.retain(|device| device.group.is_empty()),
                "lvm-sees-otherwise",
                "filter",
            ),
            ("metadata of another version", |g| lvm(g).groups[0].seqno = 8, "lvm-sees-otherwise", "copies"),
            ("other free extents", |g| lvm(g).groups[0].free_extents += 1, "lvm-sees-otherwise", "filter"),
            (
                "a devices file that is not there",
                |g| lvm(g).devices_file = DevicesFile::Missing,
                "devices-file-missing",
                "vgimportdevices",
            ),
            (
                "a swap volume that LVM2 does not see",
                |g| lvm(g).volumes.retain(|volume| volume.name != SWAP),
                "lvm-sees-otherwise",
                "lvs",
            ),
            (
                "a swap volume of another size in LVM2",
                |g| lvm(g).volumes.iter_mut().for_each(|volume| volume.bytes += EXTENT),
                "lvm-sees-otherwise",
                "lvs",
            ),
        ],
    );
}

#[test]
fn a_swap_volume_that_is_not_plain_is_refused() {
    each_is_refused(
        &Node::small(),
        &[
            (
                "no swap volume",
                |g| group(g, |group| group.logical_volumes.retain(|volume| volume.name != SWAP)),
                "volume-missing",
                "name",
            ),
            ("a thin volume", |g| segment(g, |segment| segment.kind = "thin".into()), "volume-type", "by hand"),
            ("a mirror", |g| segment(g, |segment| segment.kind = "raid1".into()), "volume-type", "by hand"),
            (
                "a mirror by its layout",
                |g| lvm(g).volumes.iter_mut().for_each(|volume| volume.layout = "raid,raid1".into()),
                "volume-type",
                "by hand",
            ),
            (
                "an origin of a snapshot",
                |g| lvm(g).volumes.iter_mut().for_each(|volume| volume.role = "public,origin,thickorigin".into()),
                "volume-type",
                "snapshots",
            ),
            (
                "a volume that is not active",
                |g| lvm(g).volumes.iter_mut().for_each(|volume| volume.active.clear()),
                "volume-inactive",
                "lvchange",
            ),
            ("a volume without a device", |g| g.swap_device = Probed::Absent, "volume-inactive", "lvchange"),
            (
                "a device that may not be looked at",
                |g| g.swap_device = Probed::Unreadable("/dev: permission denied".into()),
                "volume-unknown",
                "/dev",
            ),
        ],
    );
    let mut node = Node::small();
    node.volumes.insert(TEMPORARY.into(), NodeVolume::new(0, "mine"));
    let reason = refused(&node.growth(), &request());
    assert_eq!(reason.id, "temporary-volume-foreign");
    assert!(reason.remedy.contains("rename"), "{reason:?}");
}

#[test]
fn a_striped_volume_grows_by_one_stripe() {
    let mut growth = Node::small().growth();
    segment(&mut growth, |segment| {
        segment.kind = "striped".into();
        segment.stripes.push(segment.stripes[0]);
    });
    lvm(&mut growth).volumes.iter_mut().for_each(|volume| volume.layout = "striped".into());
    let plan = planned(&growth, &request());
    assert!(super::argv(&plan).contains(&"lvresize --extents 2048 --stripes 1 vg_root/lv_swap".to_owned()));
}

#[test]
fn a_swap_volume_that_holds_something_else_is_refused() {
    let hibernated = |g: &mut Growth| {
        let mut node = Node::small();
        node.swap().page[4086..4096].copy_from_slice(b"S1SUSPEND\0");
        content(g, Some(node.swap().content()));
    };
    each_is_refused(
        &Node::small(),
        &[
            ("the memory of a hibernated machine", hibernated, "hibernation", "start the node once"),
            (
                "swap of another machine",
                |g| {
                    let mut other = Node::small().swap().content();
                    other.swap.as_mut().unwrap().page_bytes = 65536;
                    content(g, Some(other));
                },
                "swap-header",
                "by hand",
            ),
            ("a file system", |g| content(g, Some(Content::new(Kind::Xfs))), "swap-header", "name"),
            ("nothing", |g| content(g, Some(Content::new(Kind::Blank))), "swap-header", "by hand"),
            ("what cannot be read", |g| content(g, Some(Content::new(Kind::Unreadable))), "swap-header", "scan"),
            ("what was not looked at", |g| content(g, None), "swap-header", "scan"),
            (
                "a header without UUID",
                |g| {
                    let mut nameless = Node::small().swap().content();
                    nameless.uuid = None;
                    content(g, Some(nameless));
                },
                "swap-header",
                "mkswap",
            ),
        ],
    );
}

#[test]
fn a_file_system_on_the_swap_volume_is_refused_even_where_a_run_was_cut_off() {
    let remembered = Remembered { uuid: super::node::UUID.into(), label: None, priority: None, header: None };
    let request = Request { remembered: Some(remembered), ..request() };
    for kind in [Kind::Xfs, Kind::Ext4, Kind::Luks, Kind::Lvm2Pv, Kind::Ambiguous, Kind::Unreadable] {
        let mut growth = Node::roomy().growth();
        content(&mut growth, Some(Content::new(kind)));
        assert_eq!(refused(&growth, &request).id, "swap-header", "{kind:?}");
    }
    let mut growth = Node::roomy().growth();
    content(&mut growth, None);
    assert_eq!(refused(&growth, &request).id, "swap-header");
}

#[test]
fn a_volume_that_can_only_grow_where_there_is_no_room_is_refused_and_a_group_of_this_host_is_not() {
    let with = |allocation: Allocation| {
        let mut growth = Node::small().growth();
        group(&mut growth, |group| group.logical_volumes.iter_mut().for_each(|volume| volume.allocation = allocation));
        growth
    };
    for allocation in [Allocation::Contiguous, Allocation::Cling] {
        let reason = refused(&with(allocation), &request());
        assert!(reason.id == "allocation-policy" && reason.remedy.contains("--alloc inherit"), "{reason:?}");
    }
    planned(&with(Allocation::Anywhere), &request());
    let mut growth = Node::small().growth();
    group(&mut growth, |group| group.system_id = Some("this".into()));
    growth.node.setup.as_mut().unwrap().lvm_owner = Probed::Known(vec!["this".into()]);
    planned(&growth, &request());
}
