//! `vg-free`: room in the system group to make swap large enough, and the smallest disk to add where there is not.

use super::vg_health::ATTACH;
use crate::base::units::{Bytes, GIB, SectorSize, count};
use crate::disk::format::content::Kind;
use crate::disk::{LogicalVolume, VolumeGroup, smallest_disk};
use crate::host::locate::{groups, sector_size};
use crate::subjects::rule::{Figures, Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("vg-free");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "free extents for the swap volume, and the smallest disk to add where they are too few",
    why: "The procedure adds a disk while the node is powered off, so its size has to be known before that.",
    fix: "Run: okv-host swap-extend --prepare. Power off the node, add one blank disk of the size that it prints, and \
        start the node.",
    required: |p| format!("extents to make {}/{} {}", p.volume_group, p.swap_volume, Bytes(p.swap_bytes).rounded()),
    source: |p| p.volume_source.clone(),
    inputs: &["the LVM2 metadata on every disk", "the sector size of the disks of the group"],
    waivable: Waivable::Yes,
    procedure: &["7.6-3", "7.6-5"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let profile = inputs.profile;
    let subject = format!("{}/{}", profile.volume_group, profile.swap_volume);
    let mut named = groups(&inputs.facts.node).filter(|g| g.name == profile.volume_group);
    let (Some(group), None) = (named.next(), named.next()) else {
        let message = "the system group is not there exactly once";
        return vec![match inputs.facts.node.why_incomplete() {
            Some(why) => inputs.finding(Verdict::Unknown, subject, format!("{message}: {why}")),
            None => inputs
                .finding(Verdict::Unknown, subject, message)
                .remedy("Attach all disks of the node, and detach a copy of one."),
        }];
    };
    let Some(volume) = group.logical_volumes.iter().find(|v| v.name == profile.swap_volume) else {
        let message = format!("{} has no logical volume of that name", group.name);
        return vec![
            inputs
                .finding(Verdict::Warn, subject, message)
                .measured(format!("{} extents free", group.free_extents))
                .figures(of_group(group)),
        ];
    };
    vec![judge_volume(inputs, subject, group, volume)]
}

/// Whether the volume can be made large enough in its group as it is.
pub(super) fn has_room(inputs: &RuleInputs<'_>) -> bool {
    judge(inputs).iter().all(|finding| finding.verdict == Verdict::Pass)
}

/// Whether a disk is there already that may be added: what suits is for the command to say.
pub(super) fn has_blank_disk(inputs: &RuleInputs<'_>) -> bool {
    inputs.facts.node.disks.iter().any(|disk| disk.content.kind == Kind::Blank)
}

fn judge_volume(inputs: &RuleInputs<'_>, subject: String, group: &VolumeGroup, volume: &LogicalVolume) -> Finding {
    let Some(target) =
        inputs.profile.swap_bytes.checked_next_multiple_of(group.extent_bytes).map(|b| b / group.extent_bytes)
    else {
        return inputs.finding(Verdict::Unknown, subject, "the group has no extent size");
    };
    let have = volume.bytes / group.extent_bytes;
    let needed = target.saturating_sub(have);
    let measured = format!(
        "{have} of {target} extents of {} in the volume, {} free in {}, {} of them usable",
        Bytes(group.extent_bytes).rounded(),
        group.free_extents,
        group.name,
        group.usable_extents()
    );
    let usable = group.usable_extents();
    let mut figures = Figures {
        extents: Some(have),
        limit_extents: Some(target),
        missing_extents: needed.checked_sub(usable).filter(|missing| *missing > 0),
        ..of_group(group)
    };
    let odd = volume.segments.iter().find(|s| s.kind != "linear");
    let finding = if needed == 0 {
        inputs.finding(Verdict::Pass, subject, "the volume is large enough")
    } else if let Some(segment) = odd {
        inputs.finding(
            Verdict::Warn,
            subject,
            format!("the volume is of type {}, which is not grown as the procedure describes", segment.kind),
        )
    } else if let Some(why) = group.cannot_grow(volume, needed) {
        inputs
            .finding(Verdict::Warn, subject.clone(), format!("{needed} more extents are needed; {why}"))
            .remedy(Remedy::words("Run: ").run_on("lvchange --alloc inherit", &subject))
    } else if !group.missing_pvs.is_empty() {
        let message =
            format!("{needed} more extents are needed; which are free cannot be determined while disks are missing");
        inputs.finding(Verdict::Warn, subject, message).remedy(ATTACH)
    } else if needed <= usable {
        inputs.finding(
            Verdict::Pass,
            subject,
            format!("{needed} more extents are needed and free: no disk need be added"),
        )
    } else {
        let (finding, disk) = disk_to_add(inputs, subject, group, needed.saturating_sub(usable));
        figures.disk_to_add_bytes = disk;
        finding
    };
    finding.measured(measured).figures(figures)
}

fn of_group(group: &VolumeGroup) -> Figures {
    Figures { free_extents: Some(group.usable_extents()), extent_bytes: Some(group.extent_bytes), ..Figures::default() }
}

/// The finding that a disk must be added, and the bytes of the smallest one where they are known.
fn lacking(extents: u64) -> String {
    let are = if extents == 1 { "is" } else { "are" };
    format!("{} {are} missing", count(usize::try_from(extents).unwrap_or(usize::MAX), "extent"))
}

fn disk_to_add(inputs: &RuleInputs<'_>, subject: String, group: &VolumeGroup, missing: u64) -> (Finding, Option<u64>) {
    let sector = sector_size(&inputs.facts.node, group).unwrap_or(SectorSize::S512);
    let finding = inputs.finding(Verdict::Warn, subject, format!("{}: a disk must be added", lacking(missing)));
    match smallest_disk(missing, group.extent_bytes, sector) {
        None => (finding, None),
        Some(disk) if has_blank_disk(inputs) => (finding.remedy(Remedy::command("okv-host swap-extend")), Some(disk.0)),
        Some(disk) => (
            finding.remedy(format!(
                "Add one blank disk of {} GiB or more (at least {} B) with {}-byte sectors, before the node is started again.",
                disk.0.div_ceil(GIB),
                disk.0,
                sector.bytes()
            )),
            Some(disk.0),
        ),
    }
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn extents_that_just_suffice_need_no_disk() {
        assert_found(
            &RULE,
            &Host::named("vg-free-enough"),
            str![[r#"
pass vg_root/lv_swap
  message: 1920 more extents are needed and free: no disk need be added
  measured: 128 of 2048 extents of 32.00 MiB in the volume, 1920 free in vg_root, 1920 of them usable

"#]],
        );
    }

    #[test]
    fn the_smallest_disk_for_one_missing_extent_of_32_mib_has_34_mib() {
        assert_found(
            &RULE,
            &Host::named("vg-free-one-short"),
            str![[r#"
warn vg_root/lv_swap
  message: 1 extent is missing: a disk must be added
  measured: 128 of 2048 extents of 32.00 MiB in the volume, 1919 free in vg_root, 1919 of them usable
  remedy: Add one blank disk of 1 GiB or more (at least 35651584 B) with 512-byte sectors, before the node is started again.

"#]],
        );
    }

    #[test]
    fn the_smallest_disk_to_grow_4_gib_of_swap_is_named() {
        assert_found(
            &RULE,
            &Host::named("swap-4gib"),
            str![[r#"
warn vg_root/lv_swap
  message: 1820 extents are missing: a disk must be added
  measured: 128 of 2048 extents of 32.00 MiB in the volume, 100 free in vg_root, 100 of them usable
  remedy: Add one blank disk of 57 GiB or more (at least 61071163392 B) with 512-byte sectors, before the node is started again.

"#]],
        );
    }

    #[test]
    fn free_extents_elsewhere_are_of_no_use_to_a_contiguous_volume() {
        use crate::disk::Allocation;
        use crate::subjects::rule::{RuleInputs, Verdict};
        let host = Host::named("vg-free-enough");
        let profile = crate::profile::Profile::named("21.8").unwrap();
        let root = crate::host::Root::fixture(host.path()).unwrap();
        let mut facts = crate::subjects::of_host_at(&root, &profile.places);
        for (allocation, verdict) in [
            (Allocation::Contiguous, Verdict::Warn),
            (Allocation::Cling, Verdict::Pass), // its own physical volume has the room
            (Allocation::Anywhere, Verdict::Pass),
        ] {
            let volumes = &mut facts.node.disks[0].volume_groups[0].logical_volumes;
            volumes.iter_mut().for_each(|volume| volume.allocation = allocation);
            let [found] =
                super::judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE }).try_into().unwrap();
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(verdict == Verdict::Pass || found.remedy.contains("--alloc inherit vg_root/lv_swap"));
        }
    }
}
