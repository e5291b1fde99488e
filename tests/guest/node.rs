//! A node boots by its own boot loader, looks as the procedure implies, and is judged right.

use crate::guest::{Firmware, Guest, Spec};
use crate::{agreement, install, power, verdicts};

#[test]
fn a_bios_node_boots_and_is_judged_right_and_survives_a_power_cut() {
    let mut guest = Spec::new(Firmware::Bios).boot();
    assert_eq!(guest.run("test -e /sys/firmware/efi").status, 1);
    is_laid_out_as_the_procedure_implies(&guest);
    assert_eq!(guest.ok("lsblk --noheadings --nodeps --output PTTYPE /dev/vda").trim(), "dos");
    is_judged_right_before_and_after_a_power_cut(&mut guest, "the node boots by BIOS");
}

#[test]
fn a_uefi_node_boots_and_is_judged_right_and_survives_a_power_cut() {
    let mut guest = Spec::new(Firmware::Uefi).boot();
    assert_eq!(guest.ok("cat /sys/firmware/efi/fw_platform_size").trim(), "64");
    is_laid_out_as_the_procedure_implies(&guest);
    assert_eq!(guest.ok("lsblk --noheadings --nodeps --output PTTYPE /dev/vda").trim(), "gpt");
    // Where the EFI System Partition is looked into; every node has it.
    guest.ok("mount /boot && mkdir -p /boot/efi && umount /boot");
    is_judged_right_before_and_after_a_power_cut(&mut guest, "the node boots by UEFI");
}

fn is_judged_right_before_and_after_a_power_cut(guest: &mut Guest, boots: &str) {
    install(guest);
    verdicts::agree_with_the_tools(guest, boots);
    verdicts::keep_off_boot_during_a_run(guest);
    agreement::scan_says_what_the_tools_say(guest);
    power::a_cut_loses_nothing_that_was_flushed(guest);
    verdicts::agree_with_the_tools(guest, boots);
}

pub(crate) fn is_laid_out_as_the_procedure_implies(guest: &Guest) {
    assert!(guest.ok("cat /proc/cmdline").starts_with("BOOT_IMAGE=/vmlinuz-"), "GRUB loaded the kernel");
    assert_eq!(guest.run("findmnt /boot").status, 1, "/boot is not mounted");
    let extents = guest.ok("vgs --noheadings --units b --nosuffix --options vg_name,vg_extent_size,vg_free_count");
    assert_eq!(extents.split_whitespace().collect::<Vec<_>>(), ["vg_root", "33554432", "320"]);
    let active = guest.ok("lvs --noheadings --options lv_name --select lv_active=active --sort lv_name");
    assert_eq!(active.split_whitespace().collect::<Vec<_>>(), ["lv_images", "lv_oracle", "lv_root", "lv_swap"]);
    let swaps = guest.ok("tail --lines=+2 /proc/swaps");
    let swap: Vec<_> = swaps.split_whitespace().collect();
    assert!(swap[0].starts_with("/dev/dm-"), "{swaps}");
    assert_eq!(swap[1..3], ["partition", "4194300"]);
    assert_eq!(guest.ok("readlink -f /dev/mapper/vg_root-lv_swap").trim(), swap[0]);
    assert_eq!(guest.ok("systemctl list-units --failed --quiet --plain"), "");
    guest.ok("rpm --version && dnf --version && test -f /var/lib/oracle/keys");
}
