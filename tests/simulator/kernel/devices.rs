//! Block devices: disks, partitions, and the linear devices of device-mapper above them; what sysfs and /dev show.

use std::rc::Rc;

use super::disk::index;
use super::errors::{EBUSY, EIO, ENXIO, Errno};
use super::files::{Files, Kind, Number};
use crate::deliberate::Deliberate;
use crate::world::World;

const DISKS: u64 = 8 << 8;
const MAPPED: u64 = 253 << 8;

/// A device that the kernel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// A disk, from this byte, so many bytes.
    Plain { disk: usize, from: u64, bytes: u64 },
    /// The minor number of device-mapper.
    Mapped(usize),
}

/// An active logical volume: runs of bytes on disks.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedDevice {
    pub group: String,
    pub name: String,
    pub uuid: String,
    /// Disk, first byte, bytes.
    pub runs: Vec<(usize, u64, u64)>,
    /// Names of the partitions below it.
    pub slaves: Vec<String>,
    /// Every access waits until it is resumed.
    pub is_suspended: bool,
}

/// The folders in which devices are shown.
struct Shown {
    devices: Number,
    class: Number,
    dev: Number,
    mapper: Number,
    /// The folder of each volume group in /dev, by its name.
    groups: Vec<(String, Number)>,
    /// Partitions, and where what is built on each is shown.
    holders: Vec<(String, Number)>,
}

impl Shown {
    fn anew(files: &mut Files) -> Self {
        let top = files.find("/", true).unwrap();
        let sys = files.find("/sys", true).unwrap();
        let class = files.emptied_in(sys, "class");
        let (devices, dev) = (files.emptied_in(sys, "devices"), files.emptied_in(top, "dev"));
        let (class, mapper) = (files.folder_in(class, "block"), files.folder_in(dev, "mapper"));
        Self { devices, class, dev, mapper, groups: Vec::new(), holders: Vec::new() }
    }

    /// One device, with what all have in common: the number of its folder in `folder`, which lies at `path`.
    fn device(&self, files: &mut Files, folder: Number, path: &str, name: &str, id: u64, bytes: u64) -> Number {
        let its = files.folder_in(folder, name);
        files.file_in(its, "dev", format!("{}:{}\n", id >> 8, id & 0xff).into());
        files.file_in(its, "size", format!("{}\n", bytes / 512).into());
        files.file_in(its, "ro", b"0\n".to_vec());
        files.put_in(self.class, name, Kind::Link(format!("{path}/{name}").into()));
        files.put_in(self.dev, name, Kind::Device(id));
        its
    }

    /// The names that a logical volume has in /dev.
    fn name(&mut self, files: &mut Files, mapped: &MappedDevice, name: &str) {
        let group = match self.groups.iter().find(|(group, _)| *group == mapped.group) {
            Some((_, folder)) => *folder,
            None => {
                let folder = files.folder_in(self.dev, &mapped.group);
                self.groups.push((mapped.group.clone(), folder));
                folder
            }
        };
        let link: Rc<str> = format!("../{name}").into();
        files.put_in(group, &mapped.name, Kind::Link(Rc::clone(&link)));
        files.put_in(self.mapper, &format!("{}-{}", mapped.group, mapped.name), Kind::Link(link));
    }
}

impl MappedDevice {
    fn bytes(&self) -> u64 {
        self.runs.iter().map(|run| run.2).sum()
    }
}

impl World {
    pub fn device(&self, id: u64) -> Option<Device> {
        if id >= MAPPED {
            let minor = index(id - MAPPED);
            return self.mapped.get(minor)?.as_ref().map(|_| Device::Mapped(minor));
        }
        let (disk, part) = (index((id - DISKS) / 16), (id - DISKS) % 16);
        let its = self.disks.get(disk)?;
        if part == 0 {
            return Some(Device::Plain { disk, from: 0, bytes: its.bytes });
        }
        let found = its.partitions.iter().find(|(number, ..)| u64::from(*number) == part)?;
        Some(Device::Plain { disk, from: found.1, bytes: found.2 })
    }

    pub fn device_bytes(&self, device: Device) -> u64 {
        match device {
            Device::Plain { bytes, .. } => bytes,
            Device::Mapped(minor) => self.mapped[minor].as_ref().map_or(0, MappedDevice::bytes),
        }
    }

    /// Where bytes of a device lie: disk, first byte, bytes.
    fn runs(&self, device: Device, at: u64, len: u64) -> Vec<(usize, u64, u64)> {
        match device {
            Device::Plain { disk, from, .. } => vec![(disk, from + at, len)],
            Device::Mapped(minor) => {
                let (mut here, mut found) = (0, Vec::new());
                for (disk, from, bytes) in self.mapped[minor].iter().flat_map(|mapped| &mapped.runs) {
                    let (begin, end) = (at.max(here), (at + len).min(here + bytes));
                    if begin < end {
                        found.push((*disk, from + begin - here, end - begin));
                    }
                    here += bytes;
                }
                found
            }
        }
    }

    pub fn read_device(&self, device: Device, at: u64, buf: &mut [u8]) -> Result<(), Errno> {
        let mut done = 0;
        for (disk, from, len) in self.runs(device, at, buf.len() as u64) {
            let its = &self.disks[disk];
            if self.broken_disk == Some(disk) {
                return Err(EIO);
            }
            its.read(&mut buf[done..done + index(len)], from);
            done += index(len);
        }
        Ok(())
    }

    pub fn write_device(&mut self, device: Device, at: u64, bytes: &[u8], below: Option<u64>) -> Result<(), Errno> {
        let mut rest = bytes;
        for (disk, from, len) in self.runs(device, at, bytes.len() as u64) {
            let (now, later) = rest.split_at(index(len));
            if self.broken_disk == Some(disk) {
                return Err(EIO);
            }
            self.watch_write(disk, from, now);
            self.disks[disk].write(from, now, below);
            rest = later;
        }
        Ok(())
    }

    pub fn flush_device(&mut self, id: u64, device: Device) {
        let bytes = self.device_bytes(device);
        for (disk, ..) in self.runs(device, 0, bytes) {
            self.disks[disk].write_out(id);
            self.disks[disk].flush();
        }
    }

    /// Whether something is mounted from it, swapped to or built on it.
    pub fn is_held(&self, device: Device) -> bool {
        match device {
            Device::Mapped(minor) => {
                let path = format!("/dev/dm-{minor}");
                self.areas.iter().any(|area| area.path == path)
                    || self.mapped[minor]
                        .as_ref()
                        .is_some_and(|mapped| mapped.name != crate::node::SWAP && !mapped.name.starts_with("lv_swap"))
            }
            Device::Plain { disk, from, bytes } => {
                let overlaps = |run: &(usize, u64, u64)| run.0 == disk && run.1 < from + bytes && from < run.1 + run.2;
                self.mapped.iter().flatten().any(|mapped| mapped.runs.iter().any(overlaps))
                    || self.held_ranges.iter().any(overlaps)
            }
        }
    }

    pub fn add_partition(&mut self, disk: usize, number: u32, start: u64, bytes: u64) -> Result<(), Errno> {
        if self.disks[disk]
            .partitions
            .iter()
            .any(|(n, from, len)| *n == number || (start < from + len && *from < start + bytes))
        {
            return Err(EBUSY);
        }
        self.disks[disk].partitions.push((number, start, bytes));
        self.show_devices();
        Ok(())
    }

    pub fn delete_partition(&mut self, disk: usize, number: u32) -> Result<(), Errno> {
        let at = self.disks[disk].partitions.iter().position(|(n, ..)| *n == number).ok_or(ENXIO)?;
        let (_, from, bytes) = self.disks[disk].partitions[at];
        if self.is_held(Device::Plain { disk, from, bytes }) {
            return Err(EBUSY);
        }
        self.disks[disk].partitions.remove(at);
        self.show_devices();
        Ok(())
    }

    /// The device of a path of /dev, whatever links lead there.
    pub fn device_at(&self, path: &str) -> Option<(u64, Device)> {
        match &self.files.inodes[self.files.find(path, true).ok()?].kind {
            Kind::Device(id) => Some((*id, self.device(*id)?)),
            _ => None,
        }
    }

    /// Makes sysfs and /dev anew from what the kernel has.
    pub fn show_devices(&mut self) {
        let mut files = std::mem::replace(&mut self.files, Files::none());
        let mut shown = Shown::anew(&mut files);
        for (disk, its) in self.disks.iter().enumerate().filter(|(disk, _)| !self.absent.contains(disk)) {
            let (name, id) = (&its.name, DISKS + disk as u64 * 16);
            let folder = shown.device(&mut files, shown.devices, "/sys/devices", name, id, its.bytes);
            let serial = its.serial;
            let below = files.folder_in(folder, "device");
            files.file_in(folder, "removable", b"0\n".to_vec());
            files.put_in(folder, "cache_type", Kind::Cache(disk));
            files.file_in(below, "model", b"DISK\n".to_vec());
            files.file_in(below, "serial", format!("{serial}\n").into());
            files.file_in(below, "wwid", format!("naa.5000{serial}\n").into());
            for (number, start, bytes) in &its.partitions {
                let part = format!("{name}{number}");
                let path = format!("/sys/devices/{name}");
                let below = shown.device(&mut files, folder, &path, &part, id + u64::from(*number), *bytes);
                files.file_in(below, "start", format!("{}\n", start / 512).into());
                files.file_in(below, "partition", format!("{number}\n").into());
                let holders = files.folder_in(below, "holders");
                shown.holders.push((part, holders));
            }
        }
        for (minor, mapped) in self.mapped.iter().enumerate().filter_map(|(n, mapped)| Some((n, mapped.as_ref()?))) {
            let name = format!("dm-{minor}");
            let said = self.pretended.extents.iter().rfind(|(its, _)| *its == mapped.name);
            let bytes = said.map_or(mapped.bytes(), |(_, extents)| extents * crate::lvm::EXTENT);
            let id = MAPPED + minor as u64;
            let folder = shown.device(&mut files, shown.devices, "/sys/devices", &name, id, bytes);
            let dm = files.folder_in(folder, "dm");
            files.file_in(dm, "name", format!("{}-{}\n", mapped.group, mapped.name).into());
            files.file_in(dm, "uuid", format!("{}\n", mapped.uuid).into());
            files.file_in(dm, "suspended", format!("{}\n", u8::from(mapped.is_suspended)).into());
            let slaves = files.folder_in(folder, "slaves");
            for slave in &mapped.slaves {
                files.put_in(slaves, slave, Kind::Link(format!("/sys/class/block/{slave}").into()));
                if let Some((_, holders)) = shown.holders.iter().find(|(part, _)| part == slave) {
                    files.put_in(*holders, &name, Kind::Link(format!("/sys/devices/{name}").into()));
                }
            }
            shown.name(&mut files, mapped, &name);
        }
        self.files = files;
    }

    pub fn show_swaps(&mut self) {
        let mut text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n".to_owned();
        let unseen = self.pretended.areas.iter().filter(|area| !self.areas.iter().any(|its| its.path == area.path));
        for area in self.areas.iter().chain(unseen) {
            text += &format!("{} partition\t{}\t{}\t{}\n", area.path, area.kib, area.used_kib, area.priority);
        }
        self.files.put("/proc/swaps", text);
        let total: u64 = self.areas.iter().map(|area| area.kib).sum();
        let available = if self.has_fault(Deliberate::RoomNotAsked) { 12 << 20 } else { self.available_kib };
        self.files.put("/proc/meminfo", crate::memory::meminfo(total, available));
    }
}
