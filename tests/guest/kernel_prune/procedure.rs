//! The procedure's own example: 4.14.35-2047.504.2.el7uek goes, 5.4.17-2136.329.3.1.el8uek stays and boots.

use super::node::{Node, programs};
use crate::guest::Firmware;
use crate::kernel_rpms::{Rpms, UEK5, UEK6};

/// The packages of both, and those of the same sources that are no kernels.
fn node(firmware: Firmware) -> Node {
    let node = Node::boot(firmware, Rpms::new().kernel(&UEK5).kernel(&UEK6));
    node.install_kernels(&[UEK5, UEK6]);
    let firmware = UEK5.package("kernel-uek-firmware").replace("x86_64", "noarch");
    node.install(&[firmware, UEK6.package("kernel-uek-tools"), UEK6.package("kernel-uek-headers")]);
    node.runs(&UEK6);
    node
}

fn prunes_the_example(node: &mut Node, mount_points: usize) {
    let found = |verdict: &str, subject: &str| vec![(verdict.to_owned(), subject.to_owned())];
    assert_eq!(node.findings("kernel-old"), found("warn", &UEK5.name()));
    let before = node.packages();
    let done = node.prunes("", &[UEK5]);
    let mut expected = vec!["mount"; mount_points];
    expected.extend(["rpm", "dnf", "grub2-editenv"]);
    expected.extend(vec!["umount"; mount_points]);
    assert_eq!(programs(&done), expected);
    let gone: Vec<String> = before.iter().filter(|name| !node.packages().contains(name)).cloned().collect();
    assert_eq!(gone, UEK5.packages());
    node.guest.reboot();
    node.has_booted(&UEK6);
    assert_eq!(node.findings("kernel-old"), found("pass", "node"));
    assert_eq!(node.findings("kernel-running-newest"), found("pass", "node"));
    // All agrees, but that the modules of the guest's own kernel belong to no package.
    node.mount();
    let own = node.guest.ok("echo /lib/modules/$(uname --kernel-release)");
    assert_eq!(node.findings("boot-consistent"), found("note", own.trim()));
    node.unmount();
}

#[test]
fn the_example_on_a_bios_node_with_boot_unmounted_and_mounted_and_a_default_that_moves() {
    let mut node = node(Firmware::Bios);
    prunes_the_example(&mut node, 1);
    with_boot_mounted_it_stays_mounted(&node);
    a_default_that_is_old_stays_with_a_note(&node);
    a_default_that_moved_is_set_right(&mut node);
}

fn with_boot_mounted_it_stays_mounted(node: &Node) {
    node.install_kernels(&[UEK5]);
    node.in_boot(&format!("/usr/local/lib/guest/kernel-entry default \"{}\"", UEK6.title()));
    node.mount();
    let done = node.prunes("", &[UEK5]);
    assert_eq!(programs(&done), ["rpm", "dnf", "grub2-editenv"]);
    node.unmount();
}

fn a_default_that_is_old_stays_with_a_note(node: &Node) {
    node.install_kernels(&[UEK5]);
    let before = node.state();
    let answer = node.prune("--apply --yes", 0);
    assert_eq!(answer["outcome"], "nothing-to-do", "{answer:#}");
    let notes = answer["notes"].to_string();
    assert!(
        notes.contains(&format!("{} is old and stays: the boot loader starts it by default", UEK5.name())),
        "{notes}"
    );
    assert_eq!(node.state(), before);
}

/// The entry of the old kernel stands first; the default is told by its number, and names nothing once that is gone.
fn a_default_that_moved_is_set_right(node: &mut Node) {
    node.in_boot("/usr/local/lib/guest/kernel-entry default 1");
    node.prunes("", &[UEK5]);
    let saved = node.in_boot("grub-editenv $grub/grubenv list");
    assert_eq!(saved.trim(), format!("saved_entry={}", UEK6.title()));
    node.guest.reboot();
    node.has_booted(&UEK6);
}

#[test]
fn the_example_on_a_uefi_node() {
    let mut node = node(Firmware::Uefi);
    prunes_the_example(&mut node, 2);
    node.install_kernels(&[UEK5]);
    a_default_that_moved_is_set_right(&mut node);
}
