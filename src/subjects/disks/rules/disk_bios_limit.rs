//! `disk-bios-limit`: a node that boots by BIOS from a disk over 2 TB cannot be upgraded.
//!
//! The limit is a maximum, so it is judged in its larger reading, 2 TiB, strictly: a disk of exactly 2 TiB passes. A
//! retail "2 TB" disk (2,000,398,934,016 B) lies between the two readings and gets a note. The vendor's install guide
//! speaks of the boot disk, so it blocks there; other disks get a warning.

use super::of_each_disk;
use crate::base::units::Bytes;
use crate::disk::Disk;
use crate::host::{Firmware, Probed};
use crate::subjects::boot::readable_boot_disk;
use crate::subjects::rule::{Figures, Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("disk-bios-limit");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "no disk over 2 TB under BIOS: blocks for the boot disk, warns for others",
    why: "The vendor's upgrade does not support a node that boots by BIOS from a larger disk. Such a node has to be \
        replaced, so nothing else on it needs to be fixed.",
    fix: "Replace the node with one that has a boot disk within the limit, or that boots by UEFI. No change on the \
        node helps.",
    required: |p| format!("at most {} under BIOS", Bytes(p.bios_disk_maximum_bytes)),
    source: |p| p.bios_disk_source.clone(),
    inputs: &[
        "the size of each disk",
        "/sys/firmware/efi",
        "/proc/self/mountinfo and /etc/fstab (which volume is /boot)",
    ],
    waivable: Waivable::Never("The upgraded node may not start from this disk."),
    procedure: &["7.2-7"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    of_each_disk(inputs, |disk| judge_disk(inputs, disk))
}

fn judge_disk(inputs: &RuleInputs<'_>, disk: &Disk) -> Finding {
    let finding = |verdict, message: String| {
        let figures = Figures::at_most(disk.bytes, inputs.profile.bios_disk_maximum_bytes);
        inputs.finding(verdict, disk.path.clone(), message).measured(Bytes(disk.bytes).to_string()).figures(figures)
    };
    if disk.could_not_be_opened() {
        let why = disk.problems.first().map_or("it could not be read", |p| p.message.as_str());
        return finding(Verdict::Unknown, why.to_owned()).measured("").figures(Figures::default());
    }
    // How the disk of a powered-off node is made does not show how its firmware is set.
    let running = inputs.facts.node.running.as_ref();
    let firmware = running.and(inputs.facts.node.setup.as_ref()).map(|setup| &setup.firmware);
    if let Some(Probed::Known(Firmware::Uefi { .. })) = firmware {
        let message = "the node boots by UEFI, which knows no such limit";
        return finding(Verdict::Pass, message.into()).figures(Figures::of_bytes(disk.bytes));
    }
    let limit = inputs.profile.bios_disk_maximum_bytes;
    let decimal = inputs.profile.bios_disk_maximum_decimal_bytes;
    if disk.bytes > limit {
        over_the_limit(inputs, disk, finding, matches!(firmware, Some(Probed::Known(_))))
    } else if disk.bytes > decimal {
        let message = format!(
            "over the limit if \"2 TB\" is read as {decimal} B, within it as {limit} B (2 TiB), which is the reading \
             judged by"
        );
        finding(Verdict::Note, message)
    } else {
        finding(Verdict::Pass, "within the limit in either reading".into())
    }
}

fn over_the_limit(
    inputs: &RuleInputs<'_>,
    disk: &Disk,
    finding: impl Fn(Verdict, String) -> Finding,
    boots_by_bios: bool,
) -> Finding {
    if !boots_by_bios {
        return finding(Verdict::Unknown, "over the limit, and how the node boots is not known".into())
            .remedy(Remedy::words("Run on the running node, as root: ").run("okv-host check"));
    }
    let limit = inputs.profile.bios_disk_maximum_bytes;
    let over = Bytes(disk.bytes.saturating_sub(limit)).rounded();
    match readable_boot_disk(&inputs.facts.node) {
        Ok(boot) if boot.path == disk.path => finding(
            Verdict::Block,
            format!("{}, at most {} under BIOS ({} over)", Bytes(disk.bytes).rounded(), Bytes(limit).rounded(), over),
        )
        .remedy("Replace this node with one that has a smaller boot disk or boots by UEFI."),
        Ok(_) => finding(Verdict::Warn, format!("{over} over the limit, but not the disk that the node boots from"))
            .remedy("Ask the vendor before the upgrade: one document names the boot disk, another one any disk."),
        Err(why) => {
            finding(Verdict::Unknown, format!("over the limit; whether it is the boot disk is not known: {why}"))
                .remedy(Remedy::words("Find out which disk holds /boot: ").run("okv-host scan"))
        }
    }
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn a_disk_of_exactly_2_tib_is_the_largest_under_bios() {
        assert_found(
            &RULE,
            &Host::named("bios-2tib-exact"),
            str![[r#"
note /dev/sda
  message: over the limit if "2 TB" is read as 2000000000000 B, within it as 2199023255552 B (2 TiB), which is the reading judged by
  measured: 2199023255552 B (2.00 TiB)

"#]],
        );
    }

    #[test]
    fn a_disk_one_sector_over_2_tib_blocks_under_bios() {
        assert_found(
            &RULE,
            &Host::named("bios-2tib-plus-one-sector"),
            str![[r#"
block /dev/sda
  message: 2.00 TiB, at most 2.00 TiB under BIOS (512 B over)
  measured: 2199023256064 B (2.00 TiB)
  remedy: Replace this node with one that has a smaller boot disk or boots by UEFI.

"#]],
        );
    }

    #[test]
    fn a_disk_of_3_tib_blocks_under_bios() {
        assert_found(
            &RULE,
            &Host::named("bios-3tib-boot-disk"),
            str![[r#"
block /dev/sda
  message: 3.00 TiB, at most 2.00 TiB under BIOS (1.00 TiB over)
  measured: 3298534883328 B (3.00 TiB)
  remedy: Replace this node with one that has a smaller boot disk or boots by UEFI.

"#]],
        );
    }

    #[test]
    fn a_disk_sold_as_2_tb_is_over_2_tb_and_under_2_tib() {
        assert_found(
            &RULE,
            &Host::named("bios-retail-2tb"),
            str![[r#"
note /dev/sda
  message: over the limit if "2 TB" is read as 2000000000000 B, within it as 2199023255552 B (2 TiB), which is the reading judged by
  measured: 2000398934016 B (1.82 TiB)

"#]],
        );
    }

    #[test]
    fn a_disk_of_1200_gb_passes_under_bios() {
        assert_found(
            &RULE,
            &Host::named("good-bios"),
            str![[r#"
pass /dev/sda
  message: within the limit in either reading
  measured: 1200243695616 B (1.09 TiB)

"#]],
        );
    }
}
