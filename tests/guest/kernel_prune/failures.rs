//! What fails half-way: the run stops at the first doubt, says what stands, and goes on once that is mended.

use serde_json::Value;

use super::node::{Node, programs};
use crate::guest::Firmware;
use crate::kernel_rpms::{Rpms, UEK5, UEK6, UEK6_OLDER};
use crate::{OKV_HOST, json};

/// In the place of dnf.
fn in_place_of_dnf(node: &Node, script: &str) {
    let program = format!("#!/bin/bash\n{script}\n");
    node.guest.ok("[ -L /root/real-dnf ] || [ -e /root/real-dnf ] || mv /usr/bin/dnf /root/real-dnf");
    node.guest.put("/usr/bin/dnf", program.as_bytes(), 0o755);
}

fn bring_dnf_back(node: &Node) {
    node.guest.ok("mv /root/real-dnf /usr/bin/dnf");
}

/// It ends so; /boot is not mounted afterwards, and the survivors boot.
fn ends(node: &Node, outcome: &str, status: i64) -> Value {
    let answer = node.prune("--apply --yes", status);
    assert_eq!(answer["outcome"], outcome, "{answer:#}");
    assert_eq!(node.guest.run("findmnt /boot").status, 1, "/boot is mounted");
    answer
}

#[test]
fn what_fails_half_way_stops_the_run_and_is_finished_once_it_is_mended() {
    let mut node = Node::boot(Firmware::Bios, Rpms::new().kernel(&UEK5).kernel(&UEK6_OLDER).kernel(&UEK6));
    node.install_kernels(&[UEK5, UEK6_OLDER, UEK6]);
    node.runs(&UEK6);
    nothing_is_changed(&node);
    a_lock_of_rpm_that_somebody_holds(&node);
    a_scriptlet_that_fails(&node);
    a_package_manager_that_ends_half_way(&node);
    a_full_boot_partition_is_no_obstacle(&node);
    a_run_that_is_killed_leaves_boot_mounted_for_the_next_one_to_unmount(&node);
    a_scriptlet_that_takes_the_initramfs_of_the_survivor(&node);
    node.guest.reboot();
    node.has_booted(&UEK6);
}

fn nothing_is_changed(node: &Node) {
    let before = node.state();
    in_place_of_dnf(node, "echo 'cannot open the database' >&2; exit 1");
    let answer = ends(node, "rolled-back", 3);
    assert!(answer["message"].as_str().unwrap().contains("cannot open the database"), "{answer:#}");
    // One that says that all is well, and has done nothing.
    in_place_of_dnf(node, "exit 0");
    let answer = ends(node, "rolled-back", 3);
    assert!(answer["message"].as_str().unwrap().contains("is still installed"), "{answer:#}");
    bring_dnf_back(node);
    assert_eq!(node.state(), before);
}

fn a_lock_of_rpm_that_somebody_holds(node: &Node) {
    let before = node.state();
    let hold = "import fcntl, time
lock = open('/var/lib/rpm/.rpm.lock', 'r+')
fcntl.lockf(lock, fcntl.LOCK_EX)
open('/run/lock-held', 'w').close()
time.sleep(1000)";
    node.guest.put("/root/hold.py", hold.as_bytes(), 0o755);
    node.guest.ok("python3 /root/hold.py & echo $! > /run/holder; until [ -e /run/lock-held ]; do sleep 0.2; done");
    let answer = ends(node, "rolled-back", 3);
    assert!(answer["message"].as_str().unwrap().contains("lock"), "{answer:#}");
    node.guest.ok("kill $(cat /run/holder)");
    assert_eq!(node.state(), before);
}

/// The first transaction stops with -devel gone and the kernel still there; the second is not begun.
fn a_scriptlet_that_fails(node: &Node) {
    node.guest.ok("echo 'exit 1' > /run/at-removal");
    ends(node, "kept", 4);
    let status = json(&node.guest, &format!("{OKV_HOST} status --format json"), 4);
    assert_eq!(status["last_run"]["unfinished"], true, "{status:#}");
    let left = node.packages();
    assert!(!left.contains(&UEK5.packages()[1]) && left.contains(&UEK5.packages()[0]), "{left:?}");
    assert!(UEK6_OLDER.packages().iter().all(|package| left.contains(package)), "{left:?}");
    node.guest.ok("rm /run/at-removal");
    node.prunes(&format!("--keep {}", UEK6_OLDER.name()), &[UEK5]);
    node.install_kernels(&[UEK5]);
    default_is_the_newest(node);
}

fn default_is_the_newest(node: &Node) {
    node.in_boot(&format!("/usr/local/lib/guest/kernel-entry default \"{}\"", UEK6.title()));
}

/// As where it is killed for want of memory.
fn a_package_manager_that_ends_half_way(node: &Node) {
    in_place_of_dnf(node, "rpm --erase kernel-uek-devel-4.14.35; kill -KILL $$");
    ends(node, "kept", 4);
    bring_dnf_back(node);
    assert_eq!(node.guest.run(&format!("{OKV_HOST} status")).status, 4);
    node.prunes("", &[UEK5, UEK6_OLDER]);
    assert_eq!(node.guest.run(&format!("{OKV_HOST} status")).status, 0);
    node.install_kernels(&[UEK6_OLDER]);
    default_is_the_newest(node);
}

fn a_full_boot_partition_is_no_obstacle(node: &Node) {
    node.in_boot("dd if=/dev/zero of=/boot/filler bs=64k status=none || true; df --output=avail /boot | tail -n 1 | grep -qx \" *0\"");
    node.prunes("", &[UEK6_OLDER]);
    node.in_boot("rm /boot/filler");
    node.install_kernels(&[UEK5, UEK6_OLDER]);
    default_is_the_newest(node);
}

/// The package manager that it has started goes on to its end.
fn a_run_that_is_killed_leaves_boot_mounted_for_the_next_one_to_unmount(node: &Node) {
    let before = node.state();
    node.guest.ok(&format!(
        "echo 'touch /run/in-scriptlet; sleep 3' > /run/at-removal
         {OKV_HOST} kernel-prune --apply --yes > /root/out 2>&1 & run=$!
         until [ -e /run/in-scriptlet ]; do kill -0 $run; sleep 0.1; done
         kill -KILL $run
         while pgrep --full '[a]ssumeyes' > /dev/null; do sleep 0.2; done
         rm /run/at-removal /run/in-scriptlet; findmnt /boot"
    ));
    assert_eq!(node.guest.run(&format!("{OKV_HOST} status")).status, 4);
    let done = node.prune("--apply --yes", 0);
    assert_eq!(
        (done["outcome"].as_str(), programs(&done)),
        (Some("done"), NEXT.map(str::to_owned).to_vec()),
        "{done:#}"
    );
    node.is_without(&before, &[UEK5, UEK6_OLDER]);
    node.install_kernels(&[UEK5, UEK6_OLDER]);
    default_is_the_newest(node);
}

/// The second transaction, and what the first run could not do.
const NEXT: [&str; 4] = ["rpm", "dnf", "grub2-editenv", "umount"];

/// What was removed stays removed; nothing more is, and the next run refuses until the survivor is whole again.
fn a_scriptlet_that_takes_the_initramfs_of_the_survivor(node: &Node) {
    let initramfs = format!("initramfs-{}.img", UEK6.name());
    node.guest.ok(&format!("echo 'mv /boot/{initramfs} /boot/kept' > /run/at-removal"));
    let answer = ends(node, "kept", 4);
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains(&UEK6.name()) && message.contains("initramfs"), "{message}");
    assert!(UEK6_OLDER.packages().iter().all(|package| node.packages().contains(package)));
    node.guest.ok("rm /run/at-removal");
    node.refused("", "survivor-not-bootable");
    node.in_boot(&format!("mv kept {initramfs}"));
    node.prunes("", &[UEK6_OLDER]);
}
