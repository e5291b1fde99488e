//! Arrays of md that were followed, each by the member that it was read from.

use super::Volume;
use crate::base::ids::Id;
use crate::disk::format::content::{Array, Content};
use crate::disk::{Disk, Partition};
use crate::host::node::Node;

impl Volume<'_> {
    /// Whether this is the array that `member` is a member of.
    pub(super) fn is_array_of(&self, member: &Volume<'_>) -> bool {
        let Self::Array { member: own, .. } = self else { return false };
        member.content().is_some_and(|content| content.kind == own.kind && content.uuid == own.uuid)
    }

    /// Of an array, the name that its members have for it.
    pub(super) fn member_label(&self) -> Option<&str> {
        match self {
            Self::Array { member, .. } => member.label.as_deref(),
            _ => None,
        }
    }
}

/// The link that udev makes of the identifier of an array.
pub(super) fn link(member: &Content) -> String {
    match member.uuid {
        Some(Id::Uuid(bytes)) => {
            let words = bytes.as_chunks::<4>().0.iter().map(|word| format!("{:08x}", u32::from_be_bytes(*word)));
            format!("/dev/disk/by-id/md-uuid-{}", words.collect::<Vec<_>>().join(":"))
        }
        _ => "/dev/md".to_owned(),
    }
}

/// The disks that have a member of an array.
pub(super) fn disks<'f>(node: &'f Node, array: Volume<'f>) -> Vec<&'f Disk> {
    let Volume::Array { member, .. } = array else { return Vec::new() };
    let is_member = |content: &Content| content.kind == member.kind && content.uuid == member.uuid;
    let mut disks: Vec<&Disk> =
        contents(node).filter(|(_, _, content)| is_member(content)).map(|(disk, ..)| disk).collect();
    disks.dedup_by_key(|disk| &disk.path);
    disks
}

/// What each partition and each whole disk holds.
fn contents(node: &Node) -> impl Iterator<Item = (&Disk, Option<&Partition>, &Content)> {
    node.disks.iter().flat_map(|disk| {
        let partitions = disk.partitions.iter().map(move |partition| (disk, Some(partition), &partition.content));
        partitions.chain(std::iter::once((disk, None, &disk.content)))
    })
}

/// Every md array that was followed, by its best member. Two members in the same place of one array are copies, and
/// make two arrays.
pub(super) fn all(node: &Node) -> impl Iterator<Item = Volume<'_>> {
    let followed =
        move || contents(node).filter_map(|(disk, at, member)| Some((disk, at, member, member.array.as_deref()?)));
    let is_best = move |member: &Content, array: &Array| {
        followed().all(|(_, _, other, its)| other.uuid != member.uuid || its.rank() <= array.rank())
    };
    followed()
        .filter(move |(_, _, member, array)| is_best(member, array))
        .map(|(disk, partition, member, array)| Volume::Array { disk, partition, member, array })
}
