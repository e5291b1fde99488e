//! Several kernels at once, and the order of versions.

use super::node::{Node, programs};
use crate::guest::Firmware;
use crate::kernel_rpms::{Rpms, UEK5, UEK6, UEK6_OLDER, UEK7, UEK7_OLDER};

#[test]
fn a_5_15_kernel_is_newer_than_a_5_4_one_and_three_old_kernels_go_in_three_transactions() {
    let all = [UEK7_OLDER, UEK6, UEK5, UEK6_OLDER, UEK7];
    let rpms = all.iter().fold(Rpms::new(), |rpms, kernel| rpms.kernel(kernel));
    let mut node = Node::boot(Firmware::BiosGpt, rpms);
    node.install_kernels(&[UEK6, UEK7]);
    node.runs(&UEK7);
    assert_eq!(programs(&node.prunes("", &[UEK6])), ["mount", "rpm", "dnf", "grub2-editenv", "umount"]);

    node.install_kernels(&[UEK7_OLDER, UEK6_OLDER, UEK5, UEK6]);
    node.in_boot(&format!("/usr/local/lib/guest/kernel-entry default \"{}\"", UEK7.title()));
    let kept = node.prune(&format!("--keep {} --keep {}", UEK6.name(), UEK5.name()), 0);
    assert_eq!(programs(&kept).iter().filter(|name| *name == "dnf").count(), 2, "{kept:#}");

    let done = node.prunes(&format!("--keep {}", UEK7_OLDER.name()), &[UEK5, UEK6_OLDER, UEK6]);
    let removed: Vec<&str> = done["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["action"]["run"]["argv"])
        .filter(|argv| argv[0].as_str().unwrap().ends_with("/dnf"))
        .map(|argv| argv[5].as_str().unwrap())
        .collect();
    let of =
        |kernel: &crate::kernel_rpms::Release| kernel.package("kernel-uek").replace("kernel-uek-", "kernel-uek-0:");
    assert_eq!(removed, [of(&UEK5), of(&UEK6_OLDER), of(&UEK6)]);

    // Of the split family all four packages go together.
    node.prunes("", &[UEK7_OLDER]);
    node.guest.reboot();
    node.has_booted(&UEK7);
}
