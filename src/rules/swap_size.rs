//! `swap-size`: 64 GiB of swap, summed over all areas.
//!
//! The kernel shows an area one page short of its size, because the first page is the header: 64 GiB reads 67108860 KiB. So the sum is
//! taken over (shown size + one page). The procedure asks for it twice: "about 64 GB" of any node, and "64 GB if the disk is
//! over 1 TB"; the first, stricter sentence is judged by.

use super::{Case, Finding, Rule, Verdict};
use crate::facts::{Probed, Running, SwapArea};
use crate::format::content::Kind;
use crate::units::Bytes;

/// Page size of x86_64, the only machine the appliance runs on, in KiB.
const PAGE_KIB: u64 = 4;

pub(super) const RULE: Rule = Rule {
    id: "swap-size",
    summary: "swap space, summed over all areas (each shown one page short by the kernel)",
    required: |p| format!("at least {}", Bytes(p.swap_bytes)),
    source: |p| p.swap_source.clone(),
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Finding> {
    vec![match &case.facts.running {
        Some(running) => judge_running(case, running),
        None => judge_disks(case),
    }]
}

fn judge_running(case: &Case<'_>, running: &Running) -> Finding {
    let areas = match &running.swaps {
        Probed::Known(areas) => areas.as_slice(),
        Probed::Absent => return case.finding(Verdict::Unknown, "node", "this kernel shows no /proc/swaps"),
        Probed::Unreadable(why) => {
            return case.finding(Verdict::Unknown, "node", format!("the swap areas could not be read: {why}"));
        }
    };
    let shown: u64 = areas.iter().map(|a| a.kib).fold(0, u64::saturating_add);
    if let Probed::Known(total) = running.swap_total_kib
        && total != shown
    {
        let message = format!("the kernel's figures differ: {shown} KiB in /proc/swaps, {total} KiB as SwapTotal");
        return case.finding(Verdict::Unknown, "node", message).remedy("run again when nothing changes the swap");
    }
    verdict(case, sum(areas), &list(areas), areas.len())
}

/// Of a powered-off node: what the swap headers on its disks claim.
fn judge_disks(case: &Case<'_>) -> Finding {
    if !case.facts.every_disk_was_read() {
        return case.finding(Verdict::Unknown, "node", "a disk could not be read, and swap may be on it");
    }
    let mut areas: Vec<(String, u64)> = Vec::new();
    let mut seen = Vec::new();
    for disk in &case.facts.disks {
        for partition in &disk.partitions {
            if partition.content.kind == Kind::Swap {
                areas.push((
                    format!("{} partition {}", disk.path, partition.number),
                    partition.content.bytes.unwrap_or(0),
                ));
            }
        }
        for group in disk.volume_groups.iter().filter(|g| g.uuid.is_none() || !seen.contains(&g.uuid)) {
            for volume in &group.logical_volumes {
                if let Some(content) = volume.content.as_ref().filter(|c| c.kind == Kind::Swap) {
                    areas.push((format!("{}/{}", group.name, volume.name), content.bytes.unwrap_or(0)));
                }
            }
        }
        seen.extend(disk.volume_groups.iter().map(|g| g.uuid));
    }
    let total = areas.iter().map(|(_, bytes)| *bytes).fold(0, u64::saturating_add);
    let names: Vec<String> = areas.iter().map(|(name, bytes)| format!("{name} {} KiB", bytes / 1024)).collect();
    verdict(case, total, &names.join(", "), areas.len())
}

fn verdict(case: &Case<'_>, total: u64, areas: &str, count: usize) -> Finding {
    let measured = match count {
        0 => "no swap area".to_owned(),
        _ => format!("{} in {areas}", Bytes(total)),
    };
    let finding = if total >= case.profile.swap_bytes {
        case.finding(Verdict::Pass, "node", "enough swap")
    } else {
        let missing = case.profile.swap_bytes.saturating_sub(total);
        case.finding(
            Verdict::Block,
            "node",
            format!("{} of swap are missing; one sentence of the procedure asks it of every node, another only of disks over 1 TB", Bytes(missing)),
        )
        .remedy(format!(
            "grow {}/{} to {}; vg-free says whether a disk must be added",
            case.profile.volume_group,
            case.profile.swap_volume,
            Bytes(case.profile.swap_bytes).rounded()
        ))
    };
    finding.measured(measured)
}

/// Bytes in the areas, with the header page that the kernel leaves out of each.
fn sum(areas: &[SwapArea]) -> u64 {
    areas.iter().map(|a| a.kib.saturating_add(PAGE_KIB).saturating_mul(1024)).fold(0, u64::saturating_add)
}

fn list(areas: &[SwapArea]) -> String {
    let names: Vec<String> = areas.iter().map(|a| format!("{} (shown as {} KiB)", a.path, a.kib)).collect();
    names.join(", ")
}
