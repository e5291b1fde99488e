//! Sources that cannot be read, or that say something else than they should.

use std::fs;

use crate::{Host, judged, verdict_of, with_file};
use okv_host::subjects::rule::{Outcome, Verdict, outcome};

/// The rules that look at the disks.
const DISK_RULES: &[&str] =
    &["disk-bios-limit", "boot-size", "disk-minimum", "swap-references", "vg-health", "vg-free", "table-health"];

#[test]
fn a_disk_that_cannot_be_opened_neither_passes_nor_blocks() {
    let host = Host::named("good-bios");
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
        let host = Host::named("good-bios");
        let path = host.path().join(source);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
            fs::write(&path, "not a directory").unwrap();
        } else if path.is_file() {
            fs::remove_file(&path).unwrap();
            fs::create_dir(&path).unwrap();
        } else {
            fs::write(&path, "not a directory").unwrap();
        }
        let found = judged(host.path());
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
fn a_disk_of_another_length_than_in_sysfs_is_not_judged() {
    let found = with_file("sys/block/sda/size", "1000\n");
    for rule in ["disk-minimum", "disk-bios-limit", "table-health"] {
        assert_eq!(verdict_of(&found, rule), Verdict::Unknown, "{rule}");
    }
}
