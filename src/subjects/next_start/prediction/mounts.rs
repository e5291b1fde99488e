//! What systemd makes of /etc/fstab: mounts that it requires, and swap that it waits for.

use super::link::{Link, LinkName};
use crate::host::locate::{Existence, existence};
use crate::host::{FstabEntry, Node, Probed};
use crate::subjects::boot::{Severity, mount_problems};
use crate::subjects::next_start::command_line::Effect;

pub(super) fn links(node: &Node) -> Vec<Link> {
    let entries = match node.setup.as_ref().map(|setup| &setup.fstab) {
        Some(Probed::Known(entries)) => entries,
        Some(Probed::Unreadable(why)) => return vec![Link::new(LinkName::Fstab, Effect::Unknown, why)],
        // Without the file, the root alone is mounted.
        Some(Probed::Absent) | None => return Vec::new(),
    };
    let mounts = mount_problems(node, entries).into_iter().map(|problem| {
        let effect = match problem.severity {
            Severity::Stops => Effect::Stops,
            Severity::Doubtful => Effect::Doubtful,
            Severity::Unknown => Effect::Unknown,
        };
        Link::new(LinkName::Fstab, effect, format!("line {}: {}", problem.line, problem.message))
    });
    mounts.chain(entries.iter().filter_map(|entry| swap(node, entry))).collect()
}

/// swap.target wants its areas, and the start goes on without: systemd waits 90 seconds for the device.
fn swap(node: &Node, entry: &FstabEntry) -> Option<Link> {
    let has = |word: &str| entry.options.iter().any(|option| option == word);
    if entry.kind != "swap" || has("noauto") || has("nofail") {
        return None;
    }
    (existence(node, &entry.source) == Existence::Missing).then(|| {
        let why = format!("line {} of /etc/fstab: {} does not exist: the start waits for it", entry.line, entry.source);
        Link::new(LinkName::Swap, Effect::Doubtful, why)
    })
}
