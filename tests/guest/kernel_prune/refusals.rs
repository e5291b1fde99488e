//! What is in the way on a real node, each refused with nothing changed.

use super::node::{Node, programs};
use crate::guest::Firmware;
use crate::kernel_rpms::{Rpms, UEK5, UEK6, UEK6_EL7};

#[test]
fn what_is_in_the_way_is_refused_by_name_with_nothing_changed() {
    let node = Node::boot(Firmware::Bios, Rpms::new().kernel(&UEK5).kernel(&UEK6).dependants(&UEK5));
    node.install_kernels(&[UEK5, UEK6]);
    what_runs(&node);
    what_needs_the_old_kernel(&node);
    a_survivor_that_could_not_boot(&node);
    the_boot_loader(&node);
    the_package_manager(&node);
    what_nobody_can_remove(&node);
    // None of it is left: the same node is pruned.
    by_yum_where_there_is_no_dnf(&node);
}

/// Stands for yum of Oracle Linux 7: takes what that takes and nothing else, and removes by rpm.
const YUM: &str = r#"#!/bin/bash
[ "$1 $2 $3 $4" = "--assumeyes --disablerepo=* --setopt=clean_requirements_on_remove=False remove" ] || exit 1
shift 4
for package; do
  [[ $package =~ ^[a-z-]+-0:[0-9.]+-[0-9.]+el[78]uek[.]x86_64$ ]] || exit 1
done
exec rpm --erase "${@/-0:/-}"
"#;

fn by_yum_where_there_is_no_dnf(node: &Node) {
    node.guest.ok("mv /usr/bin/dnf /root/dnf");
    node.guest.put("/usr/bin/yum", YUM.as_bytes(), 0o755);
    let done = node.prunes("", &[UEK5]);
    assert_eq!(programs(&done), ["mount", "rpm", "yum", "grub2-editenv", "umount"]);
}

/// The procedure's sample has 5.4.17-2136.304.4.5.el7uek running, which is not among the installed kernels and older
/// than the newest.
fn what_runs(node: &Node) {
    node.runs(&UEK6_EL7);
    let why = node.refused("", "running-unowned");
    assert!(why.contains(&UEK6_EL7.name()) && why.contains(&UEK6.name()), "{why}");
    node.runs(&UEK5);
    let why = node.refused("", "running-not-newest");
    assert!(why.contains(&UEK5.name()) && why.contains(&UEK6.name()), "{why}");
    node.runs(&UEK6);
}

fn what_needs_the_old_kernel(node: &Node) {
    node.install(&["kmod-test-1.0-1.x86_64".to_owned()]);
    let why = node.refused("", "foreign-modules");
    assert!(why.contains("kmod-test-0:1.0-1.x86_64") && why.contains(&UEK5.name()), "{why}");
    node.guest.ok("rpm --erase kmod-test");
    // It has no file among the modules: rpm alone knows.
    node.install(&["agent-test-1.0-1.x86_64".to_owned()]);
    let why = node.refused("", "needed-by-others");
    assert!(why.contains("agent-test") && why.contains(&UEK5.name()), "{why}");
    node.guest.ok("rpm --erase agent-test");
}

fn a_survivor_that_could_not_boot(node: &Node) {
    let kernel = UEK6.name();
    let cases = [
        ("initramfs", format!("dd if=/dev/zero of=initramfs-{kernel}.img bs=512 count=1 conv=notrunc status=none")),
        ("initramfs", format!(": > initramfs-{kernel}.img")),
        ("initramfs", format!("rm initramfs-{kernel}.img")),
        ("vmlinuz", format!("dd if=/dev/urandom of=vmlinuz-{kernel} bs=1k count=2 conv=notrunc status=none")),
        ("a boot entry", "sed -i \"/5.4.17.*{/,/^}/d\" $grub/grub.cfg".to_owned()),
    ];
    for (lacks, damage) in cases {
        node.in_boot(&format!("rm -rf /root/whole; cp --archive /boot /root/whole; {damage}"));
        let why =
            node.refused("", if lacks == "a boot entry" { "boot-default-unknown" } else { "survivor-not-bootable" });
        assert!(lacks == "a boot entry" || (why.contains(lacks) && why.contains(&kernel)), "{damage}: {why}");
        node.in_boot("cp --archive /root/whole/. /boot/");
    }
    node.guest.ok(&format!("mv /lib/modules/{kernel}/modules.dep /root/"));
    let why = node.refused("", "survivor-not-bootable");
    assert!(why.contains("modules") && why.contains(&kernel), "{why}");
    node.guest.ok(&format!("mv /root/modules.dep /lib/modules/{kernel}/"));
}

fn the_boot_loader(node: &Node) {
    node.in_boot(&format!("grub-editenv $grub/grubenv set \"next_entry={}\"", UEK5.title()));
    node.refused("", "boot-once-set");
    node.in_boot("grub-editenv $grub/grubenv unset next_entry");
    let fstab = node.guest.ok("cat /etc/fstab");
    node.guest.ok("sed -i 's/^UUID=[^ ]* \\/boot /UUID=00000000-0000-4000-8000-000000000000 \\/boot /' /etc/fstab");
    // Not even what has to be mounted is known: that is no refusal, and nothing was changed.
    let unknown = node.guest.run(&format!("{} kernel-prune --apply --yes", crate::OKV_HOST));
    assert!(unknown.status == 3 && unknown.stderr().contains("/boot"), "{unknown}");
    node.guest.put("/etc/fstab", fstab.as_bytes(), 0o644);
    node.refused("--keep 5.4", "keep-unknown");
}

/// Files of /boot, which is not mounted, that root cannot remove either.
fn what_nobody_can_remove(node: &Node) {
    let old = format!("vmlinuz-{}", UEK5.name());
    for attribute in ["i", "a"] {
        node.in_boot(&format!("chattr +{attribute} {old}"));
        let why = node.refused("", "file-immutable");
        assert!(why.contains(&old) && why.contains("immutable"), "{why}");
        node.in_boot(&format!("chattr -{attribute} {old}"));
    }
}

fn the_package_manager(node: &Node) {
    node.guest.ok("mv /usr/bin/dnf /root/dnf");
    let why = node.refused("", "manager-missing");
    assert!(why.contains("dnf") && why.contains("yum"), "{why}");
    node.guest.ok("mv /root/dnf /usr/bin/dnf; dnf --version");
}
