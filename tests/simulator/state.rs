//! The state of the node that invariants compare: by what things are, not by their names of the day.

use crate::kernel::devices::Device;
use crate::lvm::{EXTENT, Group};
use crate::node::{FULL, LABEL, SWAP, TEMPORARY, UUID};
use crate::swap::{header, page};
use crate::world::World;

#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Physical volumes of the group by serial number of their disk, and logical volumes with their segments.
    volumes: Vec<String>,
    logical: Vec<String>,
    /// Disks that are in no group, and not all zero.
    written: Vec<&'static str>,
    /// Names of logical volumes that are swapped to, and kilobytes.
    areas: Vec<(String, u64)>,
    /// The first page of the swap volume.
    page: Vec<u8>,
    missing: usize,
    keys: Vec<(String, usize)>,
}

impl State {
    /// Whether this is the state that was before a command. A table of which a run that was cut off had written a part
    /// may be gone: the disk is blank, as it was at first.
    pub fn is_as(&self, before: &Self) -> bool {
        let cleared = Self { written: self.written.clone(), ..before.clone() };
        *self == *before || (*self == cleared && self.written.iter().all(|disk| before.written.contains(disk)))
    }
}

impl World {
    /// The state that is compared.
    pub fn state(&self) -> State {
        let found = self.scan_volumes();
        let empty = Group { seqno: 0, volumes: Vec::new(), logical: Vec::new() };
        let group = found.group.as_deref().unwrap_or(&empty);
        let serial = |uuid: &str| found.volume(uuid).map_or("missing", |volume| self.disks[volume.disk].serial);
        let logical = |its: &crate::lvm::Logical| {
            let segments: Vec<String> =
                its.segments.iter().map(|s| format!("{} {} {}", serial(&s.on), s.first, s.extents)).collect();
            format!("{} {segments:?}", its.name)
        };
        let mut areas: Vec<(String, u64)> =
            self.areas.iter().map(|area| (self.area_name(&area.path), area.kib)).collect();
        areas.retain(|(name, _)| name != TEMPORARY);
        areas.sort();
        let is_in_group = |serial: &str| {
            let its = found.volumes.iter().filter(|volume| self.disks[volume.disk].serial == serial);
            its.into_iter().any(|volume| found.is_in_group(volume))
        };
        let others = self.disks.iter().filter(|disk| disk.serial != "OTHER" && !is_in_group(disk.serial));
        State {
            volumes: group.volumes.iter().map(|its| serial(&its.uuid).to_owned()).collect(),
            // The temporary volume is for a run alone: that it is gone changes nothing for anybody.
            logical: group.logical.iter().filter(|its| its.name != TEMPORARY).map(logical).collect(),
            written: others.filter(|disk| !disk.is_blank()).map(|disk| disk.serial).collect(),
            areas,
            page: self.swap_page(),
            missing: found.missing().len(),
            keys: self.key_names(),
        }
    }

    fn area_name(&self, path: &str) -> String {
        let minor = path.strip_prefix("/dev/dm-").and_then(|n| n.parse::<usize>().ok());
        let mapped = minor.and_then(|minor| self.mapped.get(minor)?.as_ref());
        mapped.map_or(path.to_owned(), |mapped| mapped.name.clone())
    }

    pub fn swap_page(&self) -> Vec<u8> {
        let mut bytes = vec![0; 4096];
        if let Some(device) = self.logical_device(SWAP) {
            let _ = self.read_device(device, 0, &mut bytes);
        }
        bytes
    }

    pub fn has_swap(&self) -> bool {
        self.minor_of(SWAP).is_some_and(|minor| self.areas.iter().any(|area| area.path == format!("/dev/dm-{minor}")))
    }

    /// What is missing of the target; nothing where it is reached.
    pub fn missing_of_target(&self) -> Option<String> {
        let found = self.scan_volumes();
        let Some(group) = &found.group else { return Some("no group".into()) };
        if !found.missing().is_empty() {
            return Some("a physical volume is missing".into());
        }
        let extents = group.find(SWAP).map_or(0, crate::lvm::Logical::extents);
        if extents < FULL {
            return Some(format!("{extents} extents"));
        }
        let its = self.swap_page();
        if its != page(extents * EXTENT, UUID, Some(LABEL)) {
            return Some(format!("header {:?}", header(&its)));
        }
        if group.logical.len() != 2 {
            return Some("a temporary volume is left".into());
        }
        let Some(Device::Mapped(minor)) = self.logical_device(SWAP) else { return Some("not active".into()) };
        let path = format!("/dev/dm-{minor}");
        match self.areas.as_slice() {
            [area] if area.path == path && area.kib == extents * EXTENT / 1024 - 4 => None,
            areas => Some(format!("areas {areas:?}")),
        }
    }
}
