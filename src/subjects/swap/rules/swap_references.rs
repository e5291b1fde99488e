//! `swap-references`: what /etc/fstab and `resume=` name as swap exists, and is swap.
//!
//! A swap entry that names nothing leaves the node without swap after the next start; a stale `resume=` can hang that
//! start.

use crate::disk::format::content::Kind;
use crate::host::cmdline::values;
use crate::host::line::unquote_name;
use crate::host::locate::{Located, mapping, volume};
use crate::host::{DeviceNumber, FstabEntry, Probed, Running, Setup};
use crate::subjects::rule::{Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::swap::reference::{Named, named};

pub(crate) const ID: RuleId = RuleId::new("swap-references");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "swap entries of /etc/fstab and resume= name a swap area that exists",
    why: "A line of /etc/fstab that names nothing leaves the node without swap after its next start, and a stale \
        resume= can hang that start.",
    fix: "In /etc/fstab, name the swap area by the UUID in the output of okv-host scan. For resume=, correct the \
        kernel options with grubby --update-kernel=ALL. Then run: okv-host check --only swap-references",
    required: |_| "each names exactly one swap area".into(),
    source: |p| p.swap_source.clone(),
    inputs: &[
        "/etc/fstab",
        "/etc/crypttab",
        "resume= of /proc/cmdline",
        "the content of each partition and logical volume",
    ],
    waivable: Waivable::Never("The next start can hang, or leave the node without swap."),
    procedure: &["7.6-18"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let setup = match inputs.setup() {
        Ok(setup) => setup,
        Err(finding) => return vec![*finding],
    };
    let mut findings = fstab(inputs, setup);
    match (inputs.running(), inputs.facts.loader().and_then(|loader| loader.default.known())) {
        (Ok(running), _) => findings.extend(resume_now(inputs, running)),
        // What a node was started with is gone: the entry that starts it next counts.
        (Err(_), Some(default)) => findings.extend(resume(inputs, &default.entry.args, "resume= of the default entry")),
        (Err(finding), None) => findings.push(Finding { subject: "resume=".to_owned(), ..*finding }),
    }
    findings
}

fn fstab(inputs: &RuleInputs<'_>, setup: &Setup) -> Vec<Finding> {
    let entries: Vec<&FstabEntry> = match &setup.fstab {
        Probed::Known(entries) => entries.iter().filter(|e| e.kind == "swap").collect(),
        Probed::Absent => return vec![inputs.finding(Verdict::Unknown, "/etc/fstab", "there is no /etc/fstab")],
        Probed::Unreadable(why) => {
            return vec![inputs.finding(Verdict::Unknown, "/etc/fstab", format!("could not be read: {why}"))];
        }
    };
    if entries.is_empty() {
        let message = "names no swap: the node has none after its next start";
        return vec![
            inputs
                .finding(Verdict::Block, "/etc/fstab", message)
                .remedy("Add a line for the swap volume to /etc/fstab."),
        ];
    }
    if entries.iter().all(|entry| entry.options.iter().any(|option| option == "noauto")) {
        let lines: Vec<String> = entries.iter().map(|entry| entry.line.to_string()).collect();
        let message = "names no swap that a start turns on: the node has none after its next start";
        return vec![
            inputs
                .finding(Verdict::Block, "/etc/fstab", message)
                .measured(format!("noauto in line {}", lines.join(", ")))
                .remedy("Remove noauto from the line of the swap volume in /etc/fstab."),
        ];
    }
    entries.iter().map(|e| lenient(e, reference(inputs, format!("/etc/fstab line {}", e.line), &e.source))).collect()
}

/// A line that the start of the node does not wait for does not stop it.
fn lenient(entry: &FstabEntry, finding: Finding) -> Finding {
    let spared = entry.options.iter().any(|option| option == "noauto" || option == "nofail");
    if spared && finding.verdict == Verdict::Block { Finding { verdict: Verdict::Warn, ..finding } } else { finding }
}

fn resume_now(inputs: &RuleInputs<'_>, running: &Running) -> Option<Finding> {
    let words = match &running.cmdline {
        Probed::Known(words) => words,
        Probed::Absent => return Some(inputs.finding(Verdict::Unknown, "resume=", "there is no /proc/cmdline")),
        Probed::Unreadable(why) => {
            return Some(inputs.finding(
                Verdict::Unknown,
                "resume=",
                format!("/proc/cmdline could not be read: {why}"),
            ));
        }
    };
    resume(inputs, words, "resume= of the kernel line")
}

fn resume(inputs: &RuleInputs<'_>, words: &[String], subject: &str) -> Option<Finding> {
    if words.iter().any(|word| word == "noresume") {
        return None;
    }
    // The kernel takes the last one.
    let source = values(words, "resume").last()?;
    if source.is_empty() {
        return None;
    }
    let source = &by_name(source);
    if let Some(entry) = mapping(&inputs.facts.node, source).filter(|entry| entry.is_made_anew()) {
        let message = format!("names {}, which each start makes anew: nothing can resume from it", entry.device());
        let remedy = Remedy::words("Remove it with: ").run("grubby --update-kernel=ALL --remove-args=resume");
        return Some(inputs.finding(Verdict::Warn, subject, message).measured(source.as_str()).remedy(remedy));
    }
    let has_offset = values(words, "resume_offset").last().is_some_and(|offset| !matches!(offset, "" | "0"));
    match volume(&inputs.facts.node, source) {
        Located::One(found) if has_offset && found.content().is_some_and(|content| is_mountable(content.kind)) => {
            let message =
                format!("names {found}, whose file system has the swap file that resume_offset= is a place in");
            Some(inputs.finding(Verdict::Note, subject, message).measured(source))
        }
        _ => Some(reference(inputs, subject.into(), source)),
    }
}

/// What `resume=` has, as a name that fstab can have: the kernel takes a number in hexadecimal, too.
fn by_name(source: &str) -> String {
    match DeviceNumber::of_kernel_word(source) {
        Some(number) => format!("/dev/block/{}:{}", number.major, number.minor),
        None => unquote_name(source.to_owned()),
    }
}

/// Whether it is a file system that a swap file can be in.
fn is_mountable(kind: Kind) -> bool {
    matches!(kind, Kind::Ext2 | Kind::Ext3 | Kind::Ext4 | Kind::Xfs | Kind::Btrfs)
}

fn reference(inputs: &RuleInputs<'_>, subject: String, source: &str) -> Finding {
    let Named { verdict, message, remedy } = named(&inputs.facts.node, source);
    inputs.finding(verdict, subject, message).measured(source).remedy(remedy)
}

#[cfg(test)]
mod tests;
