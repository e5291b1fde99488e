//! Each form of a name, and what a name that nothing has does.

use super::*;
use crate::host::Probed;

#[test]
fn a_sound_line_leads_to_each_of_its_devices() {
    let line = format!("BOOT_IMAGE=/vmlinuz ro {ROOT} rd.lvm.lv=vg-root/lv-swap resume=LABEL=\"swap 0\" quiet");
    assert_eq!(
        seen(&node(), &line),
        [
            "root=/dev/mapper/vg--root-lv_root GoesOn (/dev/vg-root/lv_root)",
            "rd.lvm.lv=vg-root/lv_root GoesOn (/dev/vg-root/lv_root)",
            "rd.lvm.lv=vg-root/lv-swap GoesOn (/dev/vg-root/lv-swap)",
            "resume=LABEL=\"swap 0\" GoesOn (/dev/vg-root/lv-swap)",
        ]
    );
    let words = parse(line.as_bytes()).unwrap();
    let through = vec!["vg-root".to_owned(), "/dev/sda partition 3".to_owned()];
    assert_eq!(resolve(&words, &node())[0].outcome, Outcome::Found { device: "/dev/vg-root/lv_root".into(), through });
}

#[test]
fn every_form_of_the_root_that_dracut_takes_leads_to_the_volume() {
    for form in [
        "UUID=aaaaaaaa-0000-4000-8000-000000000002",
        "block:UUID=aaaaaaaa-0000-4000-8000-000000000002",
        "/dev/vg-root/lv_root",
        "/dev/mapper/vg--root-lv_root",
        "block:/dev/mapper/vg--root-lv_root",
        "/dev/dm-1",
        "/dev/block/253:1",
        "/dev/disk/by-uuid/aaaaaaaa-0000-4000-8000-000000000002",
        "/dev/disk/by-id/dm-name-vg--root-lv_root",
        "\"UUID=aaaaaaaa-0000-4000-8000-000000000002\"",
    ] {
        let found = seen(&node(), &format!("root={form} rd.lvm.vg=vg-root"));
        assert!(found[0].ends_with("GoesOn (/dev/vg-root/lv_root)") && found.len() == 2, "{form}: {found:?}");
    }
    let mut node = node();
    setup(&mut node).fstab = Probed::Absent;
    setup(&mut node).mounts = Probed::Absent;
    for form in ["PARTUUID=aaaaaaaa-0000-4000-8000-000000000012", "LABEL=boot", "PARTLABEL=\"boot area\"", "/dev/sda2"]
    {
        let found = seen(&node, &format!("root={form}"));
        assert!(found[0].contains("/dev/sda2") || found[0].contains("space"), "{form}: {found:?}");
    }
    let link = r"root=/dev/disk/by-partlabel/boot\x20area";
    assert_eq!(effect(&node, link), Effect::GoesOn);
}

#[test]
fn a_form_that_only_the_kernel_takes_leads_to_the_device_and_is_doubtful() {
    for form in ["253:1", "0xfd01", "fd01", "FD01"] {
        let found = seen(&node(), &format!("root={form} rd.auto"));
        assert!(found[0].contains("Doubtful (it names vg-root/lv_root; the kernel alone"), "{form}: {found:?}");
    }
    let offset = "root=PARTUUID=aaaaaaaa-0000-4000-8000-000000000011/PARTNROFF=1";
    assert!(seen(&node(), offset)[0].contains("Doubtful (it names /dev/sda partition 2"));
    for none in ["8:99", "0x899", "PARTUUID=aaaaaaaa-0000-4000-8000-000000000011/PARTNROFF=7", "sda3", "zzz"] {
        assert_eq!(effect(&node(), &format!("root={none}")), Effect::Stops, "{none}");
    }
}

#[test]
fn a_name_that_nothing_has_stops_the_start_for_root_and_volumes_and_delays_it_for_resume() {
    for root in
        ["UUID=77777777-0000-4000-8000-000000000077", "/dev/mapper/vg--root-lv_x", "/dev/loop0p2", "LABEL=x", "/x"]
    {
        assert_eq!(effect(&node(), &format!("root={root}")), Effect::Stops, "{root}");
    }
    assert_eq!(
        seen(&node(), &format!("{ROOT} rd.lvm.lv=vg_build/root rd_LVM_LV=vg-root/lv_x rd.lvm.vg=vg_y resume=UUID=7"))
            [2..],
        [
            "rd.lvm.lv=vg_build/root Stops (there is no volume group vg_build)",
            "rd.lvm.lv=vg-root/lv_x Stops (volume group vg-root has no volume lv_x)",
            "rd.lvm.vg=vg_y Stops (there is no volume group vg_y)",
            "resume=UUID=7 Doubtful (it names nothing that exists)",
        ]
    );
    assert_eq!(seen(&node(), &format!("{ROOT} resume=UUID=7 noresume")).len(), 2);
}

#[test]
fn case_matters_in_an_identifier() {
    let found = seen(&node(), "root=UUID=AAAAAAAA-0000-4000-8000-000000000002");
    assert!(found[0].contains("Stops") && found[0].contains("UUID=aaaaaaaa-0000-4000-8000-000000000002 exists"));
    assert_eq!(effect(&node(), "root=UUID=CAFE-0001"), Effect::Doubtful, "a vfat has its identifier in capitals");
}

#[test]
fn a_root_that_is_no_file_system_or_of_another_type_stops_the_start() {
    let of = |line: &str| seen(&node(), line)[0].clone();
    assert!(of("root=/dev/vg-root/lv-swap rd.auto").contains("Stops (it names vg-root/lv-swap, which is swap"));
    assert!(of("root=/dev/sda3").contains("Stops (it names /dev/sda partition 3, which is lvm2-pv"));
    assert!(
        of(&format!("{ROOT} rootfstype=ext4")).contains("Stops (it names vg-root/lv_root, which is xfs and not ext4")
    );
    for good in ["rootfstype=xfs", "rootfstype=auto", "rootfstype=ext4,xfs", "rootfstype="] {
        assert!(of(&format!("{ROOT} {good}")).contains("GoesOn"), "{good}");
    }
}
