//! Which device a name means, in every form that a reader of the line takes.

use super::reference::Outcome;
use crate::disk::{ProblemId, VolumeGroup};
use crate::host::Node;
use crate::host::line::unquote_name;
use crate::host::locate::{Existence, Located, Volume, existence, groups, logical_name, problem_of, volume};

/// What a name leads to, with the volume where that was read.
pub(super) fn find<'f>(node: &'f Node, name: &str) -> (Outcome, Option<Volume<'f>>) {
    let name = &unquote_name(name.to_owned());
    if let Some((group, logical)) = logical_name(name)
        && groups(node).any(|known| known.name == group)
    {
        return of_group(node, &group, &logical);
    }
    match volume(node, name) {
        Located::One(volume) => (found(node, volume), Some(volume)),
        Located::Several(all) => (Outcome::Ambiguous(all.iter().map(Volume::device).collect()), None),
        Located::Nothing | Located::NotAVolume | Located::Unknown(_) => (not_located(node, name), None),
    }
}

fn found(node: &Node, volume: Volume<'_>) -> Outcome {
    // LVM2 activates nothing of a group of which it sees two copies, unless it was active before.
    if let Volume::Logical { group, .. } = volume
        && let Some(why) = problem_of(node, group, &[ProblemId::Duplicate])
    {
        return Outcome::Doubtful(format!("it names {volume}, and there is more than one copy of that: {why}"));
    }
    let through = match volume {
        Volume::Logical { group, .. } => {
            let on = group.physical_volumes.iter().filter_map(|pv| pv.path.as_deref());
            let numbers = group.physical_volumes.iter().filter(|pv| pv.path.is_some()).map(|pv| pv.partition);
            let parts = on.zip(numbers).map(|(path, number)| match number {
                Some(number) => format!("{path} partition {number}"),
                None => path.to_owned(),
            });
            std::iter::once(group.name.clone()).chain(parts).collect()
        }
        Volume::Partition { disk, .. } | Volume::Array { disk, .. } => vec![disk.path.clone()],
        Volume::WholeDisk(_) => vec![],
    };
    Outcome::Found { device: volume.device(), through }
}

fn not_located(node: &Node, name: &str) -> Outcome {
    match existence(node, name) {
        Existence::Exists => Outcome::Found { device: name.to_owned(), through: vec![] },
        Existence::NotADevice => Outcome::Missing("it names no device".to_owned()),
        Existence::Unknown(why) => Outcome::Unknown(why),
        Existence::Missing => Outcome::Missing(nothing(node, name)),
    }
}

/// That nothing has the name, with the likely reason.
fn nothing(node: &Node, name: &str) -> String {
    let other_case = |value: &str| [value.to_ascii_lowercase(), value.to_ascii_uppercase()];
    let tag = name.split_once('=').filter(|(tag, _)| matches!(*tag, "UUID" | "PARTUUID"));
    let other = tag.and_then(|(tag, value)| {
        let mut others = other_case(value).into_iter().map(|value| format!("{tag}={value}"));
        others.find(|other| matches!(volume(node, other), Located::One(_)))
    });
    match other {
        Some(other) => format!("it names nothing that exists; {other} exists, and case matters"),
        None => "it names nothing that exists".to_owned(),
    }
}

/// The logical volume `name` of a group that is there.
fn of_group<'f>(node: &'f Node, group: &str, name: &str) -> (Outcome, Option<Volume<'f>>) {
    let named: Vec<&VolumeGroup> = groups(node).filter(|known| known.name == group).collect();
    let [only] = named.as_slice() else {
        return (Outcome::Ambiguous(vec![format!("/dev/{group}/{name}"); named.len()]), None);
    };
    let Some(logical) = only.logical_volumes.iter().find(|logical| logical.name == name) else {
        return match node.why_incomplete().filter(|_| !only.missing_pvs.is_empty()) {
            Some(why) => (Outcome::Unknown(why), None),
            None => (Outcome::Missing(format!("volume group {group} has no volume {name}")), None),
        };
    };
    let volume = Volume::Logical { group: only, volume: logical };
    if only.flags.iter().any(|flag| flag == "exported") {
        return (Outcome::Missing(format!("volume group {group} is exported")), Some(volume));
    }
    let on_missing = |pv: &crate::base::ids::Id| only.missing_pvs.contains(pv);
    let stripes = || logical.segments.iter().flat_map(|segment| &segment.stripes);
    let is_opaque = logical.segments.iter().any(|segment| segment.stripes.is_empty());
    let is_cut = stripes().any(|stripe| on_missing(&stripe.pv));
    let why = || format!("a physical volume of {group} is missing");
    match node.running.is_some() {
        true if is_cut && node.why_incomplete().is_none() => (Outcome::Missing(why()), Some(volume)),
        _ if is_cut || is_opaque && !only.missing_pvs.is_empty() => (Outcome::Unknown(why()), Some(volume)),
        _ => (found(node, volume), Some(volume)),
    }
}

/// The logical volume called `VG/LV`, as `rd.lvm.lv=` has it.
pub(super) fn logical<'f>(node: &'f Node, name: &str) -> (Outcome, Option<Volume<'f>>) {
    let name = name.strip_prefix("/dev/").unwrap_or(name);
    let Some((group, _)) = name.split_once('/') else {
        return (Outcome::Missing("it is no volume group and volume".to_owned()), None);
    };
    let (outcome, volume) = find(node, &format!("/dev/{name}"));
    match outcome {
        Outcome::Missing(_) if !groups(node).any(|known| known.name == group) => {
            (Outcome::Missing(format!("there is no volume group {group}")), volume)
        }
        outcome => (outcome, volume),
    }
}

/// `PARTUUID=X/PARTNROFF=N` in parts, which the kernel alone takes: the partition N behind that of X.
pub(super) fn part_offset(name: &str) -> Option<(&str, i64)> {
    let (part, offset) = name.split_once("/PARTNROFF=")?;
    part.starts_with("PARTUUID=").then(|| Some((part, offset.parse().ok()?)))?
}
