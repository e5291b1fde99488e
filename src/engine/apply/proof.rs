//! What the host shows: asked of the kernel, of LVM2 and of the bytes themselves, never of the program that did the
//! work.

use super::host::TargetHost;
use crate::base::cause::cause;
use crate::base::units::Bytes;
use crate::disk::format::content::Kind;
use crate::engine::Proof;
use crate::host::{Probed, Root, SwapArea, memory, swaps};
use crate::io::image;
use crate::io::tool::lvm;

/// The kernel leaves the header's page out of a swap area's size.
const PAGE: u64 = 4096;

impl TargetHost<'_> {
    /// That `proof` holds.
    ///
    /// # Errors
    /// Where it does not, or that cannot be determined.
    pub(super) fn shows(&self, proof: &Proof) -> Result<(), String> {
        match self.holds(proof) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.why_not(proof)),
            Err(why) => Err(format!("cannot determine whether {}: {why}", describe(proof))),
        }
    }

    /// Whether `proof` holds.
    ///
    /// # Errors
    /// Where that cannot be determined.
    pub(super) fn holds(&self, proof: &Proof) -> Result<bool, String> {
        match proof {
            Proof::PhysicalVolume { device, group, beside } => {
                self.has_physical_volume(device, group.as_deref(), beside)
            }
            Proof::Extents { group, volume, extents } => self.has_extents(group, volume, *extents),
            Proof::NoVolume { group, volume } => self.has_no_volume(group, volume),
            Proof::SwapUnused { area } => Ok(self.swap_in_use(area)?.is_none()),
            Proof::SwapUsed { area, bytes, priority } => Ok(self.swap_in_use(area)?.is_some_and(|used| {
                used.kib.saturating_mul(1024).saturating_add(PAGE) == *bytes
                    && priority.is_none_or(|wanted| wanted == used.priority)
            })),
            Proof::SwapHeader { area, bytes, uuid, label } => {
                self.has_swap_header(area, *bytes, uuid, label.as_deref())
            }
            Proof::Mounted { point } => self.is_mounted(point),
            Proof::NotMounted { point } => Ok(!self.is_mounted(point)?),
            Proof::Subject(proof) => self.subjects.holds(self, proof),
            Proof::File { path } => match std::fs::metadata(self.path(path)) {
                Ok(meta) => Ok(meta.is_file() && meta.len() > 0),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
                Err(e) => Err(format!("{path}: {}", cause(&e))),
            },
        }
    }

    /// Whether what a step did is there, so that it has to be taken back. That asks less than its proof: a physical
    /// volume that hides all the others, an area that came up with another priority, or a logical volume that the
    /// kernel does not have as LVM2 has it, is no success, and is there.
    ///
    /// # Errors
    /// Where that cannot be determined.
    pub(super) fn is_there(&self, proof: &Proof) -> Result<bool, String> {
        match proof {
            Proof::PhysicalVolume { device, group, beside: _ } => {
                self.has_physical_volume(device, group.as_deref(), &[])
            }
            Proof::Extents { group, volume, extents } => Ok(self.extents(group, volume)? == Some(*extents)),
            Proof::NoVolume { group, volume } => Ok(self.extents(group, volume)?.is_none()),
            Proof::SwapUsed { area, .. } => Ok(self.swap_in_use(area)?.is_some()),
            Proof::Subject(proof) => self.subjects.is_there(self, proof),
            other => self.holds(other),
        }
    }

    fn why_not(&self, proof: &Proof) -> String {
        if let Proof::Subject(proof) = proof
            && let Some(why) = self.subjects.why_not(self, proof)
        {
            return why;
        }
        if let Some(why) = self.why_volume_differs(proof) {
            return why;
        }
        format!("the host does not show that {}", describe(proof))
    }

    fn has_physical_volume(&self, device: &str, group: Option<&str>, beside: &[String]) -> Result<bool, String> {
        let seen: Vec<lvm::PhysicalVolume> = lvm::ask(self.runner, &lvm::devices()).map_err(|e| e.to_string())?;
        let here =
            seen.iter().any(|pv| pv.name == device && !pv.uuid.is_empty() && pv.group == group.unwrap_or_default());
        Ok(here && beside.iter().all(|uuid| seen.iter().any(|pv| pv.uuid == *uuid)))
    }

    fn swaps(&self, root: &Root) -> Result<Vec<SwapArea>, String> {
        match swaps::gather(root) {
            Probed::Known(areas) => Ok(areas),
            Probed::Absent => Err("/proc/swaps: there is no such file".into()),
            Probed::Unreadable(why) => Err(why),
        }
    }

    /// The swap area at `area`, by whatever link, as the kernel shows it.
    fn swap_in_use(&self, area: &str) -> Result<Option<SwapArea>, String> {
        let root = self.root()?;
        let device = root.at(area)?.host_path();
        Ok(self.swaps(&root)?.into_iter().find(|used| used.path == device))
    }

    fn has_swap_header(&self, area: &str, bytes: u64, uuid: &str, label: Option<&str>) -> Result<bool, String> {
        self.is_awake(area)?;
        let place = self.root()?.at(area)?.real_path();
        let device = image::open(&place).map_err(|e| format!("{area}: {}", cause(&e)))?;
        let found = crate::disk::content_of(device.as_ref());
        Ok(found.kind == Kind::Swap
            && found.bytes == Some(bytes)
            && found.uuid.is_some_and(|id| id.to_string() == uuid)
            && found.label.as_deref() == label)
    }

    /// That memory and the other swap areas hold what is swapped out to `area`, with a margin.
    pub(super) fn has_room_for_pages(&self, area: &str, margin_kib: u64) -> Result<(), String> {
        let root = self.root()?;
        let device = root.at(area)?.host_path();
        let areas = self.swaps(&root)?;
        let memory = match memory::whole(&root) {
            Probed::Known(memory) => memory,
            Probed::Absent => return Err("/proc/meminfo: there is no such file".into()),
            Probed::Unreadable(why) => return Err(why),
        };
        match memory.room_without(&device, &areas).short_of(margin_kib) {
            None => Ok(()),
            Some(missing) => Err(format!("memory has become too small to take back what is swapped out: {missing}")),
        }
    }
}

fn describe(proof: &Proof) -> String {
    match proof {
        Proof::PhysicalVolume { device, group: Some(group), .. } => format!("{device} is a physical volume of {group}"),
        Proof::PhysicalVolume { device, group: None, .. } => {
            format!("{device} is a physical volume of no group, beside all the others")
        }
        Proof::Extents { group, volume, extents } => format!("{group}/{volume} has {extents} extents"),
        Proof::NoVolume { group, volume } => format!("{group}/{volume} is gone"),
        Proof::SwapUnused { area } => format!("{area} is not swapped to"),
        Proof::SwapUsed { area, bytes, .. } => format!("{area} is swapped to, {}", Bytes(*bytes)),
        Proof::SwapHeader { area, bytes, uuid, .. } => {
            format!("{area} has a swap header of {} with UUID {uuid}", Bytes(*bytes))
        }
        Proof::Mounted { point } => format!("{point} is mounted"),
        Proof::NotMounted { point } => format!("{point} is not mounted"),
        Proof::Subject(proof) => proof.to_string(),
        Proof::File { path } => format!("{path} is there"),
    }
}
