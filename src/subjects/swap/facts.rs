//! Everything that `swap-extend` decides from, beyond the node itself: LVM2's own view, memory, and every disk as one
//! that could be added.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;

use crate::base::cause::cause;
use crate::disk::new_table::{Begun, Identifiers, NewTable, one_lvm_partition};
use crate::disk::physical_volume::{WRITTEN, is_half_made};
use crate::host::block::{Identity, VolumeDevice, WriteCache, identity, volume_device, write_cache};
use crate::host::locate::groups;
use crate::host::loops::Loop;
use crate::host::lvm::{self, Lvm};
use crate::host::memory::{self, Memory};
use crate::host::{BlockDevice, Node, Probed, Root};
use crate::io::image::Image;
use crate::io::sys;
use crate::io::tool::Runner;
use crate::subjects::disks::Inventory;

mod saved;

pub use saved::gather_saved;

/// What it decides from.
#[derive(Debug)]
pub struct Growth {
    pub node: Node,
    pub lvm: Probed<Lvm>,
    pub memory: Probed<Memory>,
    /// The physical disks, in the order of the kernel's names.
    pub disks: Vec<DiskState>,
    /// The disks that were there before the node was powered off.
    pub inventory: Probed<Inventory>,
    /// The swap volume as the kernel has it, where it is active.
    pub swap_device: Probed<VolumeDevice>,
    /// The temporary swap volume as the kernel has it, where it is active.
    pub temporary_device: Probed<VolumeDevice>,
    /// The first page of the swap volume.
    pub swap_header: Probed<Vec<u8>>,
}

/// A disk, as one that could be added.
#[derive(Debug)]
pub struct DiskState {
    pub path: String,
    pub bytes: u64,
    /// Logical block size in bytes.
    pub sector_bytes: u64,
    /// What it says it is.
    pub identity: Probed<Identity>,
    /// Who holds it: a device above it, a mount, swap. `None` where nobody does.
    pub held: Probed<Option<String>>,
    /// The table that it would get, and how much of that is there; or why it cannot have one.
    pub table: Result<(NewTable, Begun), String>,
    /// Whether the partition of that table has the label of a physical volume alone: a `pvcreate` was cut off.
    pub is_half_made: bool,
    /// Its volatile write cache, where the kernel can switch one.
    pub write_cache: Probed<WriteCache>,
}

/// The temporary swap volume.
pub const TEMPORARY: &str = "lv_swap_okv_host";
/// Bytes of a swap header's page.
pub const PAGE: usize = 4096;

/// Gathers them for a swap volume of a group.
pub fn gather(root: &Root, runner: &dyn Runner, group: &str, volume: &str) -> Growth {
    Growth { lvm: lvm::gather(root, runner), ..of_node(root, Node::gather(root), group, volume) }
}

/// All but what LVM2 has to be asked.
fn of_node(root: &Root, node: Node, group: &str, volume: &str) -> Growth {
    let block = node.running.as_ref().and_then(|running| running.block.known()).map(Vec::as_slice).unwrap_or_default();
    let seed = seed(&node, group);
    let loops = node.running.as_ref().map_or(&Probed::Absent, |running| &running.loops);
    let physical = block.iter().filter(|device| device.is_physical_disk);
    let disks = physical.map(|device| disk(root, Above { block, loops }, device, &seed)).collect();
    let path = format!("/dev/{group}/{volume}");
    let swap_device = volume_device(root, &path);
    Growth {
        lvm: Probed::Absent,
        memory: memory::whole(root),
        disks,
        inventory: Inventory::gather(root),
        swap_header: header(root, &path, &swap_device),
        swap_device,
        temporary_device: volume_device(root, &format!("/dev/{group}/{TEMPORARY}")),
        node,
    }
}

/// What makes the identifiers of a new table: the same until the disk is in the group, so that a run that was cut off
/// knows its own work again.
fn seed(node: &Node, group: &str) -> String {
    let named = groups(node).find(|found| found.name == group);
    let uuid = named.and_then(|found| found.uuid).map(|id| id.to_string()).unwrap_or_default();
    format!("okv-host new disk of {uuid}, which has {}", named.map_or(0, |found| found.physical_volumes.len()))
}

/// What can be built on a disk.
#[derive(Clone, Copy)]
struct Above<'f> {
    block: &'f [BlockDevice],
    loops: &'f Probed<Vec<Loop>>,
}

fn disk(root: &Root, above: Above<'_>, device: &BlockDevice, seed: &str) -> DiskState {
    let path = format!("/dev/{}", device.name);
    let identity = identity(root, &device.name);
    let opened = root.at(&path).and_then(|place| place.image().map_err(|e| format!("{path}: {}", cause(&e))));
    let sector =
        opened.as_ref().ok().and_then(|image| image.sector_size()).unwrap_or(crate::base::units::SectorSize::S512);
    let told = identity.known().map(|id| format!("{:?} {:?}", id.wwn, id.serial)).unwrap_or_default();
    let identifiers = Identifiers::of(&format!("{seed}: {told} {}", device.bytes));
    let table = opened.as_ref().map_err(String::clone).and_then(|image| begun(image.as_ref(), sector, &identifiers));
    let is_half_made = match (&table, &opened) {
        (Ok((table, Begun::Whole)), Ok(image)) => has_label_alone(image.as_ref(), table),
        _ => false,
    };
    DiskState {
        is_half_made,
        write_cache: write_cache(root, &device.name),
        held: held(root, above, device, &path),
        bytes: device.bytes,
        sector_bytes: sector.bytes(),
        identity,
        table,
        path,
    }
}

fn begun(
    image: &dyn Image,
    sector: crate::base::units::SectorSize,
    ids: &Identifiers,
) -> Result<(NewTable, Begun), String> {
    let table = one_lvm_partition(image.bytes(), sector, ids).map_err(|e| e.to_string())?;
    let begun = table.begun_on(image).map_err(|e| e.to_string())?;
    Ok((table, begun))
}

/// What cannot be read is not taken for half made: then LVM2 has the word.
pub(crate) fn has_label_alone(disk: &dyn Image, table: &NewTable) -> bool {
    let mut first = vec![0; WRITTEN];
    disk.read_at(&mut first, table.partition.start()).is_ok() && is_half_made(&first)
}

/// Who holds a disk. The kernel gives a device for oneself (`O_EXCL`, open(2)) only where nothing is mounted from it,
/// swapped to it or built on it. A loop device opens what is behind it as anybody does, so that it is looked for by
/// itself.
fn held(root: &Root, above: Above<'_>, device: &BlockDevice, path: &str) -> Probed<Option<String>> {
    let on_it =
        |d: &&BlockDevice| d.name == device.name || d.partition_of.as_ref().is_some_and(|(w, _)| *w == device.name);
    let on_it: Vec<&BlockDevice> = above.block.iter().filter(on_it).collect();
    if let Some(holder) = on_it.iter().flat_map(|d| d.holders.iter()).next() {
        return Probed::Known(Some(format!("/dev/{holder} is built on it")));
    }
    match above.loops {
        Probed::Known(loops) if loops.iter().any(|one| on_it.iter().any(|d| is_behind(one, d))) => {
            return Probed::Known(Some("a loop device is built on it (losetup --list)".into()));
        }
        Probed::Known(_) | Probed::Absent => {}
        Probed::Unreadable(why) => return Probed::Unreadable(why.clone()),
    }
    let place = match root.at(path) {
        Ok(place) => place,
        Err(why) => return Probed::Unreadable(why),
    };
    let flags = sys::block::O_EXCL | sys::O_NONBLOCK;
    let ask = || match OpenOptions::new().read(true).custom_flags(flags).open(place.real_path()) {
        Ok(_) => Probed::Known(None),
        Err(e) if e.kind() == io::ErrorKind::ResourceBusy => Probed::Known(Some("the kernel has it in use".into())),
        Err(e) => Probed::Unreadable(format!("{path}: {}", cause(&e))),
    };
    place.answer("who uses", ask).unwrap_or_else(Probed::Unreadable)
}

/// Whether a loop device is over that device. The kernel tells the path by which it was opened, with no link in it.
fn is_behind(one: &Loop, device: &BlockDevice) -> bool {
    let path = one.file.strip_suffix(" (deleted)").unwrap_or(&one.file);
    path.strip_prefix("/dev/").is_some_and(|name| name == device.name)
}

fn header(root: &Root, path: &str, device: &Probed<VolumeDevice>) -> Probed<Vec<u8>> {
    if device.known().is_some_and(|device| device.is_suspended) {
        return Probed::Unreadable(format!("{path} is suspended"));
    }
    let read = || -> Result<Vec<u8>, String> {
        let place = root.at(path)?;
        let image = place.image().map_err(|e| format!("{path}: {}", cause(&e)))?;
        let mut page = vec![0; PAGE];
        image.read_at(&mut page, 0).map_err(|e| format!("{path}: {}", cause(&e)))?;
        Ok(page)
    };
    read().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::DeviceNumber;

    fn device(name: &str, whole: Option<&str>) -> BlockDevice {
        BlockDevice {
            name: name.into(),
            device: DeviceNumber { major: 8, minor: 0 },
            bytes: 1 << 30,
            partition_of: whole.map(|whole| (whole.into(), 1)),
            mapped: None,
            slaves: vec![],
            holders: vec![],
            is_physical_disk: whole.is_none(),
        }
    }

    fn held_beside(loops: &Probed<Vec<Loop>>) -> Probed<Option<String>> {
        let base = tempfile::tempdir().unwrap();
        std::fs::create_dir(base.path().join("dev")).unwrap();
        std::fs::write(base.path().join("dev/sdb"), b"").unwrap();
        let block = [device("sdb", None), device("sdb1", Some("sdb")), device("sdc", None)];
        held(&Root::fixture(base.path()).unwrap(), Above { block: &block, loops }, &block[0], "/dev/sdb")
    }

    /// A file system at an offset of such a loop device leaves both ends of the disk zero, and `O_EXCL` says nothing.
    #[test]
    fn a_disk_below_a_loop_device_is_in_use() {
        let over = |file: &str| {
            let device = DeviceNumber { major: 7, minor: 0 };
            held_beside(&Probed::Known(vec![Loop { device, file: file.into() }]))
        };
        for file in ["/dev/sdb", "/dev/sdb1", "/dev/sdb (deleted)"] {
            assert!(
                matches!(&over(file), Probed::Known(Some(who)) if who.contains("loop")),
                "{file}: {:?}",
                over(file)
            );
        }
        for file in ["/dev/sdc", "/dev/sdb10", "/images/disk.img", "/mnt/dev/sdb"] {
            assert_eq!(over(file), Probed::Known(None), "{file}");
        }
    }

    #[test]
    fn loop_devices_that_cannot_be_read_are_not_none() {
        assert_eq!(held_beside(&Probed::Unreadable("why".into())), Probed::Unreadable("why".into()));
    }
}
