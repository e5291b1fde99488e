//! `boot-mode`: how the firmware starts this node, and whether its boot disk agrees.
//!
//! Only /sys/firmware/efi says UEFI. An EFI System Partition, a /boot/efi directory or "efi" in a log do not; they are
//! evidence of the disk, which is shown beside the firmware's and never instead of it.

use crate::disk::{Disk, TableKind};
use crate::host::{Firmware, Probed};
use crate::subjects::boot::disagreement::firmware_disagreement;
use crate::subjects::boot::volume::readable_boot_disk;
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("boot-mode");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "how the firmware starts the node, and whether the boot disk agrees",
    why: "The 2 TB limit of the boot disk depends on the boot mode, and only the kernel knows it: an EFI System \
        Partition on the disk proves nothing.",
    fix: "Mount sysfs on /sys and run as root on the node itself: okv-host check --only boot-mode",
    required: |_| "BIOS or UEFI, as the kernel shows it".into(),
    source: |p| p.bios_disk_source.clone(),
    inputs: &["/sys/firmware/efi", "the partition table and sector 0 of the boot disk"],
    waivable: Waivable::Yes,
    procedure: &["7.2-7"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let disk = readable_boot_disk(&inputs.facts.node);
    let evidence = match &disk {
        Ok(disk) => describe(disk),
        Err(why) => format!("boot disk not known: {why}"),
    };
    let setup = match inputs.running().and_then(|_| inputs.setup()) {
        Ok(setup) => setup,
        Err(finding) => return vec![finding.measured(evidence)],
    };
    let found = match &setup.firmware {
        Probed::Known(firmware) => match disk.ok().and_then(|d| firmware_disagreement(*firmware, d)) {
            None => inputs.finding(Verdict::Pass, "node", format!("the node boots by {}", word(*firmware))),
            Some(why) => inputs
                .finding(Verdict::Note, "node", format!("the node boots by {}, but {why}", word(*firmware)))
                .remedy("Have the vendor's support verify how the node boots, before the upgrade restarts it."),
        }
        .measured(format!("firmware: {}; {evidence}", word(*firmware))),
        Probed::Absent => inputs
            .finding(Verdict::Unknown, "node", "there is no sysfs, which shows the boot mode")
            .measured(evidence)
            .remedy("Mount sysfs on /sys and run again."),
        Probed::Unreadable(why) => inputs
            .finding(Verdict::Unknown, "node", format!("the boot mode could not be read: {why}"))
            .measured(evidence)
            .remedy("Run as root on the node itself, with sysfs mounted on /sys."),
    };
    vec![found]
}

fn word(firmware: Firmware) -> &'static str {
    match firmware {
        Firmware::Uefi { .. } => "UEFI",
        Firmware::Bios => "BIOS",
    }
}

/// What the boot disk shows.
fn describe(disk: &Disk) -> String {
    let yes = |number: Option<u32>| number.map_or("none".into(), |n| format!("partition {n}"));
    format!(
        "{}: {} table, EFI System Partition: {}, BIOS boot partition: {}, code in sector 0: {}",
        disk.path,
        match disk.table.kind {
            TableKind::Gpt => "GPT",
            TableKind::Mbr => "MBR",
            TableKind::None => "no partition",
        },
        yes(disk.boot.esp),
        yes(disk.boot.bios_boot_partition),
        if disk.boot.boot_code { "yes" } else { "no" }
    )
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn a_node_boots_by_uefi_from_a_disk_with_an_efi_system_partition() {
        assert_found(
            &RULE,
            &Host::named("good-uefi"),
            str![[r#"
pass node
  message: the node boots by UEFI
  measured: firmware: UEFI; /dev/sda: GPT table, EFI System Partition: partition 1, BIOS boot partition: none, code in sector 0: no

"#]],
        );
    }

    #[test]
    fn a_node_boots_by_bios_from_a_disk_with_boot_code() {
        assert_found(
            &RULE,
            &Host::named("good-bios"),
            str![[r#"
pass node
  message: the node boots by BIOS
  measured: firmware: BIOS; /dev/sda: MBR table, EFI System Partition: none, BIOS boot partition: none, code in sector 0: yes

"#]],
        );
    }

    #[test]
    fn a_node_that_boots_by_uefi_without_an_efi_system_partition_is_noted() {
        assert_found(
            &RULE,
            &Host::named("uefi-without-esp"),
            str![[r#"
note node
  message: the node boots by UEFI, but /dev/sda has no EFI System Partition to boot from
  measured: firmware: UEFI; /dev/sda: GPT table, EFI System Partition: none, BIOS boot partition: partition 1, code in sector 0: no
  remedy: Have the vendor's support verify how the node boots, before the upgrade restarts it.

"#]],
        );
    }

    #[test]
    fn a_node_that_boots_by_bios_from_a_gpt_without_a_bios_boot_partition_is_noted() {
        assert_found(
            &RULE,
            &Host::named("everything-wrong"),
            str![[r#"
note node
  message: the node boots by BIOS, but /dev/sda has a GPT without a BIOS boot partition
  measured: firmware: BIOS; /dev/sda: GPT table, EFI System Partition: partition 1, BIOS boot partition: none, code in sector 0: yes
  remedy: Have the vendor's support verify how the node boots, before the upgrade restarts it.

"#]],
        );
    }
}
