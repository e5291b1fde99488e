use super::*;
use crate::disk::PartitionType;
use crate::disk::format::content::{Content, Kind};
use crate::host::sample;

fn seen(facts: &Node) -> (String, Option<BootEvidence>) {
    match boot_volume(facts) {
        BootVolume::Found { volume, evidence } => (volume.to_string(), Some(evidence)),
        BootVolume::NotKnown(why) => (why, None),
    }
}

fn disk_seen(facts: &Node) -> (String, Option<DiskEvidence>) {
    match boot_disk(facts) {
        BootDisk::Found { disk, evidence } => (disk.path.clone(), Some(evidence)),
        BootDisk::NotKnown(why) => (why, None),
    }
}

fn with(change: impl FnOnce(&mut Setup)) -> Node {
    let mut node = sample::node();
    change(node.setup.as_mut().unwrap());
    node
}

fn powered_off(change: impl FnOnce(&mut Node)) -> Node {
    let mut node = Node { setup: None, running: None, ..sample::node() };
    change(&mut node);
    node
}

fn ext4(number: u32) -> crate::disk::Partition {
    sample::partition(number, PartitionType::Mbr(0x83), Content::new(Kind::Ext4))
}

#[test]
fn fstab_names_boot_where_nothing_is_mounted() {
    let node = sample::node();
    assert_eq!(seen(&node), ("/dev/sda partition 2".into(), Some(BootEvidence::Fstab { line: 2 })));
    assert_eq!(disk_seen(&node), ("/dev/sda".into(), Some(DiskEvidence::BelowBoot)));
}

#[test]
fn what_is_mounted_on_boot_comes_before_fstab() {
    let node = with(|setup| setup.mounts = Probed::Known(vec![sample::mount(8, 1, "/boot")]));
    assert_eq!(seen(&node), ("/dev/sda partition 1".into(), Some(BootEvidence::Mounted)));
    let node = with(|setup| setup.mounts = Probed::Known(vec![sample::mount(0, 35, "/boot")]));
    assert_eq!(seen(&node).1, None);
}

#[test]
fn a_root_mount_is_never_taken_for_boot() {
    let node = with(|setup| setup.fstab = Probed::Known(vec![sample::fstab(1, "/dev/dm-1", "/")]));
    assert_eq!(seen(&node), ("/boot is not mounted, and no line of /etc/fstab names it".into(), None));
    assert_eq!(disk_seen(&node), ("/dev/sda".into(), Some(DiskEvidence::BelowEsp)));
}

#[test]
fn an_fstab_that_cannot_be_read_or_names_nothing_leaves_boot_unknown_with_the_reason() {
    for (fstab, reason) in [
        (Probed::Unreadable("/etc/fstab: line 3: short".into()), "line 3"),
        (Probed::Absent, "no /etc/fstab"),
        (Probed::Known(vec![sample::fstab(4, "UUID=gone", "/boot")]), "line 4 names for /boot, is on none"),
        (Probed::Known(vec![sample::fstab(4, "server:/boot", "/boot/")]), "no volume of a disk"),
    ] {
        let (why, evidence) = seen(&with(|setup| setup.fstab = fstab));
        assert!(why.contains(reason) && evidence.is_none(), "{why}");
    }
}

#[test]
fn two_volumes_of_one_name_leave_boot_unknown() {
    let mut node = sample::node();
    node.disks.push(sample::disk("/dev/sdb"));
    let (why, evidence) = seen(&node);
    assert!(evidence.is_none() && why.contains("ambiguous: /dev/sda partition 2, /dev/sdb partition 2"), "{why}");
    assert_eq!(disk_seen(&node), (why, None));
}

#[test]
fn of_a_powered_off_node_the_only_candidate_is_boot_and_else_the_one_called_so() {
    assert_eq!(seen(&powered_off(|_| ())), ("/dev/sda partition 2".into(), Some(BootEvidence::OnlyCandidate)));
    let two = powered_off(|node| node.disks[0].partitions.push(ext4(4)));
    assert_eq!(seen(&two), ("/dev/sda partition 2".into(), Some(BootEvidence::Label)));
    let nameless = powered_off(|node| node.disks[0].partitions = vec![ext4(4), ext4(5)]);
    let (why, evidence) = seen(&nameless);
    assert!(evidence.is_none() && why.ends_with("/dev/sda partition 4, /dev/sda partition 5"), "{why}");
    let none = powered_off(|node| node.disks[0].partitions.clear());
    assert_eq!(seen(&none).1, None);
    assert_eq!(disk_seen(&none).1, None);
}

#[test]
fn the_only_disk_of_a_running_host_is_its_boot_disk() {
    let mut node = with(|setup| setup.fstab = Probed::Absent);
    node.disks[0].partitions.clear();
    assert_eq!(disk_seen(&node), ("/dev/sda".into(), Some(DiskEvidence::OnlyDisk)));
    node.disks.push(sample::disk("/dev/sdb"));
    node.disks[1].partitions.clear();
    assert_eq!(disk_seen(&node).1, None);
}

#[test]
fn a_boot_that_spans_disks_has_no_one_boot_disk() {
    let mut node = with(|setup| setup.fstab = Probed::Known(vec![sample::fstab(1, "/dev/vg-root/lv_root", "/boot")]));
    assert_eq!(disk_seen(&node), ("/dev/sda".into(), Some(DiskEvidence::BelowBoot)));
    let mut second = sample::disk("/dev/sdb");
    second.partitions.clear();
    let mut group = sample::group("/dev/sda");
    group.physical_volumes.extend(sample::group("/dev/sdb").physical_volumes);
    node.disks[0].partitions.clear();
    node.disks[0].volume_groups = vec![group.clone()];
    second.volume_groups = vec![group];
    node.disks.push(second);
    let (why, evidence) = disk_seen(&node);
    assert!(evidence.is_none() && why.contains("several disks"), "{why}");
}
