//! The kernel's block devices: `/sys/class/block`, or `/sys/block` and what is below it
//! (kernel `Documentation/ABI/stable/sysfs-block`).

use std::path::{Component, Path, PathBuf};

use super::device_number::DeviceNumber;
use super::line::{number, number32};
use super::mounts::device_number;
use super::probed::Probed;
use super::root::{Place, Root};
use crate::base::parallel;

/// A block device as sysfs shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockDevice {
    /// Kernel name: `sda`, `sda1`, `dm-0`; a `!` of sysfs is shown as `/`.
    pub name: String,
    pub device: DeviceNumber,
    pub bytes: u64,
    /// For a partition: the name of its whole disk, and its number.
    pub partition_of: Option<(String, u32)>,
    /// For a device-mapper device: its name and UUID (`LVM-...`, `mpath-...`).
    pub mapped: Option<(String, String)>,
    /// Names of the devices below it (slaves/).
    pub slaves: Vec<String>,
    /// Names of the devices above it: those that have it among their slaves.
    pub holders: Vec<String>,
    /// Whether a driver stands behind it that makes it a disk of this host: not a loop, RAM, zram, optical or floppy
    /// device, not a partition, not device-mapper or md, and not of zero size.
    pub is_physical_disk: bool,
}

mod below;
mod identity;
mod uevent;
mod volume;
mod write_cache;

pub use below::{leaves_below, whole_disks_below};
pub use identity::{Identity, identity};
use uevent::Numbers;
pub use volume::{VolumeDevice, volume_device};
pub use write_cache::{WriteCache, write_cache, write_caches_below};

/// sysfs counts in units of 512 bytes, whatever the logical block size is.
const UNIT: u64 = 512;

/// Reads them, by name. Never [`Probed::Absent`].
pub fn gather(root: &Root) -> Probed<Vec<BlockDevice>> {
    Probed::from(devices(root))
}

fn devices(root: &Root) -> Result<Vec<BlockDevice>, String> {
    let mut devices = Vec::new();
    let class = root.at("/sys/class/block")?;
    if let Some(names) = list(&class)? {
        let read = |name: &String, (): &mut ()| device(&class.below(name)?);
        for found in parallel::map(&names, || (), read) {
            devices.extend(found?);
        }
    } else {
        let whole = root.at("/sys/block")?;
        let Some(disks) = whole.places(|_| true)? else {
            return Err("/sys/block: there is no such directory; is sysfs mounted?".to_owned());
        };
        for found in parallel::map(&disks, || (), |disk, ()| with_partitions(disk)) {
            devices.extend(found?);
        }
    }
    devices.sort_by(|a, b| a.name.cmp(&b.name));
    add_holders(&mut devices);
    Ok(devices)
}

/// The kernel links a device and the one below it both ways (`bd_link_disk_holder`): `slaves` says it all, and few
/// devices have any. Takes devices by name.
fn add_holders(devices: &mut [BlockDevice]) {
    let above = |device: &BlockDevice| -> Vec<(String, String)> {
        device.slaves.iter().map(|slave| (slave.clone(), device.name.clone())).collect()
    };
    let links: Vec<(String, String)> = devices.iter().flat_map(above).collect();
    for (slave, holder) in links {
        let at = devices.binary_search_by(|device| device.name.cmp(&slave));
        if let Some(device) = at.ok().and_then(|at| devices.get_mut(at)) {
            device.holders.push(holder);
        }
    }
}

/// A device of /sys/block and its partitions: a partition is a directory of the disk's, and begins with its name.
fn with_partitions(disk: &Place<'_>) -> Result<Vec<BlockDevice>, String> {
    let mut devices: Vec<BlockDevice> = device(disk)?.into_iter().collect();
    let name = disk.name().unwrap_or_default();
    for part in disk.places(|part| part.starts_with(name))?.into_iter().flatten() {
        devices.extend(device(&part)?);
    }
    Ok(devices)
}

/// One device. `None` where it went away meanwhile, or is one that the kernel hides (a path below NVMe multipath).
fn device(place: &Place<'_>) -> Result<Option<BlockDevice>, String> {
    let known = match Numbers::of_uevent(place) {
        None => numbers_of_attributes(place)?,
        known => known,
    };
    let Some(Numbers { device, partition }) = known else { return Ok(None) };
    let size = figure(place, "size")?.ok_or_else(|| format!("{}/size: there is no such file", place.host_path()))?;
    let bytes = size.checked_mul(UNIT).ok_or_else(|| bad(place, "size", &size.to_string()))?;
    let name = device_name(place, place.name().unwrap_or_default())?;
    let partition_of = match partition {
        Some(number) => Some((device_name(place, place.parent_name().unwrap_or_default())?, number)),
        None => None,
    };
    // A partition has none of what follows, so it is not asked.
    let is_whole = partition_of.is_none();
    let mapped = if is_whole && name.starts_with("dm-") { mapped(place)? } else { None };
    let slaves = if is_whole { slaves(place)? } else { Vec::new() };
    let has_driver = is_whole && !matches!(place.below("device")?.kind(), Probed::Absent);
    let is_physical_disk = bytes > 0 && has_driver && mapped.is_none() && !is_optical_or_floppy(&name);
    Ok(Some(BlockDevice { name, device, bytes, partition_of, mapped, slaves, holders: Vec::new(), is_physical_disk }))
}

/// The numbers of a device in an attribute each; `None` where there is none to have them.
fn numbers_of_attributes(place: &Place<'_>) -> Result<Option<Numbers>, String> {
    let Some(dev) = text(place, "dev")? else {
        let gone = matches!(place.kind(), Probed::Absent);
        let hidden = text(place, "hidden")?.is_some_and(|hidden| hidden == "1");
        return if gone || hidden {
            Ok(None)
        } else {
            Err(format!("{}/dev: there is no such file", place.host_path()))
        };
    };
    let device = device_number(dev.as_bytes()).ok_or_else(|| bad(place, "dev", &dev))?;
    let partition = match text(place, "partition")? {
        Some(number) => Some(number32(number.as_bytes()).ok_or_else(|| bad(place, "partition", &number))?),
        None => None,
    };
    Ok(Some(Numbers { device, partition }))
}

/// Name and UUID of a device-mapper device.
fn mapped(place: &Place<'_>) -> Result<Option<(String, String)>, String> {
    let Some(name) = text(place, "dm/name")? else { return Ok(None) };
    Ok(Some((name, text(place, "dm/uuid")?.unwrap_or_default())))
}

/// A device's name as the rest of the kernel writes it: sysfs has `!` for `/`.
fn device_name(place: &Place<'_>, sysfs_name: &str) -> Result<String, String> {
    let name = sysfs_name.replace('!', "/");
    let is_name = Path::new(&name).components().all(|c| matches!(c, Component::Normal(_)));
    if is_name && !name.is_empty() { Ok(name) } else { Err(format!("{}: no name of a device", place.host_path())) }
}

fn is_optical_or_floppy(name: &str) -> bool {
    let numbered = |prefix| name.strip_prefix(prefix).is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
    numbered("sr") || numbered("fd")
}

fn slaves(place: &Place<'_>) -> Result<Vec<String>, String> {
    let names = list(&place.below("slaves")?)?.unwrap_or_default();
    names.iter().map(|name| device_name(place, name)).collect()
}

fn list(place: &Place<'_>) -> Result<Option<Vec<String>>, String> {
    place.list().found()
}

fn text(place: &Place<'_>, attribute: &str) -> Result<Option<String>, String> {
    match place.attribute(attribute) {
        Probed::Known(bytes) => match str::from_utf8(&bytes) {
            Ok(text) => Ok(Some(text.strip_suffix('\n').unwrap_or(text).to_owned())),
            Err(_) => Err(bad(place, attribute, &String::from_utf8_lossy(&bytes))),
        },
        Probed::Absent => Ok(None),
        Probed::Unreadable(why) => Err(why),
    }
}

fn figure(place: &Place<'_>, attribute: &str) -> Result<Option<u64>, String> {
    let Some(text) = text(place, attribute)? else { return Ok(None) };
    number(text.as_bytes()).map(Some).ok_or_else(|| bad(place, attribute, &text))
}

fn bad(place: &Place<'_>, attribute: &str, text: &str) -> String {
    let text: String = text.chars().take(80).collect();
    format!("{}/{attribute}: no such value is known: \"{}\"", place.host_path(), text.escape_debug())
}

/// The physical disks: the path that the host calls each by, and the path by which this program can open it.
pub fn disk_paths(root: &Root, block: &Probed<Vec<BlockDevice>>) -> Vec<(String, PathBuf)> {
    let disks = block.known().into_iter().flatten().filter(|device| device.is_physical_disk);
    let paths = disks.map(|disk| {
        let shown = format!("/dev/{}", disk.name);
        let real = match root.at(&shown) {
            Ok(place) => place.real_path(),
            // Links that go in circles here may lead elsewhere for the kernel. This path cannot be opened by anyone.
            Err(_) => Path::new("/dev/null").join(&disk.name),
        };
        (shown, real)
    });
    paths.collect()
}

/// The physical disks, each once: all paths below one multipath device are one disk. Of each, its paths as
/// [`disk_paths`] gives them.
pub fn paths_of_each_disk(root: &Root, block: &Probed<Vec<BlockDevice>>) -> Vec<Vec<(String, PathBuf)>> {
    let devices = block.known().map(Vec::as_slice).unwrap_or_default();
    let mut disks: Vec<(String, Vec<(String, PathBuf)>)> = Vec::new();
    for (shown, real) in disk_paths(root, block) {
        let name = shown.strip_prefix("/dev/").unwrap_or(&shown).to_owned();
        match disks.iter_mut().find(|(first, _)| is_same_disk(devices, first, &name)) {
            Some((_, paths)) => paths.push((shown, real)),
            None => disks.push((name, vec![(shown, real)])),
        }
    }
    disks.into_iter().map(|(_, paths)| paths).collect()
}

/// Whether two kernel names are one disk: they are the same, or paths of the same size below one multipath device.
pub fn is_same_disk(block: &[BlockDevice], one: &str, other: &str) -> bool {
    let named = |name: &str| block.iter().find(|device| device.name == name);
    let is_multipath = |name: &&String| {
        let uuid = named(name).and_then(|device| device.mapped.as_ref()).map(|(_, uuid)| uuid.as_str());
        uuid.is_some_and(|uuid| uuid.starts_with("mpath-"))
    };
    one == other
        || named(one).zip(named(other)).is_some_and(|(one, other)| {
            let mut above = one.holders.iter().filter(is_multipath);
            one.bytes == other.bytes && above.any(|holder| other.holders.contains(holder))
        })
}

impl DeviceNumber {
    /// The device with this number.
    pub fn find(self, block: &[BlockDevice]) -> Option<&BlockDevice> {
        block.iter().find(|device| device.device == self)
    }
}

#[cfg(test)]
mod tests;
