//! `fstab-mounts`: the devices that the next start waits for exist.
//!
//! systemd makes a mount unit of each line of /etc/fstab. Without `noauto` and `nofail`, local-fs.target requires it: a
//! device that does not appear within 90 seconds, or a mount that fails, ends the start in emergency mode
//! (systemd.mount(5), systemd-fstab-generator(8)). `swap-references` judges swap.

use crate::host::locate::{Existence, existence};
use crate::host::{CryptEntry, FstabEntry, Probed, Setup};
use crate::subjects::boot::fstab::{earlier, is_required};
use crate::subjects::boot::mount_options::refused;
use crate::subjects::boot::required_mount::{MountProblem, Severity, problems};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("fstab-mounts");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the devices of /etc/fstab that the next start waits for exist",
    why: "The upgrade restarts the node. A line without noauto and nofail whose device does not exist ends that start \
        in emergency mode, which only the console shows.",
    fix: "Correct the line of /etc/fstab, or add nofail to it. Then run: okv-host check --only fstab-mounts",
    required: |_| "each line without noauto and nofail names a device that exists".into(),
    source: |_| "systemd.mount(5): a mount that local-fs.target requires".into(),
    inputs: &["/etc/fstab", "/etc/crypttab", "the disks, and /sys/class/block"],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let entries = match inputs.setup().map(|setup| &setup.fstab) {
        Ok(Probed::Known(entries)) => entries,
        Ok(Probed::Absent) => return vec![inputs.finding(Verdict::Unknown, "/etc/fstab", "there is no /etc/fstab")],
        Ok(Probed::Unreadable(why)) => {
            return vec![inputs.finding(Verdict::Unknown, "/etc/fstab", format!("cannot read it: {why}"))];
        }
        Err(finding) => return vec![*finding],
    };
    let mut found: Vec<Finding> = entries.iter().flat_map(|entry| of_entry(inputs, entries, entry)).collect();
    found.extend(inputs.setup().into_iter().flat_map(|setup| crypttab(inputs, setup)));
    if found.iter().any(|finding| finding.verdict != Verdict::Note) {
        return found;
    }
    let points: Vec<&str> =
        entries.iter().filter(|entry| is_required(entry)).map(|entry| entry.point.as_str()).collect();
    let measured = if points.is_empty() { "no line that is waited for".to_owned() } else { points.join(", ") };
    let pass = inputs.finding(Verdict::Pass, "/etc/fstab", "each device that is waited for exists").measured(measured);
    std::iter::once(pass).chain(found).collect()
}

fn of_entry(inputs: &RuleInputs<'_>, entries: &[FstabEntry], entry: &FstabEntry) -> Vec<Finding> {
    if let Some(first) = earlier(entries, entry) {
        return vec![of_line(
            inputs,
            entry,
            Verdict::Warn,
            format!("systemd passes it over: line {} has the same mount point or device", first.line),
            "remove one of the two lines",
        )];
    }
    let mut found = Vec::new();
    if is_required(entry) {
        found.extend(problems(&inputs.facts.node, entry).into_iter().map(|found| of_problem(inputs, entry, found)));
        found.extend(options(inputs, entry));
    } else if entry.point == "/" && existence(&inputs.facts.node, &entry.source) == Existence::Missing {
        let message = "the device for / does not exist: the root file system is mounted by root= alone";
        found.push(of_line(inputs, entry, Verdict::Warn, message.to_owned(), "give the line the device of root="));
    }
    found
}

/// cryptsetup.target wants each line without `noauto`; the start goes on after 90 seconds without its device.
fn crypttab(inputs: &RuleInputs<'_>, setup: &Setup) -> Vec<Finding> {
    let node = &inputs.facts.node;
    let is_waited_for = |entry: &&CryptEntry| !entry.has("noauto") && !entry.has("nofail");
    let of = |entry: &CryptEntry| {
        let (verdict, message) = match existence(node, &entry.source) {
            Existence::Exists | Existence::NotADevice => return None,
            Existence::Missing => (Verdict::Warn, "the device does not exist: the start waits for it".to_owned()),
            Existence::Unknown(why) => (Verdict::Unknown, format!("cannot determine whether the device exists: {why}")),
        };
        let finding = inputs.finding(verdict, format!("/etc/crypttab line {}", entry.line), message);
        Some(finding.measured(entry.source.as_str()).remedy("correct the line, or add nofail to it"))
    };
    match &setup.crypttab {
        Probed::Known(entries) => entries.iter().filter(is_waited_for).filter_map(of).collect(),
        Probed::Absent => Vec::new(),
        Probed::Unreadable(why) => {
            vec![inputs.finding(Verdict::Unknown, "/etc/crypttab", format!("cannot read it: {why}"))]
        }
    }
}

fn of_line(inputs: &RuleInputs<'_>, entry: &FstabEntry, verdict: Verdict, message: String, remedy: &str) -> Finding {
    let subject = format!("/etc/fstab line {}", entry.line);
    inputs.finding(verdict, subject, message).measured(entry.source.as_str()).remedy(remedy)
}

fn of_problem(inputs: &RuleInputs<'_>, entry: &FstabEntry, problem: MountProblem) -> Finding {
    let verdict = match problem.severity {
        Severity::Stops => Verdict::Block,
        Severity::Doubtful => Verdict::Warn,
        Severity::Unknown => Verdict::Unknown,
    };
    of_line(inputs, entry, verdict, problem.message, problem.remedy)
}

fn options(inputs: &RuleInputs<'_>, entry: &FstabEntry) -> Option<Finding> {
    let (option, kernels) = refused(entry)?;
    let message =
        format!("{} does not know the option {option} of {}: {kernels} may refuse the mount", entry.kind, entry.point);
    Some(of_line(
        inputs,
        entry,
        Verdict::Note,
        message,
        "verify the option with mount(8); remove it if it is not needed",
    ))
}

#[cfg(test)]
mod tests;
