//! Where swap lies on the disks: what memory wrote there may be anything, and is not captured.

use crate::disk::format::content::{Content, Kind};
use crate::disk::{Disk, LogicalVolume, VolumeGroup};
use crate::host::locate::{self, Located, Volume};
use crate::host::{Node, Place, Root};
use crate::profile::Profile;

/// The first page of an area as the machines of the appliance have it: all of it that is judged.
const PAGE: u64 = 4096;
/// What is read at the end of a larger first page, where the signature is.
const SIGNATURE: u64 = 512;

/// Has a capture leave out what follows the header of each swap area of the node: what has the signature of one, also
/// beside that of something else, and what is used as one, whatever it seems to be.
pub(super) fn leave_out(root: &Root, node: &Node, profile: &Profile) {
    let used = used(node);
    let is_swap = |volume: Volume<'_>| {
        let is_of_profile = matches!(volume, Volume::Logical { group, volume }
            if group.name == profile.volume_group && volume.name == profile.swap_volume);
        volume.content().is_some_and(has_signature) || is_of_profile || used.contains(&volume.device())
    };
    for disk in &node.disks {
        let Ok(place) = root.at(&disk.path) else { continue };
        if is_swap(Volume::WholeDisk(disk)) {
            Area { place: &place, page: page(Some(&disk.content)) }.leave_out(0, disk.bytes, true);
        }
        for partition in &disk.partitions {
            if is_swap(Volume::Partition { disk, partition }) {
                let area = Area { place: &place, page: page(Some(&partition.content)) };
                area.leave_out(partition.start_bytes, partition.bytes, true);
            }
        }
        for group in &disk.volume_groups {
            for volume in &group.logical_volumes {
                if is_swap(Volume::Logical { group, volume }) {
                    of_volume(disk, group, volume, &Area { place: &place, page: page(volume.content.as_ref()) });
                }
            }
        }
    }
}

fn has_signature(content: &Content) -> bool {
    content.kind == Kind::Swap || content.candidates.contains(&Kind::Swap)
}

/// Bytes of a page of the machine that made it.
fn page(content: Option<&Content>) -> u64 {
    content.and_then(|content| content.swap).map_or(PAGE, |swap| swap.page_bytes.into())
}

/// The devices of what the kernel uses as swap, and of what fstab names.
fn used(node: &Node) -> Vec<String> {
    let (Some(setup), Some(running)) = (&node.setup, &node.running) else { return Vec::new() };
    let areas = running.swaps.known().into_iter().flatten().map(|area| area.unlinked().0);
    let entries = setup.fstab.known().into_iter().flatten().filter(|entry| entry.kind == "swap");
    let names = areas.chain(entries.map(|entry| entry.source.as_str()));
    let volumes = names.flat_map(|name| match locate::volume(node, name) {
        Located::One(volume) => vec![volume],
        Located::Several(volumes) => volumes,
        Located::Nothing | Located::NotAVolume | Located::Unknown(_) => Vec::new(),
    });
    volumes.map(|volume| volume.device()).collect()
}

/// A swap area on a disk.
struct Area<'p> {
    place: &'p Place<'p>,
    page: u64,
}

impl Area<'_> {
    /// A part of it, which may be its first one.
    fn leave_out(&self, start: u64, bytes: u64, is_first: bool) {
        let take = |from: u64, to: u64| {
            let to = to.min(bytes);
            self.place.leave_out(start.saturating_add(from), to.saturating_sub(from));
        };
        if is_first {
            take(PAGE, self.page.saturating_sub(SIGNATURE));
            take(self.page, bytes);
        } else {
            take(0, bytes);
        }
    }
}

/// The parts of a logical volume that lie on a disk.
fn of_volume(disk: &Disk, group: &VolumeGroup, volume: &LogicalVolume, area: &Area<'_>) {
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
            area.leave_out(start, bytes, segment.start_extent == 0 && number == 0);
        }
    }
}
