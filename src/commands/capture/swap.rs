//! Where swap lies on the disks: what memory wrote there may be anything, and is not captured.

use crate::disk::format::content::{Content, Kind};
use crate::disk::{Disk, LogicalVolume, VolumeGroup};
use crate::host::{Node, Root};

/// The header of a swap area: all of it that is judged.
const HEADER: u64 = 4096;

/// Has a capture leave out what follows the header of each swap area of the node.
pub(super) fn leave_out(root: &Root, node: &Node) {
    for disk in &node.disks {
        let Ok(place) = root.at(&disk.path) else { continue };
        let mut leave_out = |start: u64, bytes: u64, is_first: bool| {
            let skipped = if is_first { HEADER } else { 0 };
            place.leave_out(start.saturating_add(skipped), bytes.saturating_sub(skipped));
        };
        if is_swap(Some(&disk.content)) {
            leave_out(0, disk.bytes, true);
        }
        for partition in disk.partitions.iter().filter(|partition| is_swap(Some(&partition.content))) {
            leave_out(partition.start_bytes, partition.bytes, true);
        }
        for group in &disk.volume_groups {
            for volume in group.logical_volumes.iter().filter(|volume| is_swap(volume.content.as_ref())) {
                of_volume(disk, group, volume, &mut leave_out);
            }
        }
    }
}

fn is_swap(content: Option<&Content>) -> bool {
    content.is_some_and(|content| content.kind == Kind::Swap)
}

/// The parts of a logical volume that lie on a disk.
fn of_volume(disk: &Disk, group: &VolumeGroup, volume: &LogicalVolume, take: &mut impl FnMut(u64, u64, bool)) {
    for segment in &volume.segments {
        let stripes = (segment.stripes.len() as u64).max(1);
        let bytes = segment.extents.div_ceil(stripes).saturating_mul(group.extent_bytes);
        for (number, stripe) in segment.stripes.iter().enumerate() {
            let pv = group.physical_volumes.iter().find(|pv| pv.uuid == stripe.pv);
            let Some(pv) = pv.filter(|pv| pv.path.as_deref() == Some(disk.path.as_str())) else { continue };
            let of_partition = |number| disk.partitions.iter().find(|partition| partition.number == number);
            let start = pv.partition.and_then(of_partition).map_or(0, |partition| partition.start_bytes);
            let extents = stripe.start_extent.saturating_mul(group.extent_bytes);
            let start = start.saturating_add(pv.first_extent_bytes).saturating_add(extents);
            take(start, bytes, segment.start_extent == 0 && number == 0);
        }
    }
}
