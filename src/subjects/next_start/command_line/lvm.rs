//! `rd.lvm.lv=`, `rd.lvm.vg=` and what switches LVM off: which volumes dracut activates (90lvm/parse-lvm.sh).
//!
//! Without any of them, and without `rd.auto`, dracut activates nothing. An initramfs made for one host may carry words
//! of its own (/etc/cmdline.d), so what this line leaves out is doubtful and not missing.

use super::device::{find, logical};
use super::reference::{Need, Outcome, Reference};
use super::words::Line;
use crate::host::Node;
use crate::host::locate::{Existence, Volume, existence, groups};

pub(super) fn resolve(line: &Line<'_>, node: &Node, root: Option<&Volume<'_>>) -> Vec<Reference> {
    let root = match root {
        Some(Volume::Logical { group, volume }) => Some((group.name.as_str(), volume.name.as_str())),
        _ => None,
    };
    if line.is_off("rd.lvm", "rd_NO_LVM") {
        let why = root.map(|(group, name)| format!("LVM is switched off, and the root is on {group}/{name}"));
        return why.map(|why| Reference::new("rd.lvm", "0", Outcome::Missing(why), Need::Root)).into_iter().collect();
    }
    let volumes = line.all(&["rd.lvm.lv", "rd_LVM_LV"]);
    let named = line.all(&["rd.lvm.vg", "rd_LVM_VG"]);
    let mut found: Vec<Reference> = volumes
        .iter()
        .map(|value| {
            let is_root = root.is_some_and(|(group, name)| *value == format!("{group}/{name}"));
            let need = if is_root { Need::Root } else { Need::Wait };
            Reference::new("rd.lvm.lv", value, logical(node, value).0, need)
        })
        .collect();
    found.extend(named.iter().map(|value| Reference::new("rd.lvm.vg", value, group(node, value), Need::Wait)));
    let is_covered = |group: &str, name: &str| {
        named.contains(&group) || volumes.iter().any(|value| value.split_once('/') == Some((group, name)))
    };
    let is_listed = !(volumes.is_empty() && named.is_empty());
    if let Some((group, name)) = root.filter(|(group, name)| !is_covered(group, name))
        && (is_listed || !line.is_on("rd.auto"))
    {
        let why = format!("the line does not activate {group}/{name}, which is the root; the initramfs must");
        found.push(Reference::new("rd.lvm.lv", "", Outcome::Doubtful(why), Need::Root));
    }
    if is_listed && let Some((group, name)) = resumed(line, node).filter(|(g, n)| !is_covered(g, n)) {
        let why = format!("the line does not activate {group}/{name}, which resume= names: the start waits for it");
        found.push(Reference::new("rd.lvm.lv", "", Outcome::Doubtful(why), Need::Resume));
    }
    found
}

/// Group and volume that `resume=` names.
fn resumed<'f>(line: &Line<'_>, node: &'f Node) -> Option<(&'f str, &'f str)> {
    if line.has("noresume") {
        return None;
    }
    match find(node, line.last("resume")?).1? {
        Volume::Logical { group, volume } => Some((group.name.as_str(), volume.name.as_str())),
        _ => None,
    }
}

fn group(node: &Node, name: &str) -> Outcome {
    let found: Vec<_> = groups(node).filter(|group| group.name == name).collect();
    match found.as_slice() {
        [_] => Outcome::Found { device: name.to_owned(), through: vec![] },
        [] => match existence(node, &format!("/dev/{name}/")) {
            Existence::Unknown(why) => Outcome::Unknown(why),
            _ => Outcome::Missing(format!("there is no volume group {name}")),
        },
        several => Outcome::Ambiguous(vec![name.to_owned(); several.len()]),
    }
}
