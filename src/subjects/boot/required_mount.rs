//! Whether a mount that local-fs.target requires will succeed at the next start. Pure.

use super::fstab::{earlier, is_of_other_type, is_required, needs_device};
use crate::host::locate::{Existence, Located, Volume, existence, volume};
use crate::host::{AtPoint, FstabEntry, Node};

/// What is in the way of a mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountProblem {
    /// Of /etc/fstab, from 1.
    pub line: u32,
    pub severity: Severity,
    pub message: String,
    pub remedy: &'static str,
}

/// What that does to the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It ends in emergency mode.
    Stops,
    Doubtful,
    Unknown,
}

/// What is in the way of the mounts that the next start requires, by all lines of /etc/fstab.
pub fn mount_problems(node: &Node, entries: &[FstabEntry]) -> Vec<MountProblem> {
    let counts = |entry: &&FstabEntry| is_required(entry) && earlier(entries, entry).is_none();
    entries.iter().filter(counts).flat_map(|entry| problems(node, entry)).collect()
}

/// What is in the way of a required one.
pub(super) fn problems(node: &Node, entry: &FstabEntry) -> Vec<MountProblem> {
    device(node, entry).into_iter().chain(point(entry)).collect()
}

fn problem(entry: &FstabEntry, severity: Severity, message: String, remedy: &'static str) -> MountProblem {
    MountProblem { line: entry.line, severity, message, remedy }
}

fn device(node: &Node, entry: &FstabEntry) -> Option<MountProblem> {
    if !needs_device(entry) {
        return None;
    }
    let (severity, message, remedy) = match (volume(node, &entry.source), existence(node, &entry.source)) {
        (Located::One(found), _) => return content(entry, found),
        (Located::Several(found), _) => {
            let names: Vec<String> = found.iter().map(ToString::to_string).collect();
            let message =
                format!("the device for {} is one of several of that name: {}", entry.point, names.join(", "));
            (Severity::Doubtful, message, "detach the copy, or give the line a name that only one has")
        }
        (_, Existence::Exists | Existence::NotADevice) => return None,
        (_, Existence::Missing) => (
            Severity::Stops,
            format!("the device for {} does not exist: the next start ends in emergency mode", entry.point),
            "correct the line or attach the device; if the node can start without it, add nofail to its options",
        ),
        (_, Existence::Unknown(why)) => (
            Severity::Unknown,
            format!("cannot determine whether the device for {} exists: {why}", entry.point),
            "verify it with: findmnt --verify",
        ),
    };
    Some(problem(entry, severity, message, remedy))
}

/// A file system of another type than the line has is not mounted.
fn content(entry: &FstabEntry, found: Volume<'_>) -> Option<MountProblem> {
    let kind = found.content()?.kind;
    is_of_other_type(entry, kind).then(|| {
        let (word, wanted) = (kind.word(), &entry.kind);
        let message = format!("{found} is {word} and not {wanted}: the next start ends in emergency mode");
        problem(entry, Severity::Stops, message, "give the line the type of the file system")
    })
}

/// systemd makes the folder of a mount point; it cannot where something else has its name.
fn point(entry: &FstabEntry) -> Option<MountProblem> {
    let may_be_a_file = !needs_device(entry);
    (entry.at_point == AtPoint::NoFolder && !may_be_a_file).then(|| {
        let message = format!("{} is not a folder: the mount fails, and the start ends in emergency mode", entry.point);
        problem(entry, Severity::Stops, message, "move the file away, or correct the mount point")
    })
}
