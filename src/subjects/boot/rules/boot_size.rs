//! `boot-size`: the file system of /boot must be as large as the upgrade asks.
//!
//! What decides is the Size of `df -h /boot`: `f_blocks * f_frsize` rounded **up** to whole MiB. It is read from the
//! superblock on the block device, because `df` on a /boot that is not mounted silently answers for the root file
//! system. Where /boot is mounted, the kernel is asked as well, and its word counts.

use crate::base::units::Bytes;
use crate::disk::format::content::Content;
use crate::host::Probed;
use crate::host::locate::Volume;
use crate::subjects::boot::volume::{BootVolume, boot_volume};
use crate::subjects::rule::{Figures, Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("boot-size");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the file system of /boot, as df -h shows it",
    why: "The upgrade installs another kernel in /boot and cannot make the partition larger: a node with a smaller \
        one has to be replaced.",
    fix: "Replace the node with one that is freshly installed with the release of the cluster. Do not resize /boot.",
    required: |p| format!("at least {} MiB as df -h rounds", p.boot_df_minimum_mib),
    source: |p| p.boot_source.clone(),
    inputs: &[
        "the superblock of the file system of /boot: it need not be mounted",
        "statfs of /boot, where it is mounted",
        "/proc/self/mountinfo and /etc/fstab (which volume is /boot)",
    ],
    waivable: Waivable::Never("A /boot that fills up during the upgrade can leave a node that does not start."),
    procedure: &["7.2-9"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let (volume, evidence) = match boot_volume(&inputs.facts.node) {
        BootVolume::Found { volume, evidence } => (volume, evidence),
        BootVolume::NotKnown(why) => {
            let why = inputs.facts.node.with_cause(why);
            let message = format!("cannot identify the volume of /boot: {why}");
            return vec![inputs.finding(Verdict::Unknown, "/boot", message)];
        }
    };
    let subject = format!("/boot on {}", volume);
    let content = volume.content();
    let superblock = content.and_then(|c| c.df_bytes);
    let kernel = match inputs.facts.node.running.as_ref().map(|r| &r.boot_df_bytes) {
        Some(Probed::Known(bytes)) => Some(*bytes),
        _ => None,
    };
    let Some(bytes) = kernel.or(superblock) else {
        let kind = content.map_or("not looked at", Content::word);
        let damage = content.and_then(|c| c.damage.first()).map(|why| format!("; {why}")).unwrap_or_default();
        let message = format!("the size of its file system could not be read (content: {kind}; {evidence}){damage}");
        return vec![inputs.finding(Verdict::Unknown, subject, inputs.facts.node.with_cause(message))];
    };
    let mib = Bytes(bytes).mib_rounded_up();
    let measured = format!(
        "{mib} MiB by df -h: {} in the file system, {} in {}",
        Bytes(bytes),
        Bytes(volume.bytes()),
        if matches!(volume, Volume::Partition { .. }) { "the partition" } else { "the volume" }
    );
    let differs = matches!((kernel, superblock), (Some(k), Some(s)) if k != s);
    let minimum = inputs.profile.boot_df_minimum_mib;
    let missing = minimum.saturating_sub(mib);
    let figures = Figures {
        df_mib: Some(mib),
        limit_mib: Some(minimum),
        missing_mib: Some(missing).filter(|missing| *missing > 0),
        ..Figures::of_bytes(bytes)
    };
    let finding = if missing > 0 {
        let message = format!("{mib} MiB, {minimum} MiB required ({missing} MiB short)");
        inputs
            .finding(Verdict::Block, subject, message)
            .remedy("Replace this node with one freshly installed with the cluster's release.")
    } else if differs {
        let message =
            format!("large enough; the kernel and the superblock ({} B) give different sizes", superblock.unwrap_or(0));
        inputs.finding(Verdict::Note, subject, message)
    } else if let Some(why) = refused(inputs, &volume).filter(|_| kernel.is_none()) {
        inputs.finding(
            Verdict::Unknown,
            subject,
            format!("large enough, but the running kernel does not mount it: {why}"),
        )
    } else {
        inputs.finding(Verdict::Pass, subject, format!("{mib} MiB, {minimum} MiB required ({evidence})"))
    };
    vec![finding.measured(measured).figures(figures)]
}

/// What keeps the kernel that runs from mounting the file system.
fn refused(inputs: &RuleInputs<'_>, volume: &Volume<'_>) -> Option<String> {
    let running = inputs.subjects().ok()?.kernels.running.known()?;
    let refusals = &volume.content()?.refusals;
    refusals.iter().find(|refusal| refusal.holds_for(running)).map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn an_ext4_of_512_mib_is_just_large_enough() {
        assert_found(
            &RULE,
            &Host::named("boot-512m-ext4"),
            str![[r#"
pass /boot on /dev/sda partition 2
  message: 488 MiB, 488 MiB required (named by /etc/fstab line 5)
  measured: 488 MiB by df -h: 510873600 B (487.21 MiB) in the file system, 536870912 B (512.00 MiB) in the partition

"#]],
        );
    }

    #[test]
    fn an_ext4_of_500_mib_is_too_small() {
        assert_found(
            &RULE,
            &Host::named("boot-500m-ext4"),
            str![[r#"
block /boot on /dev/sda partition 2
  message: 459 MiB, 488 MiB required (29 MiB short)
  measured: 459 MiB by df -h: 480591872 B (458.33 MiB) in the file system, 524288000 B (500.00 MiB) in the partition
  remedy: Replace this node with one freshly installed with the cluster's release.

"#]],
        );
    }

    #[test]
    fn an_xfs_of_512_mib_is_too_small() {
        assert_found(
            &RULE,
            &Host::named("boot-512m-xfs"),
            str![[r#"
block /boot on /dev/sda partition 2
  message: 448 MiB, 488 MiB required (40 MiB short)
  measured: 448 MiB by df -h: 469762048 B (448.00 MiB) in the file system, 536870912 B (512.00 MiB) in the partition
  remedy: Replace this node with one freshly installed with the cluster's release.

"#]],
        );
    }

    #[test]
    fn a_boot_that_no_kernel_or_not_this_one_mounts_is_unknown() {
        use crate::disk::format::refusal::Refusal;
        use crate::subjects::rule::{RuleInputs, Verdict};

        let host = Host::named("good-uefi");
        let profile = crate::profile::Profile::named("21.8").unwrap();
        let root = crate::host::Root::fixture(host.path()).unwrap();
        let mut facts = crate::subjects::of_host_at(&root, &profile.places);
        let found = |facts: &crate::subjects::Facts| {
            let finding = (RULE.judge)(&RuleInputs { facts, profile: &profile, rule: &RULE }).remove(0);
            (finding.verdict, finding.message)
        };
        let refusal = |since| vec![Refusal { features: "bigtime".into(), since }];
        facts.node.disks[0].partitions[1].content.refusals = refusal((5, 2));
        assert_eq!(found(&facts).0, Verdict::Pass, "5.4 runs");
        facts.node.disks[0].partitions[1].content.refusals = refusal((5, 10));
        let (verdict, message) = found(&facts);
        assert!(verdict == Verdict::Unknown && message.contains("5.4, but by 5.10 and newer: bigtime"), "{message}");
        let content = &mut facts.node.disks[0].partitions[1].content;
        content.df_bytes = None;
        content.damage.push("xfs superblock at byte 216: needsrepair".into());
        let (verdict, message) = found(&facts);
        assert!(verdict == Verdict::Unknown && message.ends_with("needsrepair"), "{message}");
    }

    #[test]
    fn two_lines_of_fstab_that_name_different_volumes_are_ambiguous() {
        assert_found(
            &RULE,
            &Host::named("good-bios").with(
                "etc/fstab",
                "UUID=0b0070b0-0000-4000-8000-000000000001 /boot ext4 noauto 0 0\n/dev/sda2 /boot ext4 noauto 0 0\n",
            ),
            str![[r#"
unknown /boot
  message: cannot identify the volume of /boot: lines 1 and 2 of /etc/fstab name different volumes for /boot

"#]],
        );
    }
}
