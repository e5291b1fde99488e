//! `swap-size`: 64 GiB of swap, summed over all areas.
//!
//! The kernel shows an area one page short of its size, because the first page is the header: 64 GiB reads 67108860
//! KiB. So the sum is taken over (shown size + one page). The procedure asks for it twice: "about 64 GB" of any node,
//! and "64 GB if the disk is over 1 TB"; the first, stricter sentence is judged by.

use super::vg_free;
use crate::base::units::Bytes;
use crate::disk::format::content::Kind;
use crate::host::locate::{Existence, Located, existence, groups, volume};
use crate::host::{Node, Probed, Running, SwapArea};
use crate::subjects::rule::{Figures, Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

use crate::subjects::swap::area::refused;

/// Page size of x86_64, the only machine the appliance runs on, in KiB.
const PAGE_KIB: u64 = 4;

pub(crate) const ID: RuleId = RuleId::new("swap-size");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "swap space, summed over all areas (each shown one page short by the kernel)",
    why: "The release requires this much swap, and nodes that were installed with an early release have about 4 GiB.",
    fix: "Run: okv-host swap-extend. If it asks for a disk, run okv-host swap-extend --prepare, power off, add the \
        disk that it names, start the node, then run okv-host swap-extend --apply",
    required: |p| format!("at least {}", Bytes(p.swap_bytes)),
    source: |p| p.swap_source.clone(),
    inputs: &["/proc/swaps", "SwapTotal of /proc/meminfo", "of a powered-off node: the header of the swap volume"],
    waivable: Waivable::Yes,
    procedure: &["7.6-2", "7.6-4", "7.6-17"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    vec![match &inputs.facts.node.running {
        Some(running) => judge_running(inputs, running),
        None => judge_disks(inputs),
    }]
}

fn judge_running(inputs: &RuleInputs<'_>, running: &Running) -> Finding {
    let areas = match &running.swaps {
        Probed::Known(areas) => areas.as_slice(),
        Probed::Absent => return inputs.finding(Verdict::Unknown, "node", "this kernel shows no /proc/swaps"),
        Probed::Unreadable(why) => {
            return inputs.finding(Verdict::Unknown, "node", format!("the swap areas could not be read: {why}"));
        }
    };
    let shown: u64 = areas.iter().map(|a| a.kib).fold(0, u64::saturating_add);
    match &running.swap_total_kib {
        Probed::Known(total) if *total == shown => {}
        Probed::Known(total) => {
            let message = format!("the kernel's figures differ: {shown} KiB in /proc/swaps, {total} KiB as SwapTotal");
            return inputs
                .finding(Verdict::Unknown, "node", message)
                .remedy("Run again when nothing changes the swap.");
        }
        Probed::Absent => return inputs.finding(Verdict::Unknown, "node", "this kernel shows no /proc/meminfo"),
        Probed::Unreadable(why) => {
            return inputs.finding(Verdict::Unknown, "node", format!("the sum of the swap could not be read: {why}"));
        }
    }
    let (left_out, taken): (Vec<&SwapArea>, Vec<&SwapArea>) =
        areas.iter().partition(|area| why_left_out(&inputs.facts.node, area).is_some());
    let mut finding = verdict(inputs, sum(&taken), &list(&taken), taken.len());
    for area in left_out {
        let why = why_left_out(&inputs.facts.node, area).unwrap_or_default();
        finding.message.push_str(&format!("; {} does not count: {why}", area.path));
    }
    // The procedure means swap on the disk. What is elsewhere counts, as the kernel counts it, and is named.
    let elsewhere: Vec<&str> =
        areas.iter().filter(|a| a.is_file || a.path.starts_with("/dev/zram")).map(|a| a.path.as_str()).collect();
    if finding.verdict == Verdict::Pass && !elsewhere.is_empty() {
        let message =
            format!("enough swap by the kernel's sum, but not all of it on a volume: {}", elsewhere.join(", "));
        return Finding { verdict: Verdict::Note, message, ..finding };
    }
    finding
}

/// Of a powered-off node: what the header of its swap volume says. Other swap areas may be left over from another use
/// of a disk, and are not counted.
fn judge_disks(inputs: &RuleInputs<'_>) -> Finding {
    let (group, name) = (&inputs.profile.volume_group, &inputs.profile.swap_volume);
    let subject = format!("{group}/{name}");
    let volumes = groups(&inputs.facts.node).filter(|g| g.name == *group).flat_map(|g| &g.logical_volumes);
    let found: Vec<_> = volumes.filter(|v| v.name == *name).collect();
    let (content, volume_bytes) = match found.as_slice() {
        [one] => (one.content.as_ref(), one.bytes),
        [] => return unknown(inputs, subject, "there is no such volume"),
        _ => return unknown(inputs, subject, "there is more than one such volume"),
    };
    let content = content.filter(|c| c.kind == Kind::Swap);
    if let Some(why) = content.and_then(|content| refused(content, volume_bytes)) {
        let finding = verdict(inputs, 0, "", 0);
        let message = format!("{}; the kernel refuses the header of {subject}: {why}", finding.message);
        return Finding { message, ..finding };
    }
    match content.and_then(|c| c.bytes) {
        Some(bytes) => verdict(inputs, bytes, &format!("the header of {subject}"), 1),
        None => unknown(inputs, subject, "it holds no swap area that could be read"),
    }
}

fn unknown(inputs: &RuleInputs<'_>, subject: String, why: &str) -> Finding {
    let why = match inputs.facts.node.why_incomplete() {
        Some(more) => format!("{why}: {more}"),
        None => why.to_owned(),
    };
    inputs.finding(Verdict::Unknown, subject, why)
}

fn verdict(inputs: &RuleInputs<'_>, total: u64, areas: &str, count: usize) -> Finding {
    let measured = match count {
        0 => "no swap area".to_owned(),
        _ => format!("{} in {areas}", Bytes(total)),
    };
    let finding = if total >= inputs.profile.swap_bytes {
        inputs.finding(Verdict::Pass, "node", "enough swap")
    } else {
        let missing = inputs.profile.swap_bytes.saturating_sub(total);
        inputs
            .finding(
                Verdict::Block,
                "node",
                format!(
                    "{} of swap, {} required ({} missing)",
                    Bytes(total).rounded(),
                    Bytes(inputs.profile.swap_bytes).rounded(),
                    Bytes(missing).rounded()
                ),
            )
            .remedy(Remedy::command(match vg_free::has_room(inputs) || vg_free::has_blank_disk(inputs) {
                true => "okv-host swap-extend",
                false => "okv-host swap-extend --prepare",
            }))
    };
    finding.measured(measured).figures(Figures::at_least(total, inputs.profile.swap_bytes).counted(count))
}

/// Why an area that the kernel shows does not count.
fn why_left_out(node: &Node, area: &SwapArea) -> Option<String> {
    // A saved host may have been put together, and its /proc/swaps be that of another one.
    if !area.is_file && existence(node, area.unlinked().0) == Existence::Missing {
        return Some("this host has no such device".to_owned());
    }
    why_refused(node, area).map(|why| format!("the kernel refuses it at the next start, {why}"))
}

/// Why the kernel will not take an area again that it has now. An area that was not read is taken as the kernel shows
/// it.
fn why_refused(node: &Node, area: &SwapArea) -> Option<String> {
    let Located::One(volume) = volume(node, &area.path) else { return None };
    let content = volume.content()?;
    match content.kind {
        Kind::Swap => refused(content, volume.bytes()),
        Kind::Unreadable | Kind::Ambiguous => None,
        other => Some(format!("it has no swap header (content: {})", other.word())),
    }
}

/// Bytes in the areas, with the header page that the kernel leaves out of each.
fn sum(areas: &[&SwapArea]) -> u64 {
    areas.iter().map(|a| a.kib.saturating_add(PAGE_KIB).saturating_mul(1024)).fold(0, u64::saturating_add)
}

fn list(areas: &[&SwapArea]) -> String {
    let names: Vec<String> = areas.iter().map(|a| format!("{} (shown as {} KiB)", a.path, a.kib)).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests;
