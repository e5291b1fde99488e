//! Sources that cannot be read, or that say something else than they should.

use std::fs;

use okv_host::rules::{Outcome, Verdict, outcome};

use crate::{copy_of, host, judged, of, verdict_of, with_file};

/// The rules that look at the disks.
const DISK_RULES: &[&str] =
    &["disk-bios-limit", "boot-size", "disk-minimum", "swap-references", "vg-health", "vg-free", "table-health"];

#[test]
fn a_disk_that_cannot_be_opened_neither_passes_nor_blocks() {
    let host = copy_of("good-bios");
    fs::remove_file(host.path().join("dev/sda")).unwrap();
    fs::create_dir(host.path().join("dev/sda")).unwrap();
    let found = judged(host.path());
    for finding in found.iter().filter(|f| DISK_RULES.contains(&f.id.as_str())) {
        assert_eq!(finding.verdict, Verdict::Unknown, "{finding:?}");
    }
    assert_eq!(outcome(&found), Outcome::Unknown);
}

#[test]
fn a_source_that_cannot_be_read_is_never_a_pass() {
    for (source, rules) in [
        ("proc/swaps", &["swap-size"][..]),
        ("proc/cmdline", &["swap-references"]),
        ("etc/fstab", &["boot-size", "swap-references"]),
        ("sys/firmware", &["boot-mode"]),
        ("etc/ssh", &["ssh-dsa-key", "ssh-host-keys"]),
        ("sys/block", &["disk-bios-limit", "disk-minimum", "table-health", "vg-health"]),
    ] {
        let copy = copy_of("good-bios");
        let path = copy.path().join(source);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
            fs::write(&path, "not a directory").unwrap();
        } else if path.is_file() {
            fs::remove_file(&path).unwrap();
            fs::create_dir(&path).unwrap();
        } else {
            fs::write(&path, "not a directory").unwrap();
        }
        let found = judged(copy.path());
        assert_eq!(outcome(&found), Outcome::Unknown, "{source}: {found:#?}");
        for rule in rules {
            let unknown = found.iter().any(|f| f.id == *rule && f.verdict == Verdict::Unknown);
            assert!(unknown, "{source}: {rule} is not unknown in {found:#?}");
        }
    }
}

#[test]
fn an_unreadable_mountinfo_does_not_fall_back_to_fstab() {
    for text in ["", "garbage\n", "36 25 8:2 / /boot rw shared"] {
        assert_eq!(verdict_of(&with_file("proc/self/mountinfo", text), "boot-size"), Verdict::Unknown, "{text:?}");
    }
}

#[test]
fn two_lines_of_fstab_that_name_different_volumes_for_boot_are_ambiguous() {
    let fstab = "UUID=0b0070b0-0000-4000-8000-000000000001 /boot ext4 noauto 0 0\n/dev/sda2 /boot ext4 noauto 0 0\n";
    assert_eq!(verdict_of(&with_file("etc/fstab", fstab), "boot-size"), Verdict::Unknown);
}

#[test]
fn an_fstab_without_swap_blocks_because_the_node_has_none_after_its_next_start() {
    let found = with_file("etc/fstab", "UUID=0b0070b0-0000-4000-8000-000000000001 /boot ext4 noauto 0 0\n");
    assert_eq!(verdict_of(&found, "swap-references"), Verdict::Block);
}

#[test]
fn swap_in_memory_counts_and_is_named() {
    let swaps =
        "Filename Type Size Used Priority\n/dev/dm-0 partition 4194300 0 -2\n/dev/zram0 partition 62914556 0 100\n";
    let copy = copy_of("good-bios");
    fs::write(copy.path().join("proc/swaps"), swaps).unwrap();
    let meminfo = fs::read_to_string(host("good-bios").join("proc/meminfo")).unwrap();
    let meminfo = meminfo.replace("67108860 kB", "67108856 kB");
    fs::write(copy.path().join("proc/meminfo"), meminfo).unwrap();
    let found = judged(copy.path());
    let swap = of(&found, "swap-size");
    assert_eq!(swap.verdict, Verdict::Note, "{swap:?}");
    assert!(swap.message.contains("/dev/zram0"), "{swap:?}");
}

#[test]
fn a_disk_that_is_not_as_long_as_the_kernel_says_is_not_judged() {
    let found = with_file("sys/block/sda/size", "1000\n");
    for rule in ["disk-minimum", "disk-bios-limit", "table-health"] {
        assert_eq!(verdict_of(&found, rule), Verdict::Unknown, "{rule}");
    }
}
