//! mkswap(8), swapon(8), swapoff(8).

use crate::kernel::devices::Device;
use crate::kernel::files::Kind;
use crate::world::{Area, Ended, World};

const PAGE: u64 = 4096;

/// The first page of a swap area.
pub fn page(bytes: u64, uuid: &str, label: Option<&str>) -> Vec<u8> {
    let mut page = vec![0; 4096];
    let last = u32::try_from((bytes / PAGE - 1).min(u64::from(u32::MAX - 1))).unwrap();
    page[1024..1028].copy_from_slice(&1_u32.to_le_bytes());
    page[1028..1032].copy_from_slice(&last.to_le_bytes());
    let plain: String = uuid.chars().filter(|c| *c != '-').collect();
    page[1036..1052].copy_from_slice(&u128::from_str_radix(&plain, 16).unwrap().to_be_bytes());
    let label = label.unwrap_or_default().as_bytes();
    page[1052..1052 + label.len()].copy_from_slice(label);
    page[4086..4096].copy_from_slice(b"SWAPSPACE2");
    page
}

/// UUID and bytes of an area with a sound header.
pub fn header(page: &[u8]) -> Option<(String, u64)> {
    if &page[4086..4096] != b"SWAPSPACE2" || page[1024..1028] != 1_u32.to_le_bytes() {
        return None;
    }
    let last = u32::from_le_bytes(page[1028..1032].try_into().unwrap());
    let hex = format!("{:032x}", u128::from_be_bytes(page[1036..1052].try_into().unwrap()));
    let uuid = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    Some((uuid, (u64::from(last) + 1) * PAGE))
}

fn refused(why: impl Into<String>) -> Ended {
    Ended::Status(1, why.into())
}

impl World {
    fn swap_device(&self, path: &str) -> Result<(u64, Device, String), Ended> {
        let (id, device) = self.device_at(path).ok_or_else(|| refused(format!("{path}: No such file or directory")))?;
        let name = match device {
            Device::Mapped(minor) => format!("/dev/dm-{minor}"),
            Device::Plain { .. } => path.to_owned(),
        };
        Ok((id, device, name))
    }

    pub fn mkswap(&mut self, path: &str, uuid: Option<&str>, label: Option<&str>) -> Result<(), Ended> {
        let uuid = uuid.unwrap_or("bbbbbbbb-0000-4000-8000-000000000001");
        if let Ok(number) = self.files.find(path, true)
            && let Kind::File(content) = &self.files.inodes[number].kind
        {
            let mut bytes = (*content.bytes).clone();
            let page = page(bytes.len() as u64, uuid, label);
            bytes[..page.len()].copy_from_slice(&page);
            self.in_program()?;
            self.files.put(path, bytes);
            return Ok(());
        }
        let (id, device, name) = self.swap_device(path)?;
        if self.areas.iter().any(|area| area.path == name) {
            return Err(refused(format!("{path} is mounted; will not make swapspace")));
        }
        let failed = |_| refused(format!("{path}: Input/output error"));
        let page = page(self.device_bytes(device), uuid, label);
        // The old signature goes first, then whatever a boot loader could read.
        self.in_program()?;
        self.write_device(device, 7 * 512, &[0; 512], Some(id)).map_err(failed)?;
        self.in_program()?;
        self.write_device(device, 0, &[0; 1024], Some(id)).map_err(failed)?;
        self.in_program()?;
        self.write_device(device, 1024, &page[1024..], Some(id)).map_err(failed)?;
        self.in_program()?;
        self.flush_device(id, device);
        Ok(())
    }

    pub fn swapon(&mut self, path: &str, priority: Option<i32>) -> Result<(), Ended> {
        let (_, device, name) = self.swap_device(path)?;
        let mut page = vec![0; 4096];
        self.read_device(device, 0, &mut page).map_err(|_| refused("Input/output error"))?;
        let (_, bytes) = header(&page).ok_or_else(|| refused(format!("{path}: read swap header failed")))?;
        if bytes > self.device_bytes(device) {
            return Err(refused(format!("swapon: {path}: swapon failed: Invalid argument")));
        }
        if self.areas.iter().any(|area| area.path == name) {
            return Err(refused(format!("swapon: {path}: swapon failed: Device or resource busy")));
        }
        self.in_program()?;
        let priority = priority
            .unwrap_or_else(|| self.areas.iter().map(|area| area.priority).filter(|p| *p < 0).min().unwrap_or(-1) - 1);
        self.areas.push(Area { path: name, kib: bytes / 1024 - 4, used_kib: 0, priority });
        self.show_swaps();
        Ok(())
    }

    pub fn swapoff(&mut self, path: &str) -> Result<(), Ended> {
        let (_, _, name) = self.swap_device(path)?;
        let at = self.areas.iter().position(|area| area.path == name);
        let at = at.ok_or_else(|| refused(format!("swapoff: {path}: swapoff failed: Invalid argument")))?;
        let others = self.areas.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, area)| area.kib - area.used_kib);
        let others: u64 = others.sum();
        if self.areas[at].used_kib > self.available_kib + others {
            self.violates("memory: swapoff runs without room for what is swapped out".to_owned());
            return Err(refused(format!("swapoff: {path}: swapoff failed: Cannot allocate memory")));
        }
        self.in_program()?;
        let gone = self.areas.remove(at);
        if let Some(other) = self.areas.first_mut() {
            other.used_kib += gone.used_kib;
        }
        self.show_swaps();
        Ok(())
    }
}
