//! `vg-health`: the volume groups are whole, and the system group is there once.

use crate::base::ids::Id;
use crate::base::units::count;
use crate::disk::{ProblemId, VolumeGroup};
use crate::host::locate::{groups, problem_of, volumes, what_may_hide_a_group};
use crate::subjects::rule::figures::number;
use crate::subjects::rule::{Figures, Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::swap::owner::{Owner, owner};

pub(crate) const ID: RuleId = RuleId::new("vg-health");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "volume groups have all their physical volumes, and the system group is there once",
    why: "The swap and the system itself are in this volume group. A missing, exported or duplicate one makes \
        every change to it dangerous.",
    fix: "Attach the disks that are missing, or detach a copy. Never remove missing physical volumes from the group. \
        Then run: okv-host check --only vg-health",
    required: |p| format!("{} once, whole, not exported", p.volume_group),
    source: |p| p.volume_source.clone(),
    inputs: &["the LVM2 metadata on every disk", "the system ID in /etc/lvm/lvm.conf"],
    waivable: Waivable::Never("A change to an incomplete or ambiguous volume group can destroy data."),
    procedure: &["7.6-3", "7.6-11"],
    judge,
};

/// What to do about missing physical volumes.
pub(super) const ATTACH: &str = "Attach the missing disk; never remove missing volumes from the group.";

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let groups: Vec<&VolumeGroup> = groups(&inputs.facts.node).collect();
    let mut findings: Vec<Finding> = groups.iter().map(|group| judge_group(inputs, group, &groups)).collect();
    let system = &inputs.profile.volume_group;
    if !groups.iter().any(|g| g.name == *system) {
        findings.push(match what_may_hide_a_group(&inputs.facts.node) {
            Some(why) => unknown(inputs, system, format!("not found, and not everything could be read: {why}")),
            None => inputs
                .finding(Verdict::Block, system.clone(), "there is no such volume group on the disks")
                .remedy("Attach all disks of the node."),
        });
    }
    findings
}

fn unknown(inputs: &RuleInputs<'_>, group: &str, message: String) -> Finding {
    let finding = inputs.finding(Verdict::Unknown, group, message);
    match inputs.facts.node.running {
        Some(_) => finding,
        None => finding.remedy("Give all disks of the node."),
    }
}

fn judge_group(inputs: &RuleInputs<'_>, group: &VolumeGroup, all: &[&VolumeGroup]) -> Finding {
    // Another group than the system's is not part of the procedure: it is told, and does not block.
    let bad = if group.name == inputs.profile.volume_group { Verdict::Block } else { Verdict::Warn };
    let measured = format!(
        "{}, {} missing; {} extents of {} bytes, {} free",
        count(group.physical_volumes.len(), "physical volume"),
        group.missing_pvs.len(),
        group.extents,
        group.extent_bytes,
        group.free_extents
    );
    let twice = all.iter().filter(|g| g.name == group.name).count() > 1;
    let problem = |ids: &[ProblemId]| problem_of(&inputs.facts.node, group, ids);
    let names: Vec<String> = group.missing_pvs.iter().map(ToString::to_string).collect();
    let owner = owner(&inputs.facts.node, group);
    // One that is there has the mark of a group that was changed without it: no other disk makes it better.
    let is_there = |missing: &Id| {
        volumes(&inputs.facts.node).any(|v| v.content().is_some_and(|content| content.uuid.as_ref() == Some(missing)))
    };
    let may_be_hidden = group.missing_pvs.iter().any(|missing| !is_there(missing));
    let finding = if let Some(why) = what_may_hide_a_group(&inputs.facts.node).filter(|_| may_be_hidden) {
        let message = format!("physical volumes were not found, but may be there: {}; {why}", names.join(", "));
        unknown(inputs, &group.name, message)
    } else if !names.is_empty() {
        inputs
            .finding(bad, group.name.clone(), format!("physical volumes are missing: {}", names.join(", ")))
            .remedy(ATTACH)
    } else if group.flags.iter().any(|f| f == "exported") {
        inputs
            .finding(bad, group.name.clone(), "the group is exported")
            .remedy("Run vgimport on the node that the group belongs to.")
    } else if let Owner::Other(why) = owner {
        inputs
            .finding(bad, group.name.clone(), format!("{why}: LVM2 leaves it alone"))
            .remedy("Set the system ID of this node as it was, or give the group this one: vgchange --systemid ID.")
    } else if let Owner::Unknown(why) = owner {
        inputs.finding(Verdict::Unknown, group.name.clone(), why)
    } else if twice {
        inputs
            .finding(bad, group.name.clone(), "two groups have this name; LVM2 cannot distinguish them by it")
            .remedy("Detach the disk that does not belong to the node, or rename its group by UUID.")
    } else if let Some(why) = problem(&[ProblemId::Duplicate]) {
        inputs
            .finding(bad, group.name.clone(), format!("there is more than one copy of it: {why}"))
            .remedy("Detach the copy, or the second path to the disk, before you change anything.")
    } else if let Some(why) = problem(&[ProblemId::LvmDamaged, ProblemId::LvmStale]) {
        inputs.finding(Verdict::Warn, group.name.clone(), format!("its metadata has a problem: {why}"))
    } else {
        inputs.finding(Verdict::Pass, group.name.clone(), "whole")
    };
    let figures = Figures {
        missing_count: Some(number(group.missing_pvs.len())),
        extents: Some(group.extents),
        free_extents: Some(group.free_extents),
        extent_bytes: Some(group.extent_bytes),
        ..Figures::of_count(group.physical_volumes.len())
    };
    finding.measured(measured).figures(figures)
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::{RULE, judge};
    use crate::base::ids::Id;
    use crate::host::Probed;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;
    use crate::subjects::rule::{RuleInputs, Verdict};

    #[test]
    fn a_group_with_all_its_physical_volumes_is_whole() {
        assert_found(
            &RULE,
            &Host::named("good-uefi"),
            str![[r#"
pass vg_root
  message: whole
  measured: 1 physical volume, 0 missing; 35747 extents of 33554432 bytes, 100 free

"#]],
        );
    }

    /// What the rule finds on a host whose second partition holds something else than its file system.
    fn found_beside(host: &str, partition: usize, kind: crate::disk::format::content::Kind) -> Vec<(Verdict, String)> {
        let host = Host::named(host);
        let profile = crate::profile::Profile::named("21.8").unwrap();
        let root = crate::host::Root::fixture(host.path()).unwrap();
        let mut facts = crate::subjects::of_host_at(&root, &profile.places);
        facts.node.disks[0].partitions[partition].content = crate::disk::format::content::Content::new(kind);
        if partition == 2 {
            facts.node.disks[0].volume_groups.clear();
        }
        let inputs = RuleInputs { facts: &facts, profile: &profile, rule: &RULE };
        judge(&inputs).into_iter().map(|finding| (finding.verdict, finding.message)).collect()
    }

    #[test]
    fn a_group_is_missing_only_where_no_container_can_have_it() {
        use crate::disk::format::content::Kind;
        for kind in [Kind::Md, Kind::Luks, Kind::Bcache] {
            let [(verdict, message)] = found_beside("good-uefi", 2, kind).try_into().unwrap();
            let named = format!("/dev/sda partition 3 ({})", kind.word());
            assert!(verdict == Verdict::Unknown && message.contains(&named), "{message}");
        }
        let [(verdict, message)] = found_beside("good-uefi", 2, Kind::Blank).try_into().unwrap();
        assert_eq!((verdict, message.as_str()), (Verdict::Block, "there is no such volume group on the disks"));
    }

    #[test]
    fn a_missing_physical_volume_may_lie_in_a_container_that_was_not_opened() {
        use crate::disk::format::content::Kind;
        let [(verdict, message)] = found_beside("vg-missing-pv", 1, Kind::Luks).try_into().unwrap();
        assert!(verdict == Verdict::Unknown && message.contains("/dev/sda partition 2 (luks)"), "{message}");
    }

    #[test]
    fn a_group_without_one_of_its_physical_volumes_blocks() {
        assert_found(
            &RULE,
            &Host::named("vg-missing-pv"),
            str![[r#"
block vg_root
  message: physical volumes are missing: J2EFei-dUdY-qoaJ-gOX0-E12e-YAQ1-gtZY0h
  measured: 2 physical volumes, 1 missing; 38946 extents of 33554432 bytes, 100 free
  remedy: Attach the missing disk; never remove missing volumes from the group.

"#]],
        );
    }

    #[test]
    fn a_group_of_another_host_blocks_and_one_whose_host_is_not_known_is_unknown() {
        let host = Host::named("good-uefi");
        let profile = crate::profile::Profile::named("21.8").unwrap();
        let root = crate::host::Root::fixture(host.path()).unwrap();
        let mut facts = crate::subjects::of_host_at(&root, &profile.places);
        facts.node.disks[0].volume_groups[0].system_id = Some("okv1".into());
        for (ours, verdict) in [
            (Probed::Known(vec!["okv1".to_owned()]), Verdict::Pass),
            (Probed::Known(vec!["okv2".to_owned()]), Verdict::Block),
            (Probed::Absent, Verdict::Block),
            (Probed::Unreadable("why".to_owned()), Verdict::Unknown),
        ] {
            facts.node.setup.as_mut().unwrap().lvm_owner = ours;
            let [found] = judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE }).try_into().unwrap();
            assert_eq!(found.verdict, verdict, "{found:?}");
        }
        facts.node.running = None;
        let [found] = judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE }).try_into().unwrap();
        assert_eq!(found.verdict, Verdict::Unknown, "{found:?}");
    }

    #[test]
    fn a_physical_volume_that_is_on_no_disk_given_of_a_powered_off_node_may_be_on_another() {
        let host = Host::named("good-uefi");
        let profile = crate::profile::Profile::named("21.8").unwrap();
        let root = crate::host::Root::fixture(host.path()).unwrap();
        let mut facts = crate::subjects::of_host_at(&root, &profile.places);
        let marked = facts.node.disks[0].volume_groups[0].physical_volumes[0].uuid;
        facts.node.disks[0].volume_groups[0].missing_pvs = vec![Id::Lvm([b'z'; 32])];
        let verdict =
            |facts: &crate::subjects::Facts| judge(&RuleInputs { facts, profile: &profile, rule: &RULE })[0].verdict;
        assert_eq!(verdict(&facts), Verdict::Block);
        facts.node.running = None;
        assert_eq!(verdict(&facts), Verdict::Unknown);
        facts.node.disks[0].volume_groups[0].missing_pvs = vec![marked];
        assert_eq!(verdict(&facts), Verdict::Block, "it is there, and the group was changed without it");
        facts.node.disks.iter_mut().for_each(|disk| disk.volume_groups.clear());
        assert_eq!(verdict(&facts), Verdict::Unknown, "the group may be on another disk too");
    }
}
