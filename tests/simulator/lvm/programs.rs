//! The programs that change something. Each write can be the last one.

use std::rc::Rc;

use super::bytes::{AREA, Location, checksum, dashed, label, metadata_header, next_offset, text};
use super::{EXTENT, Found, Group, Logical, PE_START, PhysicalVolume, Volume};
use crate::kernel::devices::Device;
use crate::node::GROUP;
use crate::world::{Ended, World};

type Done = Result<(), Ended>;

fn refused(why: impl Into<String>) -> Ended {
    Ended::Status(5, why.into())
}

impl World {
    /// Writes past the page cache, as LVM2 does: nobody flushes the disk.
    fn write_direct(&mut self, disk: usize, at: u64, bytes: &[u8]) -> Done {
        self.in_program()?;
        if self.broken_disk == Some(disk) {
            return Err(refused("Input/output error"));
        }
        self.watch_write(disk, at, bytes);
        self.disks[disk].write_in_order(at, bytes);
        Ok(())
    }

    pub fn new_uuid(&mut self) -> String {
        let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let plain: String = (0..32).map(|_| char::from(*self.random.pick(letters))).collect();
        dashed(&plain)
    }

    /// The partition of a path, where it is a device that LVM2 looks at.
    fn partition(&self, path: &str) -> Result<(String, usize, u64, u64), Ended> {
        match self.device_at(path) {
            Some((_, Device::Plain { disk, from, bytes })) => {
                Ok((path.trim_start_matches("/dev/").to_owned(), disk, from, bytes))
            }
            _ => Err(refused(format!("Device {path} not found."))),
        }
    }

    pub fn pvcreate(&mut self, path: &str) -> Done {
        let (_, disk, from, bytes) = self.partition(path)?;
        if self.is_held(Device::Plain { disk, from, bytes }) {
            return Err(refused(format!("Can't open {path} exclusively.  Mounted filesystem?")));
        }
        let found = self.scan_volumes();
        if found.volumes.iter().any(|its| its.disk == disk && its.from == from && found.is_in_group(its)) {
            return Err(refused(format!("Can't initialize physical volume \"{path}\" of volume group")));
        }
        if self.disks[disk].partitions.iter().any(|_| from == 0) {
            return Err(refused(format!("Cannot use {path}: device is partitioned")));
        }
        self.write_direct(disk, from, &[0; 2048])?;
        let uuid = self.new_uuid();
        self.write_direct(disk, from + 512, &label(&uuid, bytes, false))?;
        self.write_direct(disk, from + AREA, &metadata_header(None))
    }

    pub fn pvremove(&mut self, path: &str) -> Done {
        let (_, disk, from, _) = self.partition(path)?;
        let found = self.scan_volumes();
        let Some(its) = found.volumes.iter().find(|its| its.disk == disk && its.from == from) else {
            return Err(refused(format!("No PV found on device {path}.")));
        };
        if found.is_in_group(its) {
            return Err(refused(format!("PV {path} is used by VG {GROUP} so please use vgreduce first.")));
        }
        self.write_direct(disk, from, &[0; 2048])
    }

    fn group(&self, found: &Found) -> Result<Group, Ended> {
        let group = found.group.as_ref().ok_or_else(|| refused(format!("Volume group \"{GROUP}\" not found")))?;
        if !found.missing().is_empty() {
            return Err(refused(format!("Cannot change VG {GROUP} while PVs are missing.")));
        }
        Ok((**group).clone())
    }

    /// Writes the next version to every physical volume of it: first all texts, then all headers that name them.
    pub fn commit(&mut self, found: &Found, mut group: Group) -> Done {
        group.seqno += 1;
        let text = text(&group);
        let (bytes, sum) = (text.len() as u64, checksum(&text));
        self.texts.insert((sum, bytes), Rc::new(group.clone()));
        let mut padded = text;
        padded.resize(padded.len().next_multiple_of(512), 0);
        // The one that was added last comes first.
        let on: Vec<Volume> = group.volumes.iter().rev().filter_map(|its| found.volume(&its.uuid).cloned()).collect();
        let place = |volume: &Volume| Location { offset: next_offset(volume.area.ok().flatten(), bytes), bytes, sum };
        for volume in &on {
            self.write_direct(volume.disk, volume.from + AREA + place(volume).offset, &padded)?;
        }
        for volume in &on {
            self.write_direct(volume.disk, volume.from + AREA, &metadata_header(Some(place(volume))))?;
        }
        Ok(())
    }

    pub fn vgextend(&mut self, path: &str) -> Done {
        let (name, disk, from, bytes) = self.partition(path)?;
        let mut found = self.scan_volumes();
        let mut group = self.group(&found)?;
        if !found.volumes.iter().any(|its| its.disk == disk && its.from == from) {
            self.pvcreate(path)?;
            found = self.scan_volumes();
        }
        let its = found.volumes.iter().find(|its| its.disk == disk && its.from == from).unwrap().clone();
        if found.is_in_group(&its) {
            return Err(refused(format!("Physical volume '{path}' is already in volume group '{GROUP}'")));
        }
        let extents = (bytes - PE_START) / EXTENT;
        group.volumes.push(PhysicalVolume { uuid: its.uuid.clone(), extents, device: name, bytes });
        self.write_direct(disk, from + 512, &label(&its.uuid, bytes, true))?;
        self.commit(&found, group)
    }

    pub fn vgreduce(&mut self, path: &str) -> Done {
        let (_, disk, from, bytes) = self.partition(path)?;
        let found = self.scan_volumes();
        let mut group = self.group(&found)?;
        let Some(its) = found.volumes.iter().find(|its| its.disk == disk && its.from == from).cloned() else {
            return Err(refused(format!("Failed to find physical volume \"{path}\".")));
        };
        let is_used = group.logical.iter().flat_map(|logical| &logical.segments).any(|segment| segment.on == its.uuid);
        if !found.is_in_group(&its) || is_used {
            return Err(refused(format!("Physical volume \"{path}\" still in use")));
        }
        if group.volumes.len() == 1 {
            return Err(refused(format!(
                "Can't remove final physical volume \"{path}\" from volume group \"{GROUP}\""
            )));
        }
        group.volumes.retain(|volume| volume.uuid != its.uuid);
        self.commit(&found, group)?;
        self.write_direct(disk, from + AREA, &metadata_header(None))?;
        self.write_direct(disk, from + 512, &label(&its.uuid, bytes, false))
    }

    fn remap(&mut self, name: &str) {
        let found = self.scan_volumes();
        let logical = found.group.as_ref().and_then(|group| group.find(name).cloned());
        if let Some(mapped) = logical.and_then(|logical| self.mapping(&found, &logical)) {
            self.map(mapped);
            self.show_devices();
        }
    }

    pub fn lvcreate(&mut self, name: &str, extents: u64, tag: Option<&str>) -> Done {
        let found = self.scan_volumes();
        let mut group = self.group(&found)?;
        if group.find(name).is_some() {
            return Err(refused(format!("Logical Volume \"{name}\" already exists in volume group \"{GROUP}\"")));
        }
        let segments = group.allocate(extents).ok_or_else(|| refused("insufficient free space"))?;
        let uuid = self.new_uuid();
        group.logical.push(Logical { name: name.into(), uuid, tag: tag.map(str::to_owned), segments });
        self.commit(&found, group)?;
        self.in_program()?;
        self.remap(name);
        self.zero_start(name)
    }

    /// LVM2 writes zeros over the first 4 KiB of a new volume (`--zero y`).
    fn zero_start(&mut self, name: &str) -> Done {
        let Some(device) = self.logical_device(name) else { return Ok(()) };
        self.in_program()?;
        self.write_device(device, 0, &[0; 4096], None).map_err(|_| refused("Input/output error"))
    }

    pub fn lvresize(&mut self, name: &str, extents: u64) -> Done {
        let found = self.scan_volumes();
        let mut group = self.group(&found)?;
        let have = group.find(name).ok_or_else(|| refused("Failed to find logical volume"))?.extents();
        if extents <= have {
            return Err(refused("New size matches existing size, or reduces an active volume"));
        }
        let more = group.allocate(extents - have).ok_or_else(|| refused("Insufficient free space"))?;
        let its = group.logical.iter_mut().find(|logical| logical.name == name).unwrap();
        for segment in more {
            match its.segments.last_mut() {
                Some(last) if last.on == segment.on && last.first + last.extents == segment.first => {
                    last.extents += segment.extents;
                }
                _ => its.segments.push(segment),
            }
        }
        self.commit(&found, group)?;
        self.suspend_and_resume(name)
    }

    /// The kernel loads the new table between suspend and resume; a program that is ended there leaves it suspended.
    fn suspend_and_resume(&mut self, name: &str) -> Done {
        self.in_program()?;
        if let Some(minor) = self.minor_of(name) {
            self.mapped[minor].as_mut().unwrap().is_suspended = true;
            self.show_devices();
        }
        self.in_program()?;
        self.remap(name);
        Ok(())
    }

    pub fn lvchange(&mut self, args: &[&str], name: &str) -> Done {
        let found = self.scan_volumes();
        if !self.group(&found)?.logical.iter().any(|logical| logical.name == name) {
            return Err(refused("Failed to find logical volume"));
        }
        if args.contains(&"--refresh") && self.minor_of(name).is_none() {
            return Ok(());
        }
        self.in_program()?;
        self.remap(name);
        Ok(())
    }

    pub fn lvremove(&mut self, name: &str) -> Done {
        let found = self.scan_volumes();
        let mut group = self.group(&found)?;
        if group.find(name).is_none() {
            return Err(refused(format!("Failed to find logical volume \"{GROUP}/{name}\"")));
        }
        if self.logical_device(name).is_some_and(|device| self.is_held(device)) {
            return Err(refused(format!("Logical volume {GROUP}/{name} in use.")));
        }
        self.in_program()?;
        if let Some(minor) = self.minor_of(name) {
            self.mapped[minor] = None;
            self.show_devices();
        }
        group.logical.retain(|logical| logical.name != name);
        self.commit(&found, group)
    }
}
