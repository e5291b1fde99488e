//! Disks that are refused, and what lifts it.

use super::node::{EXTENT, GROUP, Node, NodeDisk, SMALL, request};
use super::refusals::lvm;
use super::{planned, refused};
use crate::base::units::SectorSize;
use crate::disk::format::content::{Content, Kind};
use crate::host::Probed;
use crate::subjects::swap::facts::Growth;
use crate::subjects::swap::plan::Request;

#[test]
fn no_disk_or_several_are_refused_with_the_smallest_that_does() {
    let mut node = Node { disks: vec![], ..Node::small() };
    let reason = refused(&node.growth(), &request());
    assert_eq!(reason.id, "disk-none");
    assert!(reason.remedy.contains("64426606592"), "60 GiB and 2 MiB: {reason:?}");

    node.disks = vec![NodeDisk::blank("sdb", "A"), NodeDisk::blank("sdc", "B")];
    let reason = refused(&node.growth(), &request());
    assert_eq!(reason.id, "disk-several");
    assert!(reason.message.contains("serial A") && reason.message.contains("serial B"), "{reason:?}");
    assert!(reason.remedy.contains("--disk"), "{reason:?}");

    // One of them was there before.
    node.prepared = Some(vec!["SYSTEM".into(), "A".into()]);
    assert!(super::argv(&planned(&node.growth(), &request()))[0].ends_with("/dev/sdc"));
    node.prepared = Some(vec!["SYSTEM".into(), "A".into(), "B".into()]);
    let reason = refused(&node.growth(), &request());
    assert_eq!(reason.id, "disk-none");
    assert!(reason.message.contains("no disk is new"), "{reason:?}");

    node.prepared = None;
    assert_eq!(refused(&node.growth(), &request()).id, "disk-not-known-new");
    let mut growth = node.growth();
    growth.inventory = Probed::Unreadable("disks.json: no inventory".into());
    assert_eq!(refused(&growth, &request()).id, "disk-not-known-new");
    for named in ["B", "naa.5000B", "0x5000b", "wwn-0x5000b", "/dev/sdc"] {
        let request = Request { disk: Some(named.into()), ..request() };
        assert!(super::argv(&planned(&growth, &request))[0].ends_with("/dev/sdc"), "{named}");
    }
    let link = Request { disk: Some("/dev/disk/by-id/x".into()), disk_path: Some("/dev/sdc".into()), ..request() };
    assert!(super::argv(&planned(&growth, &link))[0].ends_with("/dev/sdc"));
    for named in ["C", "/dev/sdx", "", "b"] {
        let reason = refused(&growth, &Request { disk: Some(named.into()), ..request() });
        assert_eq!(reason.id, "disk-unknown", "{named}");
        assert!(reason.remedy.contains("serial A"), "{reason:?}");
    }
}

#[test]
fn an_inventory_of_another_node_made_the_one_blank_disk_a_new_one() {
    let mut node = Node::small();
    planned(&node.growth(), &request());
    node.prepared = Some(vec!["ELSEWHERE".into(), "OTHER".into()]);
    let reason = refused(&node.growth(), &request());
    assert!(reason.id == "disk-not-known-new" && reason.message.contains("none of the disks"), "{reason:?}");
}

#[test]
fn a_disk_that_is_not_surely_blank_and_free_is_refused_by_name_and_not_taken_by_itself() {
    /// A change to the disk, or to what was gathered of it, and the refusal.
    type Bad<'c> = (&'c str, fn(&mut NodeDisk), fn(&mut Growth), &'c str);
    let same: fn(&mut Growth) = |_| {};
    let disk: fn(&mut NodeDisk) = |_| {};
    let cases: &[Bad<'_>] = &[
        ("a table", |d| d.put(0, &mbr()), same, "disk-has-table"),
        ("a signature", |d| d.put(0, b"LUKS\xba\xbe\0\x01"), same, "disk-has-signature"),
        ("a signature that is only named", |d| d.put(1024, b"OCFSV2"), same, "disk-has-signature"),
        ("a byte at its start", |d| d.put(0, &[1]), same, "disk-not-blank"),
        ("a byte at its end", |d| d.put(d.bytes - 512, &[1]), same, "disk-not-blank"),
        ("a byte where the partition begins", |d| d.put(1 << 20, &[1]), same, "disk-not-blank"),
        ("a holder", |d| d.held = Some("/dev/dm-5 is built on it".into()), same, "disk-in-use"),
        ("read-only", |d| d.identity.read_only = true, same, "disk-read-only"),
        ("4096-byte sectors", |d| d.sector = SectorSize::S4096, same, "disk-sector-size"),
        ("an extent too small", |d| d.bytes -= 512, same, "disk-too-small"),
        (
            "a disk in a group of its own",
            disk,
            |g| g.node.disks[1].content = Content::new(Kind::Lvm2Pv),
            "disk-has-signature",
        ),
        ("a disk that is gone", disk, |g| g.disks[1].held = Probed::Absent, "disk-unreadable"),
        (
            "a disk that cannot be opened",
            disk,
            |g| g.disks[1].held = Probed::Unreadable("/dev/sdb: input/output error".into()),
            "disk-unreadable",
        ),
        (
            "a disk without identity",
            disk,
            |g| g.disks[1].identity = Probed::Unreadable("sysfs".into()),
            "disk-unreadable",
        ),
        ("a disk that cannot be read", disk, |g| g.disks[1].table = Err("byte 0: error".into()), "disk-unreadable"),
        (
            "a disk whose content cannot be read",
            disk,
            |g| g.node.disks[1].content = Content::new(Kind::Unreadable),
            "disk-unreadable",
        ),
        ("a disk that LVM2 does not see", disk, |g| lvm(g).devices.retain(|d| d.name != "/dev/sdb"), "lvm-filter"),
    ];
    for (what, on_disk, gathered, id) in cases {
        let mut node = Node::small();
        on_disk(node.disk());
        let mut growth = node.growth();
        gathered(&mut growth);
        let path = Request { disk: Some("/dev/sdb".into()), ..request() };
        let reason = refused(&growth, &path);
        assert_eq!(reason.id, *id, "{what}: {reason:?}");
        assert!(reason.message.contains("/dev/sdb") || *id == "disk-unreadable", "{what}: {reason:?}");
        let by_itself = refused(&growth, &request()).id;
        assert!(by_itself == "disk-none" || by_itself == *id, "{what}: {by_itself}");
    }
    let mut growth = Node::small().growth();
    growth.node.disks.pop();
    assert_eq!(refused(&growth, &Request { disk: Some("NEW".into()), ..request() }).id, "disk-unreadable");
}

/// A DOS label with one partition.
fn mbr() -> Vec<u8> {
    let mut sector = vec![0; 512];
    sector[446 + 4] = 0x83;
    sector[446 + 8..446 + 16].copy_from_slice(&[0, 8, 0, 0, 0, 0, 1, 0]);
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    sector
}

#[test]
fn two_paths_to_one_disk_are_refused_as_one_disk_seen_twice() {
    let mut node = Node::small();
    let mut path = NodeDisk::blank("sdc", "OTHER");
    path.identity.wwn.clone_from(&node.disk().identity.wwn);
    node.disks.push(path);
    for named in ["/dev/sdb", "/dev/sdc"] {
        let reason = refused(&node.growth(), &Request { disk: Some(named.into()), ..request() });
        assert_eq!(reason.id, "disk-seen-twice");
        assert!(reason.remedy.contains("without multipath"), "{reason:?}");
    }
    assert_eq!(refused(&node.growth(), &request()).id, "disk-none");
}

#[test]
fn a_disk_that_was_begun_is_gone_on_with_and_no_other() {
    let mut node = Node::small();
    let first = planned(&node.growth(), &request());
    node.does(&first.steps[0]);
    node.disks.push(NodeDisk::blank("sdc", "OTHER"));
    assert!(super::argv(&planned(&node.growth(), &request())).iter().all(|step| !step.contains("sdc")));
    let reason = refused(&node.growth(), &Request { disk: Some("OTHER".into()), ..request() });
    assert_eq!(reason.id, "disk-begun");
    assert!(reason.remedy.contains("leave --disk away"), "{reason:?}");
    // A second one that was begun: a copy of the first, or two halves.
    let mut copy = node.disks[0].clone();
    copy.name = "sdc".into();
    node.disks[1] = copy;
    let reason = refused(&node.growth(), &request());
    assert_eq!(reason.id, "disk-begun");
    assert!(reason.remedy.contains("detach"), "{reason:?}");
}

#[test]
fn a_disk_that_was_begun_and_then_got_a_file_system_or_a_holder_is_refused() {
    let mut node = Node::small();
    let first = planned(&node.growth(), &request());
    node.does(&first.steps[0]);
    let mut growth = node.growth();
    growth.node.disks[1].partitions[0].content = Content::new(Kind::Xfs);
    let reason = refused(&growth, &request());
    assert_eq!(reason.id, "disk-has-signature");
    assert!(reason.remedy.contains("wipes nothing"), "{reason:?}");
    node.disk().held = Some("the kernel has it in use".into());
    assert_eq!(refused(&node.growth(), &request()).id, "disk-in-use");
}

#[test]
fn a_node_whose_extents_are_few_has_room_by_just_one_disk_that_is_large_enough() {
    let mut node = Node { system_extents: 320 + SMALL + 1, ..Node::small() };
    node.disk().bytes -= EXTENT;
    planned(&node.growth(), &request());
    node.disk().bytes -= 512;
    let reason = refused(&node.growth(), &Request { disk: Some("NEW".into()), ..request() });
    assert_eq!(reason.id, "disk-too-small");
    assert!(reason.message.contains("1918") && reason.message.contains("1919"), "{reason:?}");
    assert!(node.growth().node.disks.iter().any(|disk| disk.volume_groups.iter().any(|g| g.name == GROUP)));
}
