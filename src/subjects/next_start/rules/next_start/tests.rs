use snapbox::str;

use super::{RULE, of_start};
use crate::host::{Node, Probed, Root};
use crate::overlay::Host;
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::next_start::facts::images::Images;
use crate::subjects::next_start::facts::sample::LAYOUTS;
use crate::subjects::next_start::facts::start::{NextStart, gather};
use crate::subjects::rule::RuleInputs;
use crate::subjects::rule::tests::assert_found;

mod broken;
mod firmware;
mod menus;

/// Verdict, message, and what else is measured. Of all facts, only those that count are gathered.
fn found(host: &Host) -> String {
    let (root, profile) = (Root::fixture(host.path()).unwrap(), Profile::named(Profile::DEFAULT).unwrap());
    let node = Node::gather(&root);
    let Probed::Known(NextStart::Seen(start)) = gather(&root, &node, &Images::default(), None) else {
        panic!("not seen")
    };
    let facts = Facts { node, subjects: None, powered_off: None };
    let found = of_start(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE }, &start);
    let measured = if found.measured.is_empty() { String::new() } else { format!("; {}", found.measured) };
    format!("{} {}{measured}", found.verdict.word(), found.message)
}

#[track_caller]
fn is_found(host: &Host, verdict: &str, part: &str) {
    let found = found(host);
    assert!(found.starts_with(verdict) && found.contains(part), "{verdict} with {part:?}: {found}");
}

#[test]
fn a_host_whose_chain_is_whole_passes_in_one_line() {
    for layout in LAYOUTS {
        let firmware = if layout.is_uefi() { "UEFI" } else { "BIOS" };
        let line = format!(
            "pass GRUB ({firmware}) starts 5.4.17-2136.330.7.1.el8uek.x86_64 from /boot on {} with root \
             vg_root/lv_root: complete",
            layout.partition()
        );
        assert_eq!(found(&layout.host()), line, "{layout:?}");
    }
}

#[test]
fn the_weakest_link_is_named_with_the_rule_that_reports_it_and_the_others_beside_it() {
    let host = LAYOUTS[2].host().replacing(
        "boot/grub2/grubenv",
        "resume=/dev/mapper/vg_root-lv_swap",
        "resume=/dev/vg_root/none",
    );
    let host = host.replacing("etc/fstab", "/dev/mapper/vg_root-lv_var ", "/dev/vg_root/gone ");
    assert_found(
        &RULE,
        &host,
        str![[r#"
block next start
  message: GRUB (BIOS) starts 5.4.17-2136.330.7.1.el8uek.x86_64 from /boot on /dev/sda1 with root vg_root/lv_root: it ends at /etc/fstab: line 6: the device for /var does not exist: the next start ends in emergency mode
  measured: the kernel command line is doubtful: resume=/dev/vg_root/none (/boot/loader/entries/m-5.4.17-2136.330.7.1.el8uek.x86_64.conf): volume group vg_root has no volume none
  remedy: Correct the line of /etc/fstab that is named, or add nofail to it.

"#]],
    );
}

#[test]
fn a_saved_host_without_its_boot_is_noted() {
    assert_found(
        &RULE,
        &Host::named("good-uefi"),
        str![[r#"
note next start
  message: not judged: /boot of this saved host is not mounted (/etc/fstab line 5)
  remedy: mount /boot and check again

"#]],
    );
}

#[test]
fn where_the_disks_cannot_be_read_nothing_is_missing() {
    for layout in LAYOUTS {
        is_found(&layout.host().without("dev/sda"), "unknown", "cannot determine the firmware: /dev/sda");
    }
}

#[test]
fn a_saved_host_without_its_boot_is_blocked_by_what_stops_its_start_whatever_is_there() {
    let host = Host::named("good-uefi").replacing("etc/fstab", "/dev/mapper/vg_root-lv_var ", "/dev/vg_root/gone ");
    assert_found(
        &RULE,
        &host,
        str![[r#"
block next start
  message: GRUB (UEFI): it ends at /etc/fstab: line 7: the device for /var does not exist: the next start ends in emergency mode
  remedy: Correct the line of /etc/fstab that is named, or add nofail to it.

"#]],
    );
}
