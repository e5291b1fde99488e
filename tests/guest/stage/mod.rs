//! `stage` on a whole node: a real ISO made by xorriso, real loop mounts, the real dnf, a real SSH session that is
//! lost, a full disk, and a power cut.

pub(crate) mod iso;

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::guest::{Firmware, Guest, Spec};
use crate::{OKV_HOST, has_loop_devices, install, json};
use iso::{Iso, NAME};

const SOURCE: &str = "/srv/okv-upgrade-disc-21.8.0.0.0.iso";
const TARGET: &str = "/var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso";
const PART: &str = "/var/lib/oracle/.okv-upgrade-disc-21.8.0.0.0.iso.okv-host-part";
/// What lies in the folder of the ISO, what is mounted, and the loop devices with their files.
const STATE: &str = "ls -lA --time-style=+ /var/lib/oracle; findmnt --raw --noheadings --output TARGET,SOURCE | sort; losetup --list --noheadings --output BACK-FILE";

/// Longest that a copy of the tests takes to come so far.
const SOON: Duration = Duration::from_secs(120);

/// The command with the figures of the guest, which is smaller than a node.
pub(crate) fn stage(more: &str) -> String {
    format!("{OKV_HOST} stage {SOURCE} --profile /root/guest.json --format json {more}")
}

/// A profile by which the guest is a good node.
pub(crate) fn put_profile(guest: &Guest) {
    let mut profile: Value = serde_json::from_str(include_str!("../../../src/profile/21.8.json")).unwrap();
    profile["swap_bytes"] = (4_u64 << 30).into();
    guest.put("/root/guest.json", profile.to_string().as_bytes(), 0o600);
}

#[test]
fn an_iso_is_staged_whatever_comes_between() {
    let mut guest = Spec::new(Firmware::Bios).start();
    install(&guest);
    put_profile(&guest);
    has_loop_devices(&guest);
    let iso = Iso::with("echo not run here", 24 << 20);
    guest.put(SOURCE, &iso.bytes, 0o600);
    let empty = guest.ok(STATE);
    a_node_that_is_blocked_gets_no_iso(&guest);
    an_iso_that_is_not_whole_or_not_the_right_one_is_refused(&guest, &iso);
    a_full_disk_is_told_before_anything_is_copied(&guest);
    assert_eq!(guest.ok(STATE), empty);
    a_session_that_is_lost_half_way_is_gone_on_from(&guest, &iso);
    undo_takes_it_back(&guest, &empty);
    a_power_cut_during_the_copy_is_gone_on_from(&mut guest, &iso);
    what_fills_the_disk_during_the_copy_does_not_harm_it(&guest, &iso, &empty);
    an_iso_that_is_no_upgrade_is_taken_back(&guest);
}

fn a_node_that_is_blocked_gets_no_iso(guest: &Guest) {
    let refused = json(guest, &format!("{OKV_HOST} stage {SOURCE} --apply --yes --format json"), 1);
    assert_eq!(refused["reasons"][0]["id"], "swap-size", "{refused:#}");
}

fn an_iso_that_is_not_whole_or_not_the_right_one_is_refused(guest: &Guest, iso: &Iso) {
    let other = iso.sha256.replace(|c: char| c.is_ascii_digit(), "0");
    let wrong = json(guest, &stage(&format!("--sha256 {other} --apply --yes")), 1);
    assert_eq!(wrong["reasons"][0]["id"], "wrong-checksum");
    assert!(wrong["reasons"][0]["message"].as_str().unwrap().contains(&iso.sha256), "{wrong:#}");
    for (damage, id) in [
        ("truncate --size=-4096 $f", "iso-cut-off"),
        ("dd if=/dev/zero of=$f bs=2048 seek=16 count=2 conv=notrunc status=none", "no-iso"),
    ] {
        guest.ok(&format!("mkdir -p /srv/bad; f=/srv/bad/{NAME}; cp {SOURCE} $f; {damage}"));
        let command = stage("--apply --yes").replace("/srv/", "/srv/bad/");
        let refused = json(guest, &command, 1);
        assert_eq!(refused["reasons"][0]["id"], id, "{refused:#}");
    }
    guest.ok("rm -r /srv/bad");
}

fn a_full_disk_is_told_before_anything_is_copied(guest: &Guest) {
    let free = "$(df --block-size=1 --output=avail /var/lib/oracle | tail -1)";
    guest.ok(&format!("fallocate --length $(({free} - (530 << 20))) /var/lib/oracle/filler"));
    let refused = json(guest, &stage("--apply --yes"), 1);
    assert_eq!(refused["reasons"][0]["id"], "no-space", "{refused:#}");
    guest.ok("rm /var/lib/oracle/filler");
}

/// Waits until so much of the ISO is copied.
fn copied(guest: &Guest, bytes: u64) {
    let until = Instant::now() + SOON;
    let size = || guest.run(&format!("stat -c %s {PART}")).stdout().trim().parse::<u64>().unwrap_or(0);
    while size() < bytes {
        assert!(Instant::now() < until, "the copy does not get there: {}", guest.ok(STATE));
    }
}

fn a_session_that_is_lost_half_way_is_gone_on_from(guest: &Guest, iso: &Iso) {
    guest.ok(include_str!("start-sshd"));
    let command = stage(&format!("--sha256 {} --apply --yes", iso.sha256));
    let client = guest.start(&format!("exec setsid sh /root/get-in '{command}'"));
    copied(guest, 4 << 20);
    guest.ok("pkill -KILL --full '^ssh .*-p 2222'");
    drop(client.wait());
    let until = Instant::now() + SOON;
    while guest.run("pgrep -x okv-host").status == 0 {
        assert!(Instant::now() < until, "it goes on without a session");
    }
    assert_eq!(guest.run(&format!("{OKV_HOST} status")).status, 4);
    let part = guest.ok(&format!("stat -c %s {PART}"));
    assert!((4 << 20..iso.bytes.len()).contains(&part.trim().parse().unwrap()), "{part}");
    assert_eq!(guest.run(&format!("test -e {TARGET}")).status, 1);

    let plan = json(guest, &stage(&format!("--sha256 {}", iso.sha256)), 0);
    let finished = guest.run(&stage(&format!("--sha256 {} --apply --yes", iso.sha256)));
    assert_eq!(finished.status, 0, "{finished}");
    assert!(finished.stderr().contains("found there already"), "{finished}");
    let answer: Value = serde_json::from_slice(&finished.stdout).unwrap();
    assert_eq!((answer["outcome"].as_str(), &answer["steps"]), (Some("done"), &plan["steps"]));
    is_staged(guest, iso);
}

fn is_staged(guest: &Guest, iso: &Iso) {
    assert_eq!(guest.ok(&format!("sha256sum {TARGET}")).split_whitespace().next(), Some(&*iso.sha256));
    let mounted =
        guest.ok("findmnt --raw --noheadings --output FSTYPE,OPTIONS /images | tail -1; cat /images/upgrade.repo");
    assert!(mounted.starts_with("iso9660 ro,") && mounted.contains("[okv-upgrade]"), "{mounted}");
    assert_eq!(guest.run(&format!("test -e {PART}")).status, 1);
    assert_eq!(json(guest, &stage("--apply --yes"), 0)["outcome"], "nothing-to-do");
    assert_eq!(guest.run(&format!("{OKV_HOST} status")).status, 0);
    // The rules see the same.
    let report = guest.run(&format!("{OKV_HOST} check --profile /root/guest.json --format json"));
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    for id in ["iso-present", "iso-space", "images-mount"] {
        let found = findings.iter().find(|finding| finding["id"] == id).unwrap();
        assert_eq!(found["verdict"], "pass", "{found:#}");
    }
}

fn undo_takes_it_back(guest: &Guest, empty: &str) {
    let undone = json(guest, &format!("{OKV_HOST} undo --apply --yes --format json"), 0);
    assert_eq!(undone["outcome"], "undone", "{undone:#}");
    assert_eq!(guest.ok(STATE), empty);
    guest.ok(&format!("test -s {SOURCE}"));
}

fn a_power_cut_during_the_copy_is_gone_on_from(guest: &mut Guest, iso: &Iso) {
    let cut = guest.start(&stage("--apply --yes"));
    copied(guest, 12 << 20);
    guest.cut_power();
    assert!(cut.wait().is_err());
    guest.boot_again();
    has_loop_devices(guest);
    // Debian's rpm has a database in root's home that dnf made just before the cut; it is not the node's.
    guest.ok("rm -rf /root/.rpmdb");
    assert_eq!(guest.run(&format!("test -e {TARGET}")).status, 1, "half an ISO has the name of a whole one");
    assert_eq!(guest.run(&format!("{OKV_HOST} status")).status, 4);
    assert_eq!(json(guest, &stage("--apply --yes"), 0)["outcome"], "done");
    is_staged(guest, iso);
}

fn what_fills_the_disk_during_the_copy_does_not_harm_it(guest: &Guest, iso: &Iso, empty: &str) {
    guest.ok(&format!("umount /images; rm {TARGET}"));
    let copy = guest.start(&stage("--apply --yes"));
    copied(guest, 1 << 20);
    guest
        .run("fallocate --length $(df --block-size=1 --output=avail /var/lib/oracle | tail -1) /var/lib/oracle/filler");
    // Its medium is taken out: what is open is read to its end.
    guest.ok(&format!("mv {SOURCE} /srv/away"));
    let copy = copy.wait().unwrap();
    guest.ok(&format!("rm /var/lib/oracle/filler; mv /srv/away {SOURCE}"));
    assert_eq!(copy.status, 0, "{copy}");
    is_staged(guest, iso);
    guest.ok(&format!("umount /images; rm {TARGET}"));
    assert_eq!(guest.ok(STATE), empty);
}

fn an_iso_that_is_no_upgrade_is_taken_back(guest: &Guest) {
    let before = guest.ok(STATE);
    guest.put(SOURCE, &Iso::without_an_upgrade().bytes, 0o600);
    let answer = json(guest, &stage("--apply --yes"), 3);
    assert_eq!(answer["outcome"], "rolled-back", "{answer:#}");
    assert!(answer["message"].as_str().unwrap().contains("/images/upgrade.rb"), "{answer:#}");
    assert_eq!(guest.ok(STATE), before);
}
