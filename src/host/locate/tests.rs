use super::*;
use crate::disk::format::content::Kind;
use crate::disk::{PhysicalVolume, Stripe};
use crate::host::sample::{self, SWAP_UUID};

/// The volume's name, or the word for why there is none.
fn seen(facts: &Node, source: &str) -> String {
    match volume(facts, source) {
        Located::One(volume) => volume.to_string(),
        Located::Several(volumes) => volumes.iter().map(Volume::to_string).collect::<Vec<_>>().join(" or "),
        Located::Nothing => "nothing".into(),
        Located::NotAVolume => "no volume".into(),
        Located::Unknown(_) => "unknown".into(),
    }
}

fn block_of(facts: &mut Node) -> &mut Vec<BlockDevice> {
    match &mut facts.running.as_mut().unwrap().block {
        Probed::Known(block) => block,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_way_to_name_a_volume_leads_to_it() {
    let node = sample::node();
    for (source, expected) in [
        ("UUID=aaaaaaaa-0000-4000-8000-000000000001", "/dev/sda partition 2"),
        ("UUID=CAFE-0001", "/dev/sda partition 1"),
        ("UUID=aaaaaaaa-0000-4000-8000-000000000003", "vg-root/lv-swap"),
        ("LABEL=boot", "/dev/sda partition 2"),
        ("LABEL=swap 0", "vg-root/lv-swap"),
        ("PARTUUID=aaaaaaaa-0000-4000-8000-000000000013", "/dev/sda partition 3"),
        ("PARTLABEL=boot area", "/dev/sda partition 2"),
        ("/dev/mapper/vg--root-lv--swap", "vg-root/lv-swap"),
        ("/dev/vg-root/lv-swap", "vg-root/lv-swap"),
        ("//dev//mapper/./vg--root-lv--swap", "vg-root/lv-swap"),
        ("/dev/vg-root/lv-swap/", "vg-root/lv-swap"),
        ("/dev/sda2", "/dev/sda partition 2"),
        ("/dev/sda", "/dev/sda"),
        ("/dev/dm-0", "vg-root/lv-swap"),
        ("/dev/disk/by-uuid/aaaaaaaa-0000-4000-8000-000000000001", "/dev/sda partition 2"),
        (r"/dev/disk/by-label/swap\x200", "vg-root/lv-swap"),
        ("/dev/disk/by-partuuid/aaaaaaaa-0000-4000-8000-000000000011", "/dev/sda partition 1"),
        (r"/dev/disk/by-partlabel/boot\x20area", "/dev/sda partition 2"),
        ("/dev/disk/by-id/dm-name-vg--root-lv_root", "vg-root/lv_root"),
        ("/dev/block/8:2", "/dev/sda partition 2"),
        ("8:3", "/dev/sda partition 3"),
        ("253:1", "vg-root/lv_root"),
    ] {
        assert_eq!(seen(&node, source), expected, "{source}");
    }
}

#[test]
fn what_no_disk_has_leads_to_nothing() {
    let node = sample::node();
    for source in [
        "UUID=aaaaaaaa-0000-4000-8000-0000000000ff",
        "UUID=AAAAAAAA-0000-4000-8000-000000000001",
        "UUID=",
        "LABEL=",
        "PARTUUID=aaaaaaaa-0000-4000-8000-000000000001",
        "/dev/mapper/vg-root-lv-swap",
        "/dev/mapper/vg--root-lv--swap-real",
        "/dev/vg-root/lv_gone",
        "/dev/sda9",
        "/dev/dm-7",
        "8:99",
    ] {
        assert_eq!(seen(&node, source), "nothing", "{source}");
    }
    for source in ["/swapfile", "tmpfs", "none", "server:/export", "", "//server/share", "FOO=x", "1:2:3"] {
        assert_eq!(seen(&node, source), "no volume", "{source}");
    }
}

#[test]
fn an_mbr_partition_goes_by_the_disk_identifier_and_its_number() {
    let mut node = sample::node();
    node.disks[0].table.uuid = Some(Id::MbrDisk(0x0123_abcd));
    node.disks[0].partitions[1].uuid = None;
    assert_eq!(seen(&node, "PARTUUID=0123abcd-02"), "/dev/sda partition 2");
    assert_eq!(seen(&node, "PARTUUID=0x0123abcd-02"), "nothing");
}

#[test]
fn a_copied_disk_makes_a_name_ambiguous_and_two_halves_of_a_group_do_not() {
    let mut node = sample::node();
    node.disks.push(sample::disk("/dev/sdb"));
    assert_eq!(seen(&node, "LABEL=boot"), "/dev/sda partition 2 or /dev/sdb partition 2");
    assert_eq!(seen(&node, "/dev/vg-root/lv_root"), "vg-root/lv_root or vg-root/lv_root");
    node.disks[1].partitions.clear();
    node.disks[1].volume_groups = node.disks[0].volume_groups.clone();
    assert_eq!(seen(&node, "/dev/vg-root/lv_root"), "vg-root/lv_root");
    assert_eq!(groups(&node).count(), 1);
}

#[test]
fn kernel_names_are_unknown_without_sysfs_but_names_on_the_disks_are_not() {
    let mut node = sample::node();
    node.running.as_mut().unwrap().block = Probed::Unreadable("no sysfs".into());
    assert_eq!(volume(&node, "/dev/sda2"), Located::Unknown("no sysfs".into()));
    assert_eq!(seen(&node, "8:2"), "unknown");
    assert_eq!(seen(&node, "/dev/vg-root/lv-swap"), "vg-root/lv-swap");
    assert_eq!(seen(&node, &format!("UUID={SWAP_UUID}")), "vg-root/lv-swap");
    node.running = None;
    assert_eq!(seen(&node, "/dev/sda2"), "unknown");
    assert_eq!(seen(&node, "/dev/mapper/vg--root-lv_root"), "vg-root/lv_root");
}

#[test]
fn a_disk_that_was_not_read_and_a_partition_that_only_the_kernel_has_are_unknown() {
    let mut node = sample::node();
    block_of(&mut node).extend([
        sample::device("sdz", 8, 160),
        sample::part("sda", 8, 4, 4),
        sample::mapped(5, "secret", "CRYPT-LUKS2-x", &["sda3"]),
    ]);
    for source in ["/dev/sdz", "/dev/sda4", "/dev/mapper/secret", "/dev/dm-5", "/dev/disk/by-path/pci-1"] {
        assert_eq!(seen(&node, source), "unknown", "{source}");
    }
}

#[test]
fn nvme_partitions_go_by_sysfs_not_by_spelling() {
    let mut node = sample::node();
    node.disks[0].path = "/dev/nvme0n1".into();
    let part = BlockDevice { name: "nvme0n1p2".into(), ..sample::part("nvme0n1", 259, 2, 2) };
    block_of(&mut node).extend([sample::device("nvme0n1", 259, 0), part]);
    assert_eq!(seen(&node, "/dev/nvme0n1p2"), "/dev/nvme0n1 partition 2");
}

#[test]
fn a_multipath_device_is_the_disks_below_it() {
    let mut node = sample::node();
    block_of(&mut node).extend([
        sample::device("sdb", 8, 16),
        sample::mapped(5, "mpatha", "mpath-3600", &["sda"]),
        sample::mapped(6, "mpatha2", "part2-mpath-3600", &["dm-5"]),
    ]);
    assert_eq!(seen(&node, "/dev/mapper/mpatha"), "/dev/sda");
    assert_eq!(seen(&node, "/dev/mapper/mpatha2"), "/dev/sda partition 2");
    node.disks.push(sample::disk("/dev/sdb"));
    block_of(&mut node).iter_mut().find(|d| d.name == "dm-5").unwrap().slaves.push("sdb".into());
    assert_eq!(seen(&node, "/dev/mapper/mpatha2"), "/dev/sda partition 2 or /dev/sdb partition 2");
}

#[test]
fn slaves_that_go_round_in_circles_come_to_an_end() {
    let mut node = sample::node();
    block_of(&mut node).extend([
        sample::mapped(5, "mpatha", "mpath-1", &["dm-6", "dm-5"]),
        sample::mapped(6, "mpathb", "mpath-2", &["dm-5", "dm-6"]),
    ]);
    assert_eq!(seen(&node, "/dev/mapper/mpatha"), "unknown");
}

#[test]
fn the_disks_below_a_logical_volume_are_those_of_its_segments() {
    let mut node = sample::node();
    node.disks.push(sample::disk("/dev/sdb"));
    let second = Id::Lvm([b'2'; 32]);
    let mut group = sample::group("/dev/sda");
    let first = group.physical_volumes[0].clone();
    group.physical_volumes.push(PhysicalVolume { uuid: second, path: Some("/dev/sdb".into()), ..first });
    for disk in &mut node.disks {
        disk.volume_groups = vec![group.clone()];
    }
    let below = |node: &Node, name: &str| match volume(node, name) {
        Located::One(volume) => whole_disks_below(node, volume).iter().map(|d| d.path.clone()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(below(&node, "/dev/sda2"), ["/dev/sda"]);
    assert_eq!(below(&node, "/dev/vg-root/lv_root"), ["/dev/sda"]);
    for disk in &mut node.disks {
        disk.volume_groups[0].logical_volumes[0].segments[0].stripes.push(Stripe { pv: second, start_extent: 0 });
        disk.volume_groups[0].logical_volumes[1].segments[0].stripes.clear();
    }
    assert_eq!(below(&node, "/dev/vg-root/lv_root"), ["/dev/sda", "/dev/sdb"]);
    assert_eq!(below(&node, "/dev/vg-root/lv-swap"), ["/dev/sda", "/dev/sdb"]);
}

/// Two paths, `sda` and `sdb`, below one multipath device with partitions.
fn multipath() -> Node {
    let mut node = sample::node();
    let block = block_of(&mut node);
    block.push(sample::device("sdb", 8, 16));
    block.extend([1, 2, 3].map(|n| sample::part("sdb", 8, 16 + n, n)));
    block.push(sample::mapped(10, "mpatha", "mpath-364cd98f0", &["sda", "sdb"]));
    block.push(sample::mapped(12, "mpatha2", "part2-mpath-364cd98f0", &["dm-10"]));
    for name in ["sda", "sdb"] {
        block.iter_mut().find(|device| device.name == name).unwrap().holders.push("dm-10".into());
    }
    node
}

#[test]
fn both_paths_and_the_multipath_device_lead_to_the_one_disk() {
    let node = multipath();
    for source in ["/dev/sda2", "/dev/sdb2", "/dev/mapper/mpatha2", "/dev/dm-12", "8:18"] {
        assert_eq!(seen(&node, source), "/dev/sda partition 2", "{source}");
    }
    assert_eq!((seen(&node, "/dev/sdb"), seen(&node, "/dev/dm-10")), ("/dev/sda".into(), "/dev/sda".into()));
    let mut apart = multipath();
    block_of(&mut apart).iter_mut().find(|device| device.name == "sdb").unwrap().bytes += 512;
    assert_eq!(seen(&apart, "/dev/sdb2"), "unknown", "another size is another disk");
}

/// A node with an array over partition 2 of one disk and partition 1 of another.
fn mirrored(events: [u64; 2], roles: [u32; 2]) -> Node {
    let mut node = sample::node();
    let mut other = sample::disk("/dev/sdb");
    other.volume_groups.clear();
    other.partitions.truncate(1);
    node.disks.push(other);
    for ((disk, partition), (events, role)) in [(0, 1), (1, 0)].into_iter().zip(events.into_iter().zip(roles)) {
        let content = Content::new(Kind::Swap).uuid(sample::uuid(0x77));
        let array = Array { content, bytes: 1 << 20, events, role };
        let member = Content::new(Kind::Md).uuid(sample::uuid(0x70)).label(Some("node1:swap".into()));
        node.disks[disk].partitions[partition].content = Content { array: Some(Box::new(array)), ..member };
    }
    let array = BlockDevice {
        slaves: vec!["sda2".into(), "sdb1".into()],
        is_physical_disk: false,
        ..sample::device("md127", 9, 127)
    };
    block_of(&mut node).extend([array, sample::part("sdb", 8, 17, 1), sample::device("sdb", 8, 16)]);
    node
}

#[test]
fn a_mirror_of_md_is_one_volume_read_from_its_newest_member() {
    const ARRAY: &str = "UUID=aaaaaaaa-0000-4000-8000-000000000077";
    let node = mirrored([7, 7], [1, 0]);
    for source in [ARRAY, "/dev/md127", "/dev/md/swap", "/dev/md/node1:swap"] {
        assert_eq!(seen(&node, source), "the md array on /dev/sdb partition 1", "{source}");
    }
    assert_eq!(seen(&mirrored([8, 7], [1, 0]), ARRAY), "the md array on /dev/sda partition 2");
    let Located::One(array) = volume(&node, ARRAY) else { panic!("no array") };
    assert_eq!(array.device(), "/dev/disk/by-id/md-uuid-aaaaaaaa:00004000:80000000:00000070");
    let below: Vec<&str> = whole_disks_below(&node, array).iter().map(|disk| disk.path.as_str()).collect();
    assert_eq!(below, ["/dev/sda", "/dev/sdb"]);
}

#[test]
fn two_members_in_one_place_of_an_array_are_a_copy_and_ambiguous() {
    let node = mirrored([7, 7], [0, 0]);
    assert!(matches!(volume(&node, "LABEL="), Located::Nothing));
    assert!(matches!(volume(&node, "UUID=aaaaaaaa-0000-4000-8000-000000000077"), Located::Several(_)));
}

#[test]
fn an_array_that_was_not_followed_is_unknown_and_a_followed_one_hides_nothing() {
    let mut node = mirrored([7, 7], [0, 1]);
    node.disks[0].volume_groups[0].logical_volumes.iter_mut().for_each(|volume| {
        volume.content.get_or_insert_with(|| Content::new(Kind::Xfs));
    });
    assert_eq!(closed_container(&node), None);
    node.disks[0].partitions[1].content.array = None;
    node.disks[1].partitions[0].content.array = None;
    assert!(matches!(volume(&node, "/dev/md127"), Located::Unknown(why) if why.contains("md127")));
    assert!(closed_container(&node).unwrap().contains("/dev/sda partition 2 (md)"));
}

#[test]
fn links_by_serial_number_and_connection_lead_to_their_device_where_they_were_read() {
    let mut node = sample::node();
    let link = |name: &str, device: &str| crate::host::links::Link { name: name.into(), device: device.into() };
    let links = vec![link("by-path/pci-1-part2", "sda2"), link("by-id/wwn-0x5", "sda"), link("by-id/old", "sdq")];
    node.running.as_mut().unwrap().links = Probed::Known(links);
    for (source, expected) in [
        ("/dev/disk/by-path/pci-1-part2", "/dev/sda partition 2"),
        ("/dev/disk/by-id/wwn-0x5", "/dev/sda"),
        ("/dev/disk/by-id/old", "unknown"),
        ("/dev/disk/by-id/none", "unknown"),
    ] {
        assert_eq!(seen(&node, source), expected, "{source}");
    }
    let array = "/dev/disk/by-id/md-uuid-aaaaaaaa:00004000:80000000:00000070";
    assert_eq!(seen(&mirrored([7, 7], [1, 0]), array), "the md array on /dev/sdb partition 1");
    assert_eq!(seen(&node, array), "unknown");
}
