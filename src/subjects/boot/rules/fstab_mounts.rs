//! `fstab-mounts`: the devices that the next start waits for exist.
//!
//! systemd makes a mount unit of each line of /etc/fstab. Without `noauto` and `nofail`, local-fs.target requires it: a
//! device that does not appear within 90 seconds, or a mount that fails, ends the start in emergency mode
//! (systemd.mount(5), systemd-fstab-generator(8)). `swap-references` judges swap.

use crate::host::locate::{Existence, Located, Volume, existence, volume};
use crate::host::{AtPoint, FstabEntry, Probed};
use crate::subjects::boot::fstab::{earlier, is_of_other_type, is_required, needs_device};
use crate::subjects::boot::mount_options::refused;
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("fstab-mounts");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the devices of /etc/fstab that the next start waits for exist",
    why: "The upgrade restarts the node. A line without noauto and nofail whose device does not exist ends that start \
        in emergency mode, which only the console shows.",
    required: |_| "each line without noauto and nofail names a device that exists".into(),
    source: |_| "systemd.mount(5): a mount that local-fs.target requires".into(),
    inputs: &["/etc/fstab", "the disks, and /sys/class/block"],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let entries = match inputs.running().map(|running| &running.fstab) {
        Ok(Probed::Known(entries)) => entries,
        Ok(Probed::Absent) => return vec![inputs.finding(Verdict::Pass, "/etc/fstab", "the file does not exist")],
        Ok(Probed::Unreadable(why)) => {
            return vec![inputs.finding(Verdict::Unknown, "/etc/fstab", format!("cannot read it: {why}"))];
        }
        Err(finding) => return vec![*finding],
    };
    let found: Vec<Finding> = entries.iter().flat_map(|entry| of_entry(inputs, entries, entry)).collect();
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
        found.extend(device(inputs, entry));
        found.extend(point(inputs, entry));
        found.extend(options(inputs, entry));
    } else if entry.point == "/" && existence(&inputs.facts.node, &entry.source) == Existence::Missing {
        let message = "the device for / does not exist: the root file system is mounted by root= alone";
        found.push(of_line(inputs, entry, Verdict::Warn, message.to_owned(), "give the line the device of root="));
    }
    found
}

fn of_line(inputs: &RuleInputs<'_>, entry: &FstabEntry, verdict: Verdict, message: String, remedy: &str) -> Finding {
    let subject = format!("/etc/fstab line {}", entry.line);
    inputs.finding(verdict, subject, message).measured(entry.source.as_str()).remedy(remedy)
}

fn device(inputs: &RuleInputs<'_>, entry: &FstabEntry) -> Option<Finding> {
    if !needs_device(entry) {
        return None;
    }
    let node = &inputs.facts.node;
    let (verdict, message, remedy) = match (volume(node, &entry.source), existence(node, &entry.source)) {
        (Located::One(found), _) => return content(inputs, entry, found),
        (Located::Several(found), _) => {
            let names: Vec<String> = found.iter().map(ToString::to_string).collect();
            let message =
                format!("the device for {} is one of several of that name: {}", entry.point, names.join(", "));
            (Verdict::Warn, message, "detach the copy, or give the line a name that only one has")
        }
        (_, Existence::Exists | Existence::NotADevice) => return None,
        (_, Existence::Missing) => (
            Verdict::Block,
            format!("the device for {} does not exist: the next start ends in emergency mode", entry.point),
            "correct the line or attach the device; if the node can start without it, add nofail to its options",
        ),
        (_, Existence::Unknown(why)) => (
            Verdict::Unknown,
            format!("cannot determine whether the device for {} exists: {why}", entry.point),
            "verify it with: findmnt --verify",
        ),
    };
    Some(of_line(inputs, entry, verdict, message, remedy))
}

/// A file system of another type than the line has is not mounted.
fn content(inputs: &RuleInputs<'_>, entry: &FstabEntry, found: Volume<'_>) -> Option<Finding> {
    let kind = found.content()?.kind;
    is_of_other_type(entry, kind).then(|| {
        let (word, wanted) = (kind.word(), &entry.kind);
        let message = format!("{found} is {word} and not {wanted}: the next start ends in emergency mode");
        of_line(inputs, entry, Verdict::Block, message, "give the line the type of the file system")
    })
}

/// systemd makes the folder of a mount point; it cannot where something else has its name.
fn point(inputs: &RuleInputs<'_>, entry: &FstabEntry) -> Option<Finding> {
    let may_be_a_file = !needs_device(entry);
    (entry.at_point == AtPoint::NoFolder && !may_be_a_file).then(|| {
        let message = format!("{} is not a folder: the mount fails, and the start ends in emergency mode", entry.point);
        of_line(inputs, entry, Verdict::Block, message, "move the file away, or correct the mount point")
    })
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
