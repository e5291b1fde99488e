//! Volumes that are there, missing, copied, or within what was not opened.

use super::*;
use crate::base::ids::Id;
use crate::disk::format::content::{Content, Kind};
use crate::disk::{Problem, ProblemId};
use crate::host::Probed;

#[test]
fn what_was_not_opened_is_unknown_and_named() {
    for kind in [Kind::Luks, Kind::Md] {
        let mut node = node();
        node.disks[0].partitions[1].content = Content::new(kind);
        for line in ["root=UUID=77777777-0000-4000-8000-000000000077", "root=/dev/vg_x/root", "root=LABEL=x"] {
            let found = seen(&node, line);
            assert!(found[0].contains("Unknown") && found[0].contains(kind.word()), "{line}: {found:?}");
        }
        let waits = seen(&node, &format!("{ROOT} rd.lvm.lv=vg_x/a rd.lvm.vg=vg_x rd.lvm.lv=vg-root/none"));
        assert!(
            waits[2].contains("Unknown") && waits[4].contains("Unknown") && waits[3].contains("Stops"),
            "{waits:?}"
        );
    }
    for root in ["nfs:server:/export", "/dev/nfs", "iscsi:x", "gpt-auto", "live:/dev/x"] {
        assert_eq!(effect(&node(), &format!("root={root}")), Effect::Unknown, "{root}");
    }
    let off = Node { running: None, ..node() };
    assert_eq!(effect(&off, "root=/dev/sda2"), Effect::Unknown, "a powered-off node has no names of the kernel");
    assert_eq!(effect(&off, "root=/dev/vg-root/lv_x"), Effect::Stops);
}

#[test]
fn a_copied_disk_makes_the_root_ambiguous() {
    let mut node = node();
    node.disks.push(sample::disk("/dev/sdb"));
    assert_eq!(
        seen(&node, ROOT)[0],
        "root=/dev/mapper/vg--root-lv_root Doubtful (/dev/vg-root/lv_root or /dev/vg-root/lv_root)"
    );
    assert_eq!(effect(&node, "root=LABEL=boot"), Effect::Doubtful);
    // One group, of which each physical volume is there twice.
    let mut node = self::node();
    node.disks[0].problems.push(Problem::new(ProblemId::Duplicate, "twice"));
    let found = &seen(&node, ROOT);
    assert!(found.iter().all(|one| one.contains("Doubtful") && one.contains("more than one copy")), "{found:?}");
}

#[test]
fn an_exported_group_or_a_missing_physical_volume_stops_the_start() {
    let mut exported = node();
    exported.disks[0].volume_groups[0].flags.push("exported".into());
    assert!(seen(&exported, ROOT)[0].contains("Stops (volume group vg-root is exported)"));
    let mut cut = node();
    let group = &mut cut.disks[0].volume_groups[0];
    group.missing_pvs = vec![group.physical_volumes[0].uuid];
    assert!(seen(&cut, ROOT)[0].contains("Stops (a physical volume of vg-root is missing)"));
    cut.running = None;
    assert_eq!(effect(&cut, ROOT), Effect::Unknown, "the other disks of a powered-off node may not have been given");
}

#[test]
fn a_root_other_than_that_of_fstab_or_of_the_running_system_is_doubtful() {
    let mut node = node();
    let found = seen(&node, "root=LABEL=boot");
    assert!(found[0].contains("/etc/fstab line 1 has vg-root/lv_root at /"), "{found:?}");
    setup(&mut node).fstab = Probed::Known(vec![]);
    let found = seen(&node, "root=LABEL=boot");
    assert!(
        found[0].contains("Doubtful (it names /dev/sda partition 2, and vg-root/lv_root is mounted at /"),
        "{found:?}"
    );
}

#[test]
fn dracut_activates_only_the_volumes_that_the_line_lists() {
    let root = "root=/dev/mapper/vg--root-lv_root";
    let doubt =
        "rd.lvm.lv Doubtful (the line does not activate vg-root/lv_root, which is the root; the initramfs must)";
    for line in ["", "rd.lvm.lv=vg-root/lv-swap", "rd.lvm.lv=vg-root/lv-swap rd.auto", "rd.auto=0"] {
        assert!(seen(&node(), &format!("{root} {line}")).contains(&doubt.to_owned()), "{line}");
    }
    for line in
        ["rd.lvm.lv=vg-root/lv_root", "rd_LVM_LV=vg-root/lv_root", "rd.lvm.vg=vg-root", "rd_LVM_VG=vg-root", "rd.auto"]
    {
        assert!(!seen(&node(), &format!("{root} {line}")).contains(&doubt.to_owned()), "{line}");
    }
    let swap = seen(&node(), &format!("{ROOT} resume=/dev/vg-root/lv-swap"));
    assert!(swap[2].contains("Doubtful (the line does not activate vg-root/lv-swap, which resume= names"), "{swap:?}");
    for off in ["rd.lvm=0", "rd_NO_LVM"] {
        assert!(seen(&node(), &format!("{ROOT} {off}"))[1].contains("Stops (LVM is switched off"), "{off}");
    }
}

#[test]
fn encrypted_containers_and_arrays_go_by_their_identifier() {
    let mut node = node();
    let bytes = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef_u128.to_be_bytes();
    node.disks[0].partitions[0].content = Content::new(Kind::Luks).uuid(Id::Uuid(bytes));
    node.disks[0].partitions[1].content = Content::new(Kind::Md).uuid(Id::Uuid(bytes));
    let uuid = "01234567-89ab-cdef-0123-456789abcdef";
    for word in [
        format!("rd.luks.uuid={uuid}"),
        format!("rd.luks.uuid=luks-{uuid}"),
        format!("rd_LUKS_UUID={}", uuid.to_uppercase()),
        "rd.luks.uuid=01234567".to_owned(),
        format!("rd.luks.name={uuid}=data"),
        "rd.md.uuid=01234567:89abcdef:01234567:89abcdef".to_owned(),
        "rd_MD_UUID=01234567:89abcdef:01234567:89abcdef".to_owned(),
    ] {
        let found = seen(&node, &format!("{ROOT} {word}"));
        assert!(found[2].contains("GoesOn (/dev/sda"), "{word}: {found:?}");
        assert!(seen(&sample::node(), &format!("{ROOT} {word}"))[2].contains("has this identifier"), "{word}");
    }
    assert_eq!(seen(&node, &format!("{ROOT} rd.luks=0 rd.md=0 rd.luks.uuid={uuid} rd.md.uuid={uuid}")).len(), 2);
    let missing = seen(&sample::node(), &format!("{ROOT} rd.luks.uuid={uuid} rd.md.uuid={uuid}"));
    assert!(missing[2].contains("Stops") && missing[3].contains("Doubtful"), "{missing:?}");
}
