//! `disk-minimum`: the system disk must have 1 TB or more, by the release.
//!
//! The limit is a minimum, so it is judged in its smaller reading, 10^12 bytes; a disk below 2^40 bytes gets a note
//! with both figures.

use crate::base::units::{Bytes, TB};
use crate::disk::ProblemId;
use crate::subjects::boot::readable_boot_disk;
use crate::subjects::rule::{Figures, Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("disk-minimum");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the system disk is as large as the release requires",
    why: "The release requires a system disk of this size. A larger disk means another machine, so it is better to \
        know before the downtime.",
    fix: "Move the node to a machine with a larger system disk. Memory and disks may grow, never shrink.",
    required: |p| format!("at least {}", Bytes(p.disk_minimum_bytes)),
    source: |p| p.disk_minimum_source.clone(),
    inputs: &["the size of the boot disk", "/proc/self/mountinfo and /etc/fstab (which volume is /boot)"],
    waivable: Waivable::Yes,
    procedure: &["7.6-2"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let disk = match readable_boot_disk(&inputs.facts.node) {
        Ok(disk) => disk,
        Err(why) => {
            let message = format!("cannot determine which disk is the system disk: {why}");
            return vec![inputs.finding(Verdict::Unknown, "system disk", message)];
        }
    };
    let (decimal, binary) = (inputs.profile.disk_minimum_bytes, inputs.profile.disk_minimum_binary_bytes);
    let is_part = inputs.facts.node.running.is_none()
        && disk.problems.iter().any(|problem| problem.id == ProblemId::PartitionBeyondDisk);
    let finding = if disk.bytes < decimal && is_part {
        let message = "too small, but a partition ends beyond it: this may be a part of a copy of the system disk";
        inputs.finding(Verdict::Unknown, disk.path.clone(), message).remedy("Copy the whole disk, and give that.")
    } else if disk.bytes < decimal {
        inputs
            .finding(Verdict::Block, disk.path.clone(), "the system disk is smaller than the release requires")
            .remedy("Move the node to a machine with a larger disk; memory and disks may grow, never shrink.")
    } else if disk.bytes < binary {
        let message = format!(
            "enough if \"{0} TB\" is read as {decimal} B, which is the reading judged by; less than {binary} B ({0} TiB)",
            decimal / TB
        );
        inputs.finding(Verdict::Note, disk.path.clone(), message)
    } else {
        inputs.finding(Verdict::Pass, disk.path.clone(), "large enough in either reading")
    };
    vec![finding.measured(Bytes(disk.bytes).to_string()).figures(Figures::at_least(disk.bytes, decimal))]
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::{RULE, judge};
    use crate::disk::{Problem, ProblemId};
    use crate::host::Root;
    use crate::overlay::Host;
    use crate::profile::Profile;
    use crate::subjects::of_host_at;
    use crate::subjects::rule::tests::assert_found;
    use crate::subjects::rule::{RuleInputs, Verdict};

    #[test]
    fn a_disk_of_exactly_1_tb_is_large_enough_in_one_reading() {
        assert_found(
            &RULE,
            &Host::named("disk-1tb-exact"),
            str![[r#"
note /dev/sda
  message: enough if "1 TB" is read as 1000000000000 B, which is the reading judged by; less than 1099511627776 B (1 TiB)
  measured: 1000000000000 B (931.32 GiB)

"#]],
        );
    }

    #[test]
    fn a_disk_one_sector_under_1_tb_blocks() {
        assert_found(
            &RULE,
            &Host::named("disk-1tb-less-one-sector"),
            str![[r#"
block /dev/sda
  message: the system disk is smaller than the release requires
  measured: 999999999488 B (931.32 GiB)
  remedy: Move the node to a machine with a larger disk; memory and disks may grow, never shrink.

"#]],
        );
    }
    #[test]
    fn a_part_of_a_copy_says_nothing_of_the_size_of_the_disk() {
        let host = Host::named("disk-1tb-less-one-sector");
        let profile = Profile::named("21.8").unwrap();
        let root = Root::fixture(host.path()).unwrap();
        let mut facts = of_host_at(&root, &profile.places);
        facts.node.disks[0].problems.push(Problem::new(ProblemId::PartitionBeyondDisk, "partition 3 ends beyond it"));
        let mut verdict = |running| {
            facts.node.running = running;
            judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE })[0].verdict
        };
        let running = crate::host::sample::node().running;
        assert_eq!([verdict(running), verdict(None)], [Verdict::Block, Verdict::Unknown]);
    }
}
