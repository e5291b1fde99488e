//! `next-start`: what the next start of the node will do, and whether it gets to its end.
//!
//! The chain is followed as it is on the disks: what the firmware starts, the menu of GRUB and its default, the files
//! of that entry to their end, the devices of its kernel command line, and /etc/fstab. One finding names the weakest
//! link and the rule that reports it in detail.

use crate::host::Probed;
use crate::subjects::next_start::command_line::Effect;
use crate::subjects::next_start::facts::start::{NextStart, Start};
use crate::subjects::next_start::prediction::{Link, LinkName, Prediction, predict, without_boot};
use crate::subjects::rule::{Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("next-start");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the next start of the node gets to its end",
    why: "The procedure restarts the node twice. One broken link, from the boot loader to /etc/fstab, ends that start \
        in a prompt that only the console shows.",
    fix: "Fix the link that the finding names: its rule says how. Do not restart the node before. Then run: okv-host \
        check --only next-start",
    required: |_| "each link from the firmware to /etc/fstab leads to the next".into(),
    source: |_| "GRUB manual; dracut.cmdline(7); systemd.mount(5)".into(),
    inputs: &[
        "/boot and /boot/efi, also where they are not mounted: grub.cfg, grubenv, boot entries",
        "under UEFI: the boot options of the firmware, and the EFI programs that they name",
        "kernel and initramfs of the default entry, to their end",
        "the disks, and /etc/fstab",
    ],
    waivable: Waivable::Yes,
    procedure: &[],
    judge,
};

const SUBJECT: &str = "next start";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let subjects = match inputs.subjects() {
        Ok(subjects) => subjects,
        Err(finding) => return vec![*finding],
    };
    let found = match &subjects.next_start {
        Probed::Known(NextStart::Seen(start)) => of_start(inputs, start),
        Probed::Known(NextStart::NotSaved { line }) => not_saved(inputs, *line),
        Probed::Unreadable(why) => inputs.finding(Verdict::Unknown, SUBJECT, format!("cannot look at /boot: {why}")),
        Probed::Absent => inputs.finding(Verdict::Unknown, SUBJECT, "this host was not read"),
    };
    vec![found]
}

fn of_start(inputs: &RuleInputs<'_>, start: &Start) -> Finding {
    of(inputs, &predict(start, &inputs.facts.node))
}

/// What surely stops the start does so whatever is in /boot.
fn not_saved(inputs: &RuleInputs<'_>, line: u32) -> Finding {
    let prediction = without_boot(&inputs.facts.node);
    if prediction.effect() == Effect::Stops {
        return of(inputs, &prediction);
    }
    let message = format!("not judged: /boot of this saved host is not mounted (/etc/fstab line {line})");
    inputs.finding(Verdict::Note, SUBJECT, message).remedy("mount /boot and check again")
}

fn of(inputs: &RuleInputs<'_>, prediction: &Prediction) -> Finding {
    let verdict = match prediction.effect() {
        Effect::GoesOn => Verdict::Pass,
        Effect::Doubtful => Verdict::Warn,
        Effect::Stops => Verdict::Block,
        Effect::Unknown => Verdict::Unknown,
    };
    let finding = inputs.finding(verdict, SUBJECT, prediction.to_string());
    let Some(weakest) = prediction.weakest() else { return finding };
    let others = prediction.links.iter().filter(|link| *link != weakest).map(Link::to_string);
    let remedy = match (inputs.facts.powered_off.is_some(), weakest.effect) {
        (true, Effect::Unknown) => Remedy::words("Start the node, and run on it: ").run("okv-host check"),
        _ => remedy(weakest),
    };
    finding.measured(others.collect::<Vec<_>>().join("; ")).remedy(remedy)
}

fn remedy(link: &Link) -> Remedy {
    match (link.name, link.effect) {
        (LinkName::Kernel | LinkName::Initramfs, Effect::Unknown) => "verify it before the node restarts".into(),
        (name, _) => name.fix(),
    }
}

#[cfg(test)]
mod tests;
