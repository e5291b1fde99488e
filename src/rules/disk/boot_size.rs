//! `boot-size`: the file system of /boot must be as large as the upgrade asks.
//!
//! What decides is the Size of `df -h /boot`: `f_blocks * f_frsize` rounded **up** to whole MiB. It is read from the superblock on the
//! block device, because `df` on a /boot that is not mounted silently answers for the root file system. Where /boot is mounted, the
//! kernel is asked as well, and its word counts.

use crate::facts::Probed;
use crate::facts::boot::{BootVolume, boot_volume};
use crate::facts::locate::Volume;
use crate::rules::{Case, Finding, Rule, RuleId, Verdict, Waivable};
use crate::units::Bytes;

pub(crate) const ID: RuleId = RuleId::new("boot-size");

pub(in crate::rules) const RULE: Rule = Rule {
    id: ID,
    title: "the file system of /boot, as df -h shows it",
    why: "The upgrade installs another kernel in /boot and cannot make the partition larger: a node with a smaller \
        one has to be replaced.",
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

fn judge(case: &Case<'_>) -> Vec<Finding> {
    let (volume, evidence) = match boot_volume(case.facts) {
        BootVolume::Found { volume, evidence } => (volume, evidence),
        BootVolume::NotKnown(why) => {
            let why = crate::rules::with_cause(case.facts, why);
            let message = format!("which volume is /boot could not be told: {why}");
            return vec![case.finding(Verdict::Unknown, "/boot", message)];
        }
    };
    let subject = format!("/boot on {}", volume);
    let content = volume.content();
    let superblock = content.and_then(|c| c.df_bytes);
    let kernel = match case.facts.running.as_ref().map(|r| &r.boot_df_bytes) {
        Some(Probed::Known(bytes)) => Some(*bytes),
        _ => None,
    };
    let Some(bytes) = kernel.or(superblock) else {
        let kind = content.map_or("not looked at", |c| c.kind.word());
        let message = format!("the size of its file system could not be read (content: {kind}; {evidence})");
        return vec![case.finding(Verdict::Unknown, subject, crate::rules::with_cause(case.facts, message))];
    };
    let mib = Bytes(bytes).mib_rounded_up();
    let measured = format!(
        "{mib} MiB by df -h: {} in the file system, {} in {}",
        Bytes(bytes),
        Bytes(volume.bytes()),
        if matches!(volume, Volume::Partition { .. }) { "the partition" } else { "the volume" }
    );
    let differs = matches!((kernel, superblock), (Some(k), Some(s)) if k != s);
    let finding = if mib < case.profile.boot_df_minimum_mib {
        case.finding(Verdict::Block, subject, format!("/boot is too small for the upgrade ({evidence})")).remedy(
            "take the node out of the cluster and replace it by one freshly installed with the cluster's release",
        )
    } else if differs {
        let message =
            format!("large enough; the kernel and the superblock ({} B) give different sizes", superblock.unwrap_or(0));
        case.finding(Verdict::Note, subject, message)
    } else {
        case.finding(Verdict::Pass, subject, format!("/boot is large enough ({evidence})"))
    };
    vec![finding.measured(measured)]
}
