use snapbox::str;

use super::RULE;
use crate::overlay::Host;
use crate::subjects::rule::tests::assert_found;

/// A good node whose kernel line has `old` replaced.
fn with_line(old: &str, new: &str) -> Host {
    Host::named("good-uefi").replacing("proc/cmdline", old, new)
}

const ROOT: &str = "root=/dev/mapper/vg_root-lv_root";

/// A node with /boot mounted and one entry, whose options are these.
fn with_entry(options: &str) -> Host {
    let release = "5.4.17-2136.330.7.1.el8uek.x86_64";
    let entry = format!(
        "title UEK\nversion {release}\nlinux /vmlinuz-{release}\ninitrd /initramfs-{release}.img\noptions {options}\n"
    );
    let mounts = "97 1 253:1 / / rw shared:1 - xfs /dev/mapper/vg_root-lv_root rw\n\
        98 97 8:2 / /boot rw shared:2 - ext4 /dev/sda2 rw\n";
    Host::named("good-bios")
        .with("proc/self/mountinfo", mounts)
        .with("boot/grub2/grub.cfg", "insmod blscfg\nblscfg\n")
        .with(&format!("boot/loader/entries/m-{release}.conf"), entry)
        .with(&format!("boot/vmlinuz-{release}"), "kernel")
        .with(&format!("boot/initramfs-{release}.img"), "initramfs")
}

#[test]
fn a_good_node_has_each_device_of_its_kernel_line() {
    assert_found(
        &RULE,
        &Host::named("good-uefi"),
        str![[r#"
pass /proc/cmdline
  message: each device that it names exists
  measured: root=/dev/mapper/vg_root-lv_root, rd.lvm.lv=vg_root/lv_root, rd.lvm.lv=vg_root/lv_swap

"#]],
    );
}

#[test]
fn a_root_or_volume_that_names_nothing_blocks() {
    assert_found(
        &RULE,
        &with_line(ROOT, "root=UUID=77777777-0000-4000-8000-000000000077"),
        str![[r#"
block root of /proc/cmdline
  message: it names nothing that exists: the start ends in the emergency shell
  measured: root=UUID=77777777-0000-4000-8000-000000000077
  remedy: correct the word with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW

"#]],
    );
    assert_found(
        &RULE,
        &with_line("rd.lvm.lv=vg_root/lv_swap", "rd.lvm.lv=vg_root/swap00"),
        str![[r#"
block rd.lvm.lv of /proc/cmdline
  message: volume group vg_root has no volume swap00: the start ends in the emergency shell
  measured: rd.lvm.lv=vg_root/swap00
  remedy: correct the word with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW

"#]],
    );
}

#[test]
fn a_default_entry_with_the_devices_of_another_machine_blocks() {
    assert_found(
        &RULE,
        &with_entry("root=/dev/loop0p2 ro resume=UUID=deadbeef-0000-4000-8000-00000000dead rd.lvm.lv=vg_build/root"),
        str![[r#"
pass /proc/cmdline
  message: each device that it names exists
  measured: root=/dev/mapper/vg_root-lv_root, rd.lvm.lv=vg_root/lv_root, rd.lvm.lv=vg_root/lv_swap
block root of /boot/loader/entries/m-5.4.17-2136.330.7.1.el8uek.x86_64.conf
  message: it names nothing that exists: the start ends in the emergency shell
  measured: root=/dev/loop0p2
  remedy: correct the word with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW
block rd.lvm.lv of /boot/loader/entries/m-5.4.17-2136.330.7.1.el8uek.x86_64.conf
  message: there is no volume group vg_build: the start ends in the emergency shell
  measured: rd.lvm.lv=vg_build/root
  remedy: correct the word with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW
warn resume of /boot/loader/entries/m-5.4.17-2136.330.7.1.el8uek.x86_64.conf
  message: it names nothing that exists
  measured: resume=UUID=deadbeef-0000-4000-8000-00000000dead
  remedy: correct the word with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW

"#]],
    );
}

#[test]
fn a_default_entry_that_names_what_exists_passes_beside_the_running_line() {
    assert_found(
        &RULE,
        &with_entry("root=/dev/mapper/vg_root-lv_root ro rd.lvm.lv=vg_root/lv_root rd.lvm.lv=vg_root/lv_swap"),
        str![[r#"
pass /proc/cmdline
  message: each device that it names exists
  measured: root=/dev/mapper/vg_root-lv_root, rd.lvm.lv=vg_root/lv_root, rd.lvm.lv=vg_root/lv_swap
pass /boot/loader/entries/m-5.4.17-2136.330.7.1.el8uek.x86_64.conf
  message: each device that it names exists
  measured: root=/dev/mapper/vg_root-lv_root, rd.lvm.lv=vg_root/lv_root, rd.lvm.lv=vg_root/lv_swap

"#]],
    );
}

#[test]
fn a_default_entry_with_other_volumes_than_the_root_is_a_warning() {
    assert_found(
        &RULE,
        &with_entry("root=/dev/mapper/vg_root-lv_var ro rd.lvm.lv=vg_root/lv_swap"),
        str![[r#"
pass /proc/cmdline
  message: each device that it names exists
  measured: root=/dev/mapper/vg_root-lv_root, rd.lvm.lv=vg_root/lv_root, rd.lvm.lv=vg_root/lv_swap
warn root of /boot/loader/entries/m-5.4.17-2136.330.7.1.el8uek.x86_64.conf
  message: it names vg_root/lv_var, and /etc/fstab line 4 has vg_root/lv_root at /
  measured: root=/dev/mapper/vg_root-lv_var
  remedy: correct the word with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW
warn rd.lvm.lv of /boot/loader/entries/m-5.4.17-2136.330.7.1.el8uek.x86_64.conf
  message: the line does not activate vg_root/lv_var, which is the root; the initramfs must
  measured: rd.lvm.lv
  remedy: correct the word with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW

"#]],
    );
}

#[test]
fn an_entry_that_ends_in_a_shell_on_the_console_blocks() {
    assert_found(
        &RULE,
        &with_entry("root=/dev/mapper/vg_root-lv_root rd.lvm.vg=vg_root ro single rd.break"),
        str![[r#"
pass /proc/cmdline
  message: each device that it names exists
  measured: root=/dev/mapper/vg_root-lv_root, rd.lvm.lv=vg_root/lv_root, rd.lvm.lv=vg_root/lv_swap
block rd.break of /boot/loader/entries/m-5.4.17-2136.330.7.1.el8uek.x86_64.conf
  message: the start ends in a shell of the initramfs, which only the console shows
  measured: rd.break
  remedy: correct the word with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW
block single of /boot/loader/entries/m-5.4.17-2136.330.7.1.el8uek.x86_64.conf
  message: the start ends in rescue mode, which only the console shows
  measured: single
  remedy: correct the word with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW

"#]],
    );
}

#[test]
fn what_may_be_on_an_unreadable_disk_is_unknown_and_what_the_kernel_has_exists() {
    assert_found(
        &RULE,
        &Host::named("good-uefi").without("dev/sda"),
        str![[r#"
pass /proc/cmdline
  message: each device that it names exists
  measured: root=/dev/mapper/vg_root-lv_root, rd.lvm.lv=vg_root/lv_root, rd.lvm.lv=vg_root/lv_swap

"#]],
    );
    assert_found(
        &RULE,
        &with_line(ROOT, "root=UUID=77777777-0000-4000-8000-000000000077").without("dev/sda"),
        str![[r#"
unknown root of /proc/cmdline
  message: cannot determine what it names: /dev/sda: cannot open: No such file or directory
  measured: root=UUID=77777777-0000-4000-8000-000000000077
  remedy: verify it with: blkid; lvs

"#]],
    );
}

#[test]
fn a_kernel_line_that_cannot_be_read_is_unknown() {
    assert_found(
        &RULE,
        &Host::named("good-uefi").without("proc/cmdline"),
        str![[r#"
unknown /proc/cmdline
  message: cannot read it: /proc/cmdline: there is no such file; is it mounted?

"#]],
    );
}
