//! What a disk with a partition table is besides: a member of an array, an ISO image that is also a disk, or ambiguous.

use super::format::content::{Content, Kind, Place};
use super::format::windows::Windows;
use super::format::{lvm2, signature};
use super::table::Edges;
use super::{Partition, Problem, ProblemId};

/// What the disk is, of which the ends were read: partitioned, or what claims more than the table does.
pub(super) fn beside_table(
    bytes: u64,
    edges: &Edges<'_>,
    partitions: &[Partition],
    problems: &mut Vec<Problem>,
) -> Content {
    let Edges { head, tail, .. } = *edges;
    let windows = Windows::new(bytes).with(0, head).with(bytes.saturating_sub(tail.len() as u64), tail);
    let mut candidates = Vec::new();
    for found in signature::find_all(&windows) {
        // What lies at the end of the last partition may lie at the end of the disk: it is the partition's.
        if partitions.iter().any(|p| p.content.kind == found.content.kind && p.content.uuid == found.content.uuid) {
            continue;
        }
        if found.place == Place::EndWithDataAtStart || found.content.kind == Kind::Iso9660 {
            return found.content;
        }
        candidates.push(found.content.kind);
    }
    if lvm2::label::find(head).is_some() {
        candidates.push(Kind::Lvm2Pv);
    }
    if candidates.is_empty() {
        return Content::new(Kind::Partitioned);
    }
    candidates.insert(0, Kind::Partitioned);
    let names: Vec<&str> = candidates.iter().map(|k| k.word()).collect();
    problems.push(Problem::new(
        ProblemId::Ambiguous,
        format!("a partition table and a signature on the whole disk: {}", names.join(", ")),
    ));
    Content { candidates, ..Content::new(Kind::Ambiguous) }
}
