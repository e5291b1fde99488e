//! `table-health`: partition tables are sound, their copies agree, and the boot disk's table suits the firmware.

use super::{Case, Finding, Rule, Verdict, boot_disk, boot_mode};
use crate::disk::{CopyState, Disk, ProblemId, TableKind};
use crate::facts::Probed;

pub(super) const RULE: Rule = Rule {
    id: "table-health",
    summary: "partition tables are sound, both GPT copies agree, and the boot disk suits the firmware",
    required: |_| "sound copies that agree, partitions within the disk and apart".into(),
    source: |_| "UEFI specification 2.10, 5.3: GUID Partition Table; GRUB manual, BIOS installation".into(),
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Finding> {
    if case.facts.disks.is_empty() {
        return vec![case.finding(Verdict::Unknown, "node", "no disk was found")];
    }
    case.facts.disks.iter().map(|disk| judge_disk(case, disk)).collect()
}

fn judge_disk(case: &Case<'_>, disk: &Disk) -> Finding {
    let measured = match disk.table.kind {
        TableKind::Gpt => format!("GPT, primary {}, backup {}", disk.table.primary.word(), disk.table.backup.word()),
        TableKind::Mbr => format!("MBR, {}", disk.table.primary.word()),
        TableKind::None => "no partition table".into(),
    };
    let (verdict, message) = verdict(case, disk);
    let finding = case.finding(verdict, disk.path.clone(), message).measured(measured);
    match verdict {
        Verdict::Warn => finding.remedy(
            "back up the disk, then have its table repaired with the vendor's support; do not partition it anew",
        ),
        Verdict::Block => finding.remedy(
            "do not restart the node; have the table restored from its backup copy or from a backup of the node",
        ),
        _ => finding,
    }
}

fn verdict(case: &Case<'_>, disk: &Disk) -> (Verdict, String) {
    if disk.could_not_be_opened() {
        return (Verdict::Unknown, "the disk could not be read".into());
    }
    let problem = |ids: &[ProblemId]| disk.problems.iter().find(|p| ids.contains(&p.id)).map(|p| p.message.clone());
    let gpt = disk.table.kind == TableKind::Gpt;
    let sound = |copy| copy == CopyState::Ok;
    if let Some(why) = problem(&[ProblemId::PartitionsOverlap, ProblemId::PartitionBeyondDisk]) {
        return (Verdict::Block, why);
    }
    if gpt && !sound(disk.table.primary) && !sound(disk.table.backup) {
        let why = problem(&[ProblemId::TableDamaged, ProblemId::TableDisagrees, ProblemId::ReadError]);
        return (Verdict::Block, why.unwrap_or_else(|| "neither copy of the GPT is sound".into()));
    }
    if let Some(why) = problem(&[ProblemId::TableDamaged, ProblemId::TableDisagrees]) {
        let verdict = if gpt || disk.table.kind == TableKind::None { Verdict::Warn } else { Verdict::Block };
        return (verdict, why);
    }
    if let Some(why) = problem(&[ProblemId::ReadError]) {
        return (Verdict::Unknown, why);
    }
    let is_boot_disk = boot_disk(case.facts).is_ok_and(|boot| boot.path == disk.path);
    if let Some(Probed::Known(firmware)) = case.facts.running.as_ref().map(|r| &r.firmware)
        && is_boot_disk
        && let Some(why) = boot_mode::disagreement(*firmware, disk)
    {
        return (Verdict::Warn, why);
    }
    (Verdict::Pass, if disk.table.kind == TableKind::None { "no table to judge".into() } else { "sound".into() })
}
