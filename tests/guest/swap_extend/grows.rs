//! From 4 GiB to 64 GiB: with a new disk among others, with room already there, beyond 2 TiB.

use super::state::{FULL_KIB, GIB, SMALL_KIB, disk, extend, kept, names, refused, settle, swap};
use crate::guest::{Disk, Firmware, Guest, Spec};
use crate::{OKV_HOST, install, json};

#[test]
fn a_bios_node_grows_its_swap_with_the_one_new_disk_and_reboots_with_it() {
    let mut guest = Spec::new(Firmware::Bios)
        .disk(Disk::virtio("OLD-BLANK").bytes(100 * GIB))
        .disk(Disk::scsi("OTHER-DATA").bytes(GIB))
        .start();
    install(&guest);
    let other = disk(&guest, "OTHER-DATA");
    guest.ok(&format!("mkfs.ext4 -q -L data /dev/{other}; sync"));

    // Before the power is off: which disk to add, to the sector.
    let prepared = extend(&guest, "--prepare", 0);
    let wanted = prepared["disk_to_add"]["bytes"].as_u64().unwrap();
    // 10 GiB are free, 60 GiB are needed: 1600 extents, and 1 MiB each for partition and physical volume.
    assert_eq!(wanted, 50 * GIB + (2 << 20));
    assert_eq!(prepared["inventory"]["disks"].as_array().unwrap().len(), 3, "{prepared:#}");
    refused(&guest, "", "disk-none");
    refused(&guest, "--disk OTHER-DATA", "disk-has-signature");
    refused(&guest, &format!("--disk /dev/{}", disk(&guest, "SYSTEM")), "disk-in-use");
    refused(&guest, "--disk NO-SUCH-SERIAL", "disk-unknown");
    refused(&guest, "--size 128GiB --disk OLD-BLANK", "disk-too-small");
    guest.shutdown();

    guest.plug(Disk::scsi("SHORT").bytes(wanted - 512));
    guest.boot_again();
    refused(&guest, "", "disk-too-small");
    refused(&guest, "--disk SHORT", "disk-too-small");
    guest.plug(Disk::scsi("LARGE-SECTORS").bytes(100 * GIB).sector_bytes(4096));
    settle(&guest, "LARGE-SECTORS");
    refused(&guest, "--disk LARGE-SECTORS", "disk-sector-size");
    refused(&guest, "", "disk-several");
    guest.plug(Disk::scsi("NEW").bytes(wanted).wwn(0x5000_c500_a0b1_c2d3));
    settle(&guest, "NEW");

    let new = disk(&guest, "NEW");
    let before = kept(&guest, &new);
    let plan = extend(&guest, "--disk NEW", 0);
    assert_eq!(kept(&guest, &new), before);
    let steps = [
        "write-table",
        "udevadm",
        "tell-kernel",
        "udevadm",
        "pvcreate",
        "vgcfgbackup",
        "switch-caches",
        "vgextend",
        "switch-caches",
        "swapoff",
        "lvresize",
        "write-swap-header",
        "swapon",
    ];
    assert_eq!(names(&plan), steps);
    let by_wwn = extend(&guest, "--disk 0x5000c500a0b1c2d3", 0);
    assert_eq!(by_wwn["steps"], plan["steps"]);

    let done = extend(&guest, "--disk /dev/disk/by-id/wwn-0x5000c500a0b1c2d3 --apply --yes", 0);
    assert_eq!(done["outcome"], "done", "{done:#}");
    // What was printed is what was done, to the byte.
    assert_eq!(done["steps"], plan["steps"]);
    is_full(&guest, &new, &before);
    // The system log has each step with its begin and its end, for whoever collects the logs.
    let log = guest.ok("journalctl --sync; journalctl --identifier okv-host --output cat");
    let told: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix("run 1 (swap-extend, by root) ")).collect();
    assert_eq!(told.len(), 2 + 2 * steps.len(), "{log}");
    assert!(told[1].starts_with("step 1 of 13 began: /dev/") && told.last() == Some(&"ended: done"), "{log}");
    guest.reboot();
    is_full(&guest, &disk(&guest, "NEW"), "");
    // What LVM, the kernel and sfdisk make of the table.
    let table = guest.ok(&format!("sfdisk --dump /dev/{}", disk(&guest, "NEW")));
    assert!(
        table.contains("label: dos") && table.contains("start=        2048") && table.contains("type=8e"),
        "{table}"
    );
    let undo = json(&guest, &format!("{OKV_HOST} undo --format json"), 1);
    assert!(undo["message"].as_str().unwrap().contains("stays done"), "{undo:#}");
}

/// 64 GiB of swap under the old name, nothing else changed, and nothing to do.
fn is_full(guest: &Guest, new: &str, before: &str) {
    assert_eq!(swap(guest), [FULL_KIB, "-2"]);
    if !before.is_empty() {
        assert_eq!(kept(guest, new), before);
    }
    assert_eq!(
        guest.ok("lvs --noheadings --options lv_size --units b --nosuffix vg_root/lv_swap").trim(),
        "68719476736"
    );
    let again = extend(guest, "--apply --yes", 0);
    assert_eq!(again["outcome"], "nothing-to-do", "{again:#}");
    let report = guest.run(&format!("{OKV_HOST} check --format json"));
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    for id in ["swap-size", "swap-references", "vg-free", "vg-health"] {
        let findings = report["findings"].as_array().unwrap().iter().filter(|f| f["id"] == id);
        findings.for_each(|finding| assert_eq!(finding["verdict"], "pass", "{finding:#}"));
    }
}

#[test]
fn a_uefi_node_grows_its_swap_where_room_is_there_and_then_with_a_disk_beyond_2_tib() {
    let mut guest = Spec::new(Firmware::Uefi).start();
    install(&guest);
    // A priority that somebody chose, and a label, are kept.
    guest.ok("swapoff /dev/vg_root/lv_swap; swaplabel --label node-swap /dev/vg_root/lv_swap; swapon --priority 7 /dev/vg_root/lv_swap");
    assert_eq!(swap(&guest), [SMALL_KIB, "7"]);
    let before = kept(&guest, "");
    let plan = extend(&guest, "--size 10GiB", 0);
    assert_eq!(names(&plan), ["swapoff", "lvresize", "write-swap-header", "swapon"]);
    let done = extend(&guest, "--size 10GiB --apply --yes", 0);
    assert_eq!((done["outcome"].as_str(), &done["steps"]), (Some("done"), &plan["steps"]), "{done:#}");
    assert_eq!(swap(&guest), ["10485756", "7"]);
    assert_eq!(kept(&guest, ""), before);
    assert_eq!(extend(&guest, "--size 10GiB --apply --yes", 0)["outcome"], "nothing-to-do");

    extend(&guest, "--prepare", 0);
    guest.plug(Disk::virtio("HUGE").bytes(3 * 1024 * GIB));
    settle(&guest, "HUGE");
    let huge = disk(&guest, "HUGE");
    let done = extend(&guest, "--apply --yes", 0);
    assert_eq!(done["outcome"], "done", "{done:#}");
    assert_eq!(swap(&guest), [FULL_KIB, "7"]);
    assert_eq!(kept(&guest, &huge), before);
    assert!(guest.ok(&format!("sfdisk --verify /dev/{huge} 2>&1; sfdisk --dump /dev/{huge}")).contains("label: gpt"));
    assert_eq!(
        guest
            .run(&format!("sgdisk --verify /dev/{huge} 2>&1 | grep -q 'No problems found' || ! command -v sgdisk"))
            .status,
        0
    );
    guest.reboot();
    assert_eq!(swap(&guest)[0], FULL_KIB);
}
