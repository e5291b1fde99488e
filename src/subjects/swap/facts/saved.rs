//! The same of a saved host: nobody can ask its LVM2, so that its disks have the word. What its kernel showed is in the
//! folder.

use super::{Growth, PAGE, of_node};
use crate::base::cause::cause;
use crate::disk::{Disk, LogicalVolume, VolumeGroup};
use crate::host::block::VolumeDevice;
use crate::host::locate::groups;
use crate::host::lvm::{DevicesFile, Lvm};
use crate::host::{Node, Probed, Root, memory};
use crate::io::tool::lvm;

/// Gathers them for a swap volume of a group, on a host in a folder.
pub fn gather_saved(root: &Root, group: &str, volume: &str) -> Growth {
    let node = Node::gather(root);
    let growth = of_node(root, node, group, volume);
    Growth {
        lvm: Probed::Known(view(&growth.node)),
        memory: memory::saved(root),
        swap_device: device(&growth.node, group, volume),
        temporary_device: device(&growth.node, group, super::TEMPORARY),
        swap_header: header(root, &growth.node, group, volume).into(),
        ..growth
    }
}

/// What LVM2 would see if nothing hid a disk from it.
fn view(node: &Node) -> Lvm {
    let mut view = Lvm { devices: vec![], groups: vec![], volumes: vec![], devices_file: DevicesFile::NotUsed };
    for group in groups(node) {
        view.devices.extend(group.physical_volumes.iter().filter_map(|volume| {
            let path = volume.path.as_ref()?;
            let name = match volume.partition {
                Some(number) if path.ends_with(|c: char| c.is_ascii_digit()) => format!("{path}p{number}"),
                Some(number) => format!("{path}{number}"),
                None => path.clone(),
            };
            Some(lvm::PhysicalVolume { name, uuid: volume.uuid.to_string(), group: group.name.clone() })
        }));
        view.groups.push(lvm::VolumeGroup {
            name: group.name.clone(),
            uuid: group.uuid.map(|id| id.to_string()).unwrap_or_default(),
            extent_bytes: group.extent_bytes,
            free_extents: group.free_extents,
            missing: group.missing_pvs.len().try_into().unwrap_or(u64::MAX),
            seqno: group.seqno,
        });
        view.volumes.extend(group.logical_volumes.iter().map(|volume| logical(group, volume)));
    }
    view
}

fn logical(group: &VolumeGroup, volume: &LogicalVolume) -> lvm::LogicalVolume {
    let is_striped = volume.segments.iter().any(|segment| segment.stripes.len() > 1);
    let kind = volume.segments.first().map_or("", |segment| &*segment.kind);
    let layout = match kind {
        "striped" | "linear" if !is_striped => "linear",
        other => other,
    };
    lvm::LogicalVolume {
        group: group.name.clone(),
        name: volume.name.clone(),
        bytes: volume.bytes,
        layout: layout.to_owned(),
        role: "public".to_owned(),
        tags: String::new(),
        active: "active".to_owned(),
    }
}

/// The device that the kernel had for the volume.
fn device(node: &Node, group: &str, volume: &str) -> Probed<VolumeDevice> {
    let mapped = format!("{}-{}", group.replace('-', "--"), volume.replace('-', "--"));
    let block = node.running.as_ref().and_then(|running| running.block.known());
    let is_it = |name: &str| name == mapped;
    let mut devices = block.into_iter().flatten();
    match devices.find(|device| device.mapped.as_ref().is_some_and(|(name, _)| is_it(name))) {
        Some(device) => {
            let path = format!("/dev/{}", device.name);
            Probed::Known(VolumeDevice { path, bytes: device.bytes, is_suspended: false })
        }
        None => Probed::Absent,
    }
}

/// The first page of the volume, from the disk that it lies on.
fn header(root: &Root, node: &Node, group: &str, volume: &str) -> Result<Vec<u8>, String> {
    let found = groups(node).find(|found| found.name == group);
    let (disk, at) = found.and_then(|group| start(node, group, volume)).ok_or("the volume was not found")?;
    let image = root.at(&disk.path)?.image().map_err(|e| format!("{}: {}", disk.path, cause(&e)))?;
    let mut page = vec![0; PAGE];
    image.read_at(&mut page, at).map_err(|e| format!("{}: {}", disk.path, cause(&e)))?;
    Ok(page)
}

/// Where the volume begins: its disk, and the byte there.
fn start<'n>(node: &'n Node, group: &VolumeGroup, volume: &str) -> Option<(&'n Disk, u64)> {
    let volume = group.logical_volumes.iter().find(|found| found.name == volume)?;
    let stripe = volume.segments.iter().find(|segment| segment.start_extent == 0)?.stripes.first()?;
    let pv = group.physical_volumes.iter().find(|pv| pv.uuid == stripe.pv)?;
    let disk = node.disks.iter().find(|disk| Some(&disk.path) == pv.path.as_ref())?;
    let partition = match pv.partition {
        Some(number) => disk.partitions.iter().find(|partition| partition.number == number)?.start_bytes,
        None => 0,
    };
    let extent = stripe.start_extent.checked_mul(group.extent_bytes)?;
    Some((disk, partition.checked_add(pv.first_extent_bytes)?.checked_add(extent)?))
}
