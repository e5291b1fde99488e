//! The disks of a node that was shut down, or whose power was cut, are judged as the node was while it ran.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::guest::{Firmware, Spec};
use crate::{OKV_HOST, install, json};

/// Rules that need what only a running node has. The table in docs/reference.md has the reasons.
const ONLY_RUNNING: [&str; 6] =
    ["boot-mode", "kernel-running-newest", "kernel-old", "kernel-options", "images-mount", "session"];
/// Rules of which the disks show a part.
const IN_PART: [&str; 3] = ["boot-consistent", "next-start", "iso-space"];
/// The rule on the files of a powered-off node.
const FILES: &str = "files-read";

/// The verdicts of each rule, sorted.
fn verdicts(report: &Value) -> BTreeMap<String, Vec<String>> {
    let mut verdicts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let verdict = finding["verdict"].as_str().unwrap().to_owned();
        verdicts.entry(finding["id"].as_str().unwrap().to_owned()).or_default().push(verdict);
    }
    verdicts.values_mut().for_each(|verdicts| verdicts.sort());
    verdicts
}

fn words<'r>(report: &'r Value, id: &str, field: &str) -> Vec<&'r str> {
    let of = report["findings"].as_array().unwrap().iter().filter(|finding| finding["id"] == id);
    of.map(|finding| finding[field].as_str().unwrap()).collect()
}

/// What `check` says of these disks, here.
fn judged(disk: &Path) -> Value {
    let mut check = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    check.args(["check", "--backing-anywhere", "--format", "json", "--image"]).arg(disk);
    let output = check.output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn is_documented() {
    let reference = include_str!("../../docs/reference.md");
    for id in ONLY_RUNNING.iter().chain(&IN_PART) {
        assert!(reference.contains(&format!("| `{id}` |")), "{id} is not in the table of exceptions");
    }
}

fn agree(live: &Value, off: &Value) {
    let (before, after) = (verdicts(live), verdicts(off));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (id, verdicts) in &after {
        let id = id.as_str();
        if ONLY_RUNNING.contains(&id) {
            assert_eq!(*verdicts, ["unknown"], "{id}");
        } else if id != FILES && !IN_PART.contains(&id) {
            assert_eq!(before[id], *verdicts, "{id}\n{live:#}\n{off:#}");
        }
    }
    for id in ["swap-size", "boot-size", "ssh-host-keys", "vg-health", "vg-free"] {
        assert_eq!(words(live, id, "message"), words(off, id, "message"), "{id}");
    }
    assert_eq!(words(live, "ssh-host-keys", "measured"), words(off, "ssh-host-keys", "measured"));
    assert!(after["boot-consistent"].contains(&"pass".to_owned()), "{off:#}");
    assert_eq!(words(off, FILES, "verdict")[0], "pass", "{off:#}");
    assert_eq!(off["host"], live["host"]);
}

/// The entry that starts, and the volumes that it starts from.
fn started(report: &Value) -> String {
    let said = words(report, "next-start", "message")[0];
    let (kernel, root) = said.split_once(" from /boot on ").unwrap();
    format!("{kernel} with {}", root.split_once(" with ").unwrap().1)
}

fn is_judged_as_while_it_ran(firmware: Firmware) {
    is_documented();
    let mut guest = Spec::new(firmware).boot();
    install(&guest);
    if firmware == Firmware::Uefi {
        guest.ok("mount /boot && mkdir -p /boot/efi && umount /boot");
    }
    let live = json(&guest, &format!("{OKV_HOST} check --format json"), 1);
    guest.shutdown();
    let off = judged(guest.disks()[0].path());
    agree(&live, &off);
    if firmware == Firmware::Bios {
        assert_eq!(started(&live), started(&off));
    }

    // What was written and flushed before the power is cut is in the journal, or in its place.
    guest.boot_again();
    guest.ok("printf 'LABEL=gone /srv/gone ext4 defaults 0 0\n' >>/etc/fstab; sync --file-system /etc; \
        rm /var/lib/oracle/keys; sync --file-system /var/lib/oracle");
    let live = json(&guest, &format!("{OKV_HOST} check --format json"), 1);
    assert!(words(&live, "fstab-mounts", "verdict").contains(&"block"), "{live:#}");
    guest.ok("sync");
    guest.cut_power();
    let off = judged(guest.disks()[0].path());
    // A disk that was not given could have it.
    assert!(
        words(&off, "fstab-mounts", "message").iter().any(|said| said.contains("the node may have others")),
        "{off:#}"
    );
    assert!(words(&off, FILES, "message").contains(&"read with the changes in its journal"), "{off:#}");
}

#[test]
fn a_bios_node_that_is_off_is_judged_by_its_disks_as_while_it_ran() {
    is_judged_as_while_it_ran(Firmware::Bios);
}

#[test]
fn a_uefi_node_that_is_off_is_judged_by_its_disks_as_while_it_ran() {
    is_judged_as_while_it_ran(Firmware::Uefi);
}
