//! What LVM2 finds on the devices: physical volumes, the newest metadata of the group, what is missing.

use std::rc::Rc;

use super::bytes::{AREA, Location, read_label, read_metadata_header};
use super::{EXTENT, Group, Logical, PE_START};
use crate::kernel::devices::{Device, MappedDevice};
use crate::world::World;

/// A physical volume that was found.
#[derive(Debug, Clone)]
pub struct Volume {
    /// `sdb1`.
    pub name: String,
    pub disk: usize,
    pub from: u64,
    pub uuid: String,
    /// Its metadata area: the place of a text, nothing, or no sound header.
    pub area: Result<Option<Location>, ()>,
    pub group: Option<Rc<Group>>,
}

#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Devices that may be physical volumes, and are none.
    pub others: Vec<String>,
    pub volumes: Vec<Volume>,
    pub group: Option<Rc<Group>>,
}

impl Found {
    /// The physical volume of the group with this UUID.
    pub fn volume(&self, uuid: &str) -> Option<&Volume> {
        self.volumes.iter().find(|volume| volume.uuid == uuid)
    }

    /// Whether a volume that was found belongs to the group.
    pub fn is_in_group(&self, volume: &Volume) -> bool {
        self.group.as_ref().is_some_and(|group| group.volumes.iter().any(|its| its.uuid == volume.uuid))
    }

    /// UUIDs of physical volumes of the group that are not there.
    pub fn missing(&self) -> Vec<String> {
        let its = self.group.iter().flat_map(|group| &group.volumes);
        its.filter(|its| self.volume(&its.uuid).is_none()).map(|its| its.uuid.clone()).collect()
    }
}

impl World {
    /// Looks at every device.
    pub fn scan_volumes(&self) -> Found {
        let mut found = Found::default();
        for (disk, its) in self.disks.iter().enumerate().filter(|(disk, _)| !self.absent.contains(disk)) {
            let parts: Vec<(String, u64)> = match its.partitions.is_empty() {
                true => vec![(its.name.clone(), 0)],
                false => its.partitions.iter().map(|(n, from, _)| (format!("{}{n}", its.name), *from)).collect(),
            };
            for (name, from) in parts {
                match self.volume_at(&name, disk, from) {
                    Some(volume) => found.volumes.push(volume),
                    None => found.others.push(name),
                }
            }
        }
        let groups = found.volumes.iter().filter_map(|volume| volume.group.clone());
        found.group = groups.max_by_key(|group| group.seqno);
        found
    }

    fn volume_at(&self, name: &str, disk: usize, from: u64) -> Option<Volume> {
        if self.broken_disk == Some(disk) {
            return None;
        }
        let mut head = [0; 512];
        self.disks[disk].read(&mut head, from + 512);
        let uuid = read_label(&head)?;
        self.disks[disk].read(&mut head, from + AREA);
        let area = read_metadata_header(&head);
        let group = area.ok().flatten().and_then(|location| {
            let mut text = vec![0; crate::kernel::disk::index(location.bytes)];
            self.disks[disk].read(&mut text, from + AREA + location.offset);
            let whole = super::bytes::checksum(&text) == location.sum;
            self.texts.get(&(location.sum, location.bytes)).filter(|_| whole).cloned()
        });
        // A place without its text is no sound area.
        let area = if area.is_ok_and(|place| place.is_some()) && group.is_none() { Err(()) } else { area };
        Some(Volume { name: name.to_owned(), disk, from, uuid, area, group })
    }

    /// The device of a logical volume, where all that it lies on is there.
    pub fn mapping(&self, found: &Found, logical: &Logical) -> Option<MappedDevice> {
        let (mut runs, mut slaves) = (Vec::new(), Vec::new());
        for segment in &logical.segments {
            let volume = found.volume(&segment.on)?;
            runs.push((volume.disk, volume.from + PE_START + segment.first * EXTENT, segment.extents * EXTENT));
            if !slaves.contains(&volume.name) {
                slaves.push(volume.name.clone());
            }
        }
        let uuid = format!("LVM-{}{}", super::bytes::GROUP_UUID.replace('-', ""), logical.uuid.replace('-', ""));
        Some(MappedDevice {
            group: crate::node::GROUP.into(),
            name: logical.name.clone(),
            uuid,
            runs,
            slaves,
            is_suspended: false,
        })
    }

    /// Activates what is whole, as a start does. A physical volume that does not know its group makes it no whole one.
    pub fn activate(&mut self) {
        let mut found = self.scan_volumes();
        found.volumes.retain(|volume| volume.group.is_some());
        let Some(group) = found.group.clone() else { return };
        let is_whole = group.volumes.iter().all(|its| found.volume(&its.uuid).is_some());
        if !is_whole {
            return self.show_devices();
        }
        for logical in &group.logical {
            if let Some(mapped) = self.mapping(&found, logical) {
                self.map(mapped);
            }
        }
        self.show_devices();
    }

    /// Gives a device to a logical volume, or changes the one that it has.
    pub fn map(&mut self, mapped: MappedDevice) {
        match self.mapped.iter_mut().flatten().find(|its| its.name == mapped.name) {
            Some(its) => *its = mapped,
            None => match self.mapped.iter().position(Option::is_none) {
                Some(free) => self.mapped[free] = Some(mapped),
                None => self.mapped.push(Some(mapped)),
            },
        }
    }

    pub fn minor_of(&self, name: &str) -> Option<usize> {
        self.mapped.iter().position(|its| its.as_ref().is_some_and(|its| its.name == name))
    }

    pub fn logical_device(&self, name: &str) -> Option<Device> {
        self.minor_of(name).map(Device::Mapped)
    }
}
