//! `boot-free`: /boot has room for one more kernel, now or once the old ones are gone.
//!
//! The upgrade installs a kernel. Where /boot is not mounted, the superblock of an ext file system tells what is free
//! in it; what each kernel takes there is not seen then.

use crate::base::units::Bytes;
use crate::host::Probed;
use crate::subjects::boot::{BootVolume, boot_volume};
use crate::subjects::kernels::facts::{Kernels, SeenBoot};
use crate::subjects::rule::{Figures, Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("boot-free");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "room for one more kernel in /boot",
    why: "The upgrade installs a kernel. If /boot is full, its initramfs can be cut off, and the node does not start.",
    fix: "If old kernels fill /boot, run: okv-host kernel-prune --apply. Otherwise find the files that do not belong \
        there.",
    required: |p| format!("as much as the largest kernel there takes, and at least {} MiB", p.boot_free_minimum_mib),
    source: |_| "a figure of this program: the upgrade installs a kernel".into(),
    inputs: &[
        "free space of /boot: statfs where it is mounted, else its superblock",
        "the size of each kernel's files in /boot, where it is mounted",
        "rpm (which packages are installed, and what they provide and contain)",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.7-3"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let kernels = match super::of(inputs) {
        Ok(kernels) => kernels,
        Err(finding) => return vec![*finding],
    };
    let seen = kernels.seen_boot();
    let Some((free, by)) = free(inputs, seen) else {
        let message = "what is free in it shows only while it is mounted";
        // Its file system is judged by boot-size; a node has /boot not mounted, and that is no fault.
        let verdict = if matches!(boot_volume(&inputs.facts.node), BootVolume::Found { .. }) {
            Verdict::Note
        } else {
            Verdict::Unknown
        };
        return vec![
            inputs
                .finding(verdict, "/boot", message)
                .remedy(Remedy::words("Mount /boot, then run: ").run("okv-host check")),
        ];
    };
    let largest = seen.and_then(largest).unwrap_or_default();
    let need = largest.max(inputs.profile.boot_free_minimum_mib.saturating_mul(1 << 20));
    let measured = format!("{} free by {by}", Bytes(free));
    let figures = Figures::at_least(free, need);
    if free >= need {
        let finding = inputs.finding(Verdict::Pass, "/boot", "there is room for one more kernel");
        return vec![finding.measured(measured).figures(figures)];
    }
    let (won, old) = won(kernels, seen);
    let after = free.saturating_add(won);
    let message = format!("no room for one more kernel, which takes {}", Bytes(need));
    let finding = inputs.finding(Verdict::Warn, "/boot", message).figures(figures.counted(old));
    let seen_now = seen.is_some();
    vec![match old {
        0 => finding.measured(measured).remedy("Find out what fills /boot: it is no old kernel."),
        _ if !seen_now => finding.measured(format!("{measured}; {old} old")).remedy(Remedy::command(super::PRUNE)),
        _ => {
            finding.measured(format!("{measured}; {} after {}", Bytes(after), super::PRUNE)).remedy(if after >= need {
                Remedy::command(super::PRUNE)
            } else {
                let more = ". That does not suffice: find out what else fills /boot.";
                Remedy::words("Run: ").run(super::PRUNE).then(more)
            })
        }
    }]
}

/// Free bytes, and who says so: the kernel where /boot is mounted, else the superblock.
fn free(inputs: &RuleInputs<'_>, seen: Option<&SeenBoot>) -> Option<(u64, &'static str)> {
    if let Some(SeenBoot { free_bytes: Probed::Known(bytes), .. }) = seen {
        return Some((*bytes, "the kernel"));
    }
    match boot_volume(&inputs.facts.node) {
        BootVolume::Found { volume, .. } => Some((volume.content()?.free_bytes?, "its superblock")),
        BootVolume::NotKnown(_) => None,
    }
}

fn largest(seen: &SeenBoot) -> Option<u64> {
    seen.files.iter().filter_map(|file| file.kind.release()).map(|release| seen.bytes_of(release)).max()
}

/// What a prune would win in /boot, and how many kernels it would take. The default stays.
fn won(kernels: &Kernels, seen: Option<&SeenBoot>) -> (u64, usize) {
    let Ok(roles) = kernels.roles() else { return (0, 0) };
    let default = kernels.default_release();
    let old: Vec<_> = roles.old.iter().filter(|old| default != Some(old.release.as_str())).collect();
    let bytes = |seen: &SeenBoot| old.iter().map(|old| seen.bytes_of(&old.release)).fold(0, u64::saturating_add);
    (seen.map_or(0, bytes), old.len())
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn the_superblock_of_an_ext4_shows_room_for_one_more_kernel() {
        assert_found(
            &RULE,
            &Host::named("good-uefi"),
            str![[r#"
pass /boot
  message: there is room for one more kernel
  measured: 510849024 B (487.18 MiB) free by its superblock

"#]],
        );
    }

    #[test]
    fn the_superblock_of_an_xfs_does_not_show_what_is_free() {
        assert_found(
            &RULE,
            &Host::named("boot-512m-xfs"),
            str![[r#"
note /boot
  message: what is free in it shows only while it is mounted
  remedy: Mount /boot, then run: okv-host check

"#]],
        );
    }
}
