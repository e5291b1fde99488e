//! `fips=1` with `boot=`: dracut mounts that volume to verify the kernel there, and refuses to go on where it cannot
//! (01fips/fips.sh).

use super::device::find;
use super::reference::{Need, Outcome, Reference};
use super::words::Line;
use crate::host::Node;

pub(super) fn resolve(line: &Line<'_>, node: &Node) -> Option<Reference> {
    if line.kernel("fips") != Some("1") && line.last("fips") != Some("1") {
        return None;
    }
    let reference = |value: &str, outcome| Some(Reference::new("boot", value, outcome, Need::Fips));
    let Some(value) = line.last("boot") else { return without(node).and_then(|outcome| reference("", outcome)) };
    let is_taken = ["UUID=", "LABEL=", "PARTUUID=", "PARTLABEL=", "/dev/"].iter().any(|form| value.starts_with(form));
    if !is_taken {
        return reference(value, Outcome::Missing("dracut takes UUID=, LABEL= or a path below /dev here".to_owned()));
    }
    let (outcome, volume) = find(node, value);
    let holds_files = volume.and_then(|volume| volume.content()).is_none_or(|content| {
        let kind = content.kind.word();
        !matches!(kind, "swap" | "lvm2-pv" | "luks" | "md" | "blank" | "partitioned" | "extended")
    });
    match outcome {
        Outcome::Found { device, .. } if !holds_files => {
            reference(value, Outcome::Missing(format!("it names {device}, which has no file system")))
        }
        outcome => reference(value, outcome),
    }
}

/// Without `boot=`, dracut looks in the root file system. A node that started like this is proof that it can.
fn without(node: &Node) -> Option<Outcome> {
    let is_own = node.setup.as_ref()?.fstab.known()?.iter().any(|entry| entry.point.trim_end_matches('/') == "/boot");
    let words =
        node.running.as_ref().and_then(|running| running.cmdline.known()).map(Vec::as_slice).unwrap_or_default();
    let now = Line::of(words);
    let started_so = now.kernel("fips") == Some("1") && now.last("boot").is_none();
    (is_own && !started_so).then(|| {
        Outcome::Doubtful("fips=1 without boot=, and /boot is a file system of its own: dracut may not find it".into())
    })
}
