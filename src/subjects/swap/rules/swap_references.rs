//! `swap-references`: what /etc/fstab and `resume=` name as swap exists, and is swap.
//!
//! A swap entry that names nothing leaves the node without swap after the next start; a stale `resume=` can hang that
//! start.

use crate::disk::format::content::Kind;
use crate::host::cmdline::values;
use crate::host::locate::{Located, volume};
use crate::host::{FstabEntry, Probed, Running};
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::swap::reference::{Named, named};

pub(crate) const ID: RuleId = RuleId::new("swap-references");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "swap entries of /etc/fstab and resume= name a swap area that exists",
    why: "A line of /etc/fstab that names nothing leaves the node without swap after its next start, and a stale \
        resume= can hang that start.",
    fix: "In /etc/fstab, name the swap area by the UUID in the output of okv-host scan. For resume=, correct the kernel \
        options with grubby --update-kernel=ALL. Then run: okv-host check --only swap-references",
    required: |_| "each names exactly one swap area".into(),
    source: |p| p.swap_source.clone(),
    inputs: &["/etc/fstab", "resume= of /proc/cmdline", "the content of each partition and logical volume"],
    waivable: Waivable::Never("The next start can hang, or leave the node without swap."),
    procedure: &["7.6-18"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let running = match inputs.running() {
        Ok(running) => running,
        Err(finding) => return vec![*finding],
    };
    let mut findings = fstab(inputs, running);
    findings.extend(resume(inputs, running));
    findings
}

fn fstab(inputs: &RuleInputs<'_>, running: &Running) -> Vec<Finding> {
    let entries: Vec<&FstabEntry> = match &running.fstab {
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
    entries.iter().map(|e| lenient(e, reference(inputs, format!("/etc/fstab line {}", e.line), &e.source))).collect()
}

/// A line that the start of the node does not wait for does not stop it.
fn lenient(entry: &FstabEntry, finding: Finding) -> Finding {
    let spared = entry.options.iter().any(|option| option == "noauto" || option == "nofail");
    if spared && finding.verdict == Verdict::Block { Finding { verdict: Verdict::Warn, ..finding } } else { finding }
}

fn resume(inputs: &RuleInputs<'_>, running: &Running) -> Option<Finding> {
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
    if words.iter().any(|word| word == "noresume") {
        return None;
    }
    // The kernel takes the last one.
    let source = values(words, "resume").last()?.trim_matches('"');
    if source.is_empty() {
        return None;
    }
    let subject = "resume= of the kernel line";
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

/// Whether it is a file system that a swap file can be in.
fn is_mountable(kind: Kind) -> bool {
    matches!(kind, Kind::Ext2 | Kind::Ext3 | Kind::Ext4 | Kind::Xfs | Kind::Btrfs)
}

fn reference(inputs: &RuleInputs<'_>, subject: String, source: &str) -> Finding {
    let Named { verdict, message, remedy } = named(&inputs.facts.node, source);
    inputs.finding(verdict, subject, message).measured(source).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn fstab_by_uuid_and_resume_by_path_name_the_swap_volume() {
        assert_found(
            &RULE,
            &Host::named("good-uefi"),
            str![[r#"
pass /etc/fstab line 9
  message: names vg_root/lv_swap, which is swap
  measured: UUID=5a5a5a5a-0000-4000-8000-000000000002
pass resume= of the kernel line
  message: names vg_root/lv_swap, which is swap
  measured: /dev/mapper/vg_root-lv_swap

"#]],
        );
    }

    #[test]
    fn an_uuid_that_no_volume_has_blocks_in_fstab_and_in_resume() {
        assert_found(
            &RULE,
            &Host::named("swap-reference-broken"),
            str![[r#"
block /etc/fstab line 9
  message: names nothing that exists
  measured: UUID=deadbeef-0000-4000-8000-00000000dead
  remedy: Give the line the UUID or path of the swap volume before the next restart.
block resume= of the kernel line
  message: names nothing that exists
  measured: UUID=deadbeef-0000-4000-8000-00000000dead
  remedy: Give the line the UUID or path of the swap volume before the next restart.

"#]],
        );
    }

    #[test]
    fn an_fstab_without_swap_blocks_because_the_node_has_none_after_its_next_start() {
        assert_found(
            &RULE,
            &Host::named("good-bios")
                .with("etc/fstab", "UUID=0b0070b0-0000-4000-8000-000000000001 /boot ext4 noauto 0 0\n"),
            str![[r#"
block /etc/fstab
  message: names no swap: the node has none after its next start
  remedy: Add a line for the swap volume to /etc/fstab.
pass resume= of the kernel line
  message: names vg_root/lv_swap, which is swap
  measured: /dev/mapper/vg_root-lv_swap

"#]],
        );
    }

    #[test]
    fn beside_resume_offset_the_volume_of_resume_has_a_file_system_with_the_swap_file() {
        let resume =
            |new: &str| Host::named("good-uefi").replacing("proc/cmdline", "resume=/dev/mapper/vg_root-lv_swap", new);
        assert_found(
            &RULE,
            &resume("resume=/dev/mapper/vg_root-lv_var resume_offset=34816"),
            str![[r#"
pass /etc/fstab line 9
  message: names vg_root/lv_swap, which is swap
  measured: UUID=5a5a5a5a-0000-4000-8000-000000000002
note resume= of the kernel line
  message: names vg_root/lv_var, whose file system has the swap file that resume_offset= is a place in
  measured: /dev/mapper/vg_root-lv_var

"#]],
        );
        assert_found(
            &RULE,
            &resume("resume=/dev/mapper/vg_root-lv_var"),
            str![[r#"
pass /etc/fstab line 9
  message: names vg_root/lv_swap, which is swap
  measured: UUID=5a5a5a5a-0000-4000-8000-000000000002
block resume= of the kernel line
  message: names vg_root/lv_var, which is ext4 and not swap
  measured: /dev/mapper/vg_root-lv_var
  remedy: Give the line the UUID or path of the swap volume.

"#]],
        );
    }

    #[test]
    fn what_was_not_opened_is_unknown_and_names_its_container() {
        use crate::disk::format::content::{Content, Kind};

        let host = Host::named("swap-reference-broken");
        let profile = crate::profile::Profile::named("21.8").unwrap();
        let root = crate::host::Root::fixture(host.path()).unwrap();
        let mut facts = crate::subjects::of_host_at(&root, &profile.places);
        facts.node.disks[0].partitions[1].content = Content::new(Kind::Luks);
        let inputs = crate::subjects::rule::RuleInputs { facts: &facts, profile: &profile, rule: &RULE };
        for found in (RULE.judge)(&inputs) {
            let is_named = found.message.contains("(luks) was not read");
            assert!(found.verdict == crate::subjects::rule::Verdict::Unknown && is_named, "{found:?}");
        }
    }
}
