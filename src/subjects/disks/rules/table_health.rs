//! `table-health`: partition tables are sound, their copies agree, and the boot disk's table suits the firmware.

use super::of_each_disk;
use crate::disk::{CopyState, Disk, ProblemId, TableKind};
use crate::host::Probed;
use crate::subjects::boot::{firmware_disagreement, readable_boot_disk};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("table-health");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "partition tables are sound, both GPT copies agree, and the boot disk suits the firmware",
    why: "A damaged or contradictory partition table can keep the node from its next start, and any change of the \
        table could lose partitions.",
    fix: "Do not restart the node and do not partition the disk again. Back up the disk, see both copies with \
        okv-host scan, and have the vendor's support repair the table.",
    required: |_| "sound copies that agree, partitions within the disk and apart".into(),
    source: |_| "UEFI specification 2.10, 5.3: GUID Partition Table; GRUB manual, BIOS installation".into(),
    inputs: &[
        "both copies of the partition table of each disk",
        "the partitions that the kernel knows (/sys/class/block)",
        "/sys/firmware/efi",
        "/proc/self/mountinfo and /etc/fstab (which volume is /boot)",
    ],
    waivable: Waivable::Never("The node may not start again, and partitions may be lost."),
    procedure: &["7.2-7"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    of_each_disk(inputs, |disk| judge_disk(inputs, disk))
}

fn judge_disk(inputs: &RuleInputs<'_>, disk: &Disk) -> Finding {
    let measured = match disk.table.kind {
        TableKind::Gpt => format!("GPT, primary {}, backup {}", disk.table.primary.word(), disk.table.backup.word()),
        TableKind::Mbr => format!("MBR, {}", disk.table.primary.word()),
        TableKind::None if disk.could_not_be_opened() => String::new(),
        TableKind::None => "no partition table".into(),
    };
    let (verdict, message) = verdict(inputs, disk);
    let finding = inputs.finding(verdict, disk.path.clone(), message).measured(measured);
    match verdict {
        Verdict::Warn => finding
            .remedy("Back up the disk, then have the vendor's support repair its table. Do not partition it again."),
        Verdict::Block => finding.remedy(
            "Do not restart the node. Have its table restored from the backup copy or from a backup of the node.",
        ),
        _ => finding,
    }
}

fn verdict(inputs: &RuleInputs<'_>, disk: &Disk) -> (Verdict, String) {
    let problem = |ids: &[ProblemId]| disk.problems.iter().find(|p| ids.contains(&p.id)).map(|p| p.message.clone());
    if let Some(why) = problem(&[ProblemId::CannotOpen]) {
        return (Verdict::Unknown, why);
    }
    let sound = |copy| copy == CopyState::Ok;
    if let Some(why) = problem(&[ProblemId::TableIgnored, ProblemId::PartitionsOverlap, ProblemId::PartitionBeyondDisk])
    {
        return (Verdict::Block, why);
    }
    if disk.table.kind == TableKind::Gpt && !sound(disk.table.primary) && !sound(disk.table.backup) {
        let why = problem(&[ProblemId::TableDamaged, ProblemId::TableDisagrees, ProblemId::ReadError]);
        return (Verdict::Block, why.unwrap_or_else(|| "neither copy of the GPT is sound".into()));
    }
    if let Some(why) = kernel_knows_more(inputs, disk) {
        return (Verdict::Block, why);
    }
    if let Some(why) = problem(&[ProblemId::TableDamaged, ProblemId::TableDisagrees]) {
        let verdict = if disk.table.kind == TableKind::Mbr { Verdict::Block } else { Verdict::Warn };
        return (verdict, why);
    }
    if let Some(why) = problem(&[ProblemId::ReadError]) {
        return (Verdict::Unknown, why);
    }
    if let Some(why) = problem(&[ProblemId::Duplicate]) {
        return (Verdict::Warn, why);
    }
    let is_boot_disk = readable_boot_disk(&inputs.facts.node).is_ok_and(|boot| boot.path == disk.path);
    if let Some(Probed::Known(firmware)) = inputs.facts.node.setup.as_ref().map(|setup| &setup.firmware)
        && is_boot_disk
        && let Some(why) = firmware_disagreement(*firmware, disk)
    {
        return (Verdict::Warn, why);
    }
    (Verdict::Pass, if disk.table.kind == TableKind::None { "no table to judge".into() } else { "sound".into() })
}

/// Partitions that the running kernel uses and that the disk does not show any more: they are gone after the next
/// start.
fn kernel_knows_more(inputs: &RuleInputs<'_>, disk: &Disk) -> Option<String> {
    let block = inputs.facts.node.running.as_ref()?.block.known()?;
    let name = disk.path.strip_prefix("/dev/")?;
    let numbers = block.iter().filter_map(|device| match &device.partition_of {
        Some((whole, number)) if whole == name => Some(*number),
        _ => None,
    });
    let gone: Vec<String> =
        numbers.filter(|n| !disk.partitions.iter().any(|p| p.number == *n)).map(|n| n.to_string()).collect();
    (!gone.is_empty()).then(|| {
        format!(
            "the kernel uses partitions {} of {}, which its table does not show: they are lost at the next start",
            gone.join(", "),
            disk.path
        )
    })
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn a_table_whose_copies_agree_passes() {
        assert_found(
            &RULE,
            &Host::named("good-uefi"),
            str![[r#"
pass /dev/sda
  message: sound
  measured: GPT, primary ok, backup ok

"#]],
        );
    }

    #[test]
    fn a_damaged_backup_of_a_gpt_is_a_warning() {
        assert_found(
            &RULE,
            &Host::named("gpt-backup-damaged"),
            str![[r#"
warn /dev/sda
  message: backup GPT header at byte 1200243695120: its checksum is 0x7092305d, not 0x0b867d76 as recorded
  measured: GPT, primary ok, backup damaged
  remedy: Back up the disk, then have the vendor's support repair its table. Do not partition it again.

"#]],
        );
    }

    #[test]
    fn a_table_without_what_the_firmware_starts_from_is_a_warning() {
        assert_found(
            &RULE,
            &Host::named("uefi-without-esp"),
            str![[r#"
warn /dev/sda
  message: /dev/sda has no EFI System Partition to boot from
  measured: GPT, primary ok, backup ok
  remedy: Back up the disk, then have the vendor's support repair its table. Do not partition it again.

"#]],
        );
    }
}
