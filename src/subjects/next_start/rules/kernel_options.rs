//! `kernel-options`: what the kernel command line names exists, for the kernel that runs and for the default entry.
//!
//! A volume that `rd.lvm.lv=` or `root=` names and that does not exist ends the next start in the emergency shell of
//! the initramfs. `swap-references` judges `resume=` of the kernel that runs.

use crate::host::Probed;
use crate::subjects::boot::DefaultEntry;
use crate::subjects::next_start::command_line::{Effect, Need, Outcome, Reference, resolve};
use crate::subjects::rule::{Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("kernel-options");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the devices that the kernel command line names exist",
    why: "The upgrade restarts the node. A root=, rd.lvm.lv= or boot= that names nothing ends that start in the \
        emergency shell of the initramfs, which only the console shows.",
    fix: "Correct the option in /etc/default/grub and in the boot entries with grubby --update-kernel=ALL. Then run: \
        okv-host check --only kernel-options",
    required: |_| "each name on the kernel command line leads to one device that exists".into(),
    source: |_| "dracut.cmdline(7), kernel-command-line(7)".into(),
    inputs: &["/proc/cmdline", "the default entry of the boot loader, where /boot is mounted", "the disks"],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

const RUNNING: &str = "/proc/cmdline";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let words = match inputs.running().map(|running| &running.cmdline) {
        Ok(Probed::Known(words)) => words,
        Ok(Probed::Absent) => return vec![inputs.finding(Verdict::Unknown, RUNNING, "the file does not exist")],
        Ok(Probed::Unreadable(why)) => {
            return vec![inputs.finding(Verdict::Unknown, RUNNING, format!("cannot read it: {why}"))];
        }
        Err(finding) => return vec![*finding],
    };
    let mut references = resolve(words, &inputs.facts.node);
    references.retain(|reference| reference.needed_for != Need::Resume);
    let mut findings = of_line(inputs, RUNNING, &references);
    if let Some(entry) = default_entry(inputs).filter(|default| of_loader(words) != of_loader(&default.entry.args)) {
        let references = resolve(&entry.entry.args, &inputs.facts.node);
        findings.extend(of_line(inputs, &entry.entry.from, &references));
    }
    findings
}

/// The words that count: the boot loader adds the file of the kernel to those of the entry.
fn of_loader(words: &[String]) -> Vec<&String> {
    words.iter().filter(|word| !word.starts_with("BOOT_IMAGE=")).collect()
}

fn default_entry<'f>(inputs: &RuleInputs<'f>) -> Option<&'f DefaultEntry> {
    inputs.facts.loader()?.default.known()
}

fn of_line(inputs: &RuleInputs<'_>, subject: &str, references: &[Reference]) -> Vec<Finding> {
    let found: Vec<Finding> = references.iter().filter_map(|reference| finding(inputs, subject, reference)).collect();
    if !found.is_empty() {
        return found;
    }
    let names: Vec<String> = references.iter().map(Reference::word).collect();
    let message = "each device that it names exists";
    vec![inputs.finding(Verdict::Pass, subject, message).measured(names.join(", "))]
}

fn finding(inputs: &RuleInputs<'_>, subject: &str, reference: &Reference) -> Option<Finding> {
    let verdict = match reference.effect() {
        Effect::GoesOn => return None,
        Effect::Doubtful => Verdict::Warn,
        Effect::Stops => Verdict::Block,
        Effect::Unknown => Verdict::Unknown,
    };
    let message = match &reference.outcome {
        Outcome::Found { .. } => return None,
        Outcome::Ambiguous(devices) => format!("it names more than one device: {}", devices.join(", ")),
        Outcome::Unknown(why) => format!("cannot determine what it names: {why}"),
        Outcome::Missing(why) | Outcome::Doubtful(why) | Outcome::Harmless(why) => why.clone(),
    };
    let ends = match (&reference.outcome, reference.needed_for) {
        (Outcome::Missing(_), Need::Root | Need::Wait) => ": the start ends in the emergency shell",
        (Outcome::Missing(_), Need::Fips) => ": the check of FIPS mode stops the start",
        _ => "",
    };
    let remedy = match verdict {
        Verdict::Unknown => Remedy::words("verify it with: ").run("blkid").then("; ").run("lvs"),
        _ => Remedy::words("correct the word with: ").run("grubby --update-kernel=ALL --remove-args=OLD --args=NEW"),
    };
    let subject = format!("{} of {subject}", reference.name);
    Some(inputs.finding(verdict, subject, format!("{message}{ends}")).measured(reference.word()).remedy(remedy))
}

#[cfg(test)]
mod tests;
