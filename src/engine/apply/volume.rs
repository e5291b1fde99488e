//! A logical volume, as LVM2 and as the kernel have it.
//!
//! LVM2 writes its metadata first and has the kernel load the new table afterwards, between suspend and resume. Where
//! that fails, or it is killed there, its reports show a size that the device does not have, or a device to which every
//! access waits for ever. So both are asked, and nothing here opens a volume that is suspended.

use super::host::TargetHost;
use crate::base::units::Bytes;
use crate::engine::{Command, Proof};
use crate::host::Probed;
use crate::host::block::{VolumeDevice, volume_device};
use crate::io::tool::{Program, lvm};

/// What LVM2 has of a logical volume.
struct OfLvm {
    extents: u64,
    bytes: u64,
}

/// The longest that resuming a volume may take, in seconds.
const REFRESH_LIMIT: u64 = 60;

impl TargetHost<'_> {
    /// Extents of a logical volume, as LVM2 has it; `None` where there is none of that name.
    pub(super) fn extents(&self, group: &str, volume: &str) -> Result<Option<u64>, String> {
        Ok(self.of_lvm(group, volume)?.map(|volume| volume.extents))
    }

    /// Whether LVM2 has so many extents of a logical volume, and the kernel all of them.
    pub(super) fn has_extents(&self, group: &str, volume: &str, extents: u64) -> Result<bool, String> {
        match self.of_lvm(group, volume)? {
            Some(found) if found.extents == extents => Ok(self.why_kernel_differs(group, volume, &found)?.is_none()),
            _ => Ok(false),
        }
    }

    /// Whether neither LVM2 nor the kernel has such a logical volume.
    pub(super) fn has_no_volume(&self, group: &str, volume: &str) -> Result<bool, String> {
        Ok(self.of_lvm(group, volume)?.is_none() && self.device(&format!("/dev/{group}/{volume}"))?.is_none())
    }

    /// What the kernel has otherwise than LVM2, where the two of them are what a proof is about.
    pub(super) fn why_volume_differs(&self, proof: &Proof) -> Option<String> {
        match proof {
            Proof::Extents { group, volume, extents } => {
                let found = self.of_lvm(group, volume).ok()?.filter(|found| found.extents == *extents)?;
                self.why_kernel_differs(group, volume, &found).ok()?
            }
            Proof::NoVolume { group, volume } => {
                let is_gone = self.of_lvm(group, volume).ok()?.is_none();
                is_gone.then(|| format!("LVM2 has no {group}/{volume} any more, and the kernel still has its device"))
            }
            _ => None,
        }
    }

    /// That `area` is not suspended: whatever opens it to read or write it would wait, and no signal would end that.
    pub(super) fn is_awake(&self, area: &str) -> Result<(), String> {
        match self.device(area) {
            Ok(Some(device)) if device.is_suspended => {
                Err(format!("{area} is suspended, and nothing can be read from it: lvchange --refresh {area}"))
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Resumes `area` where it is suspended, so that it can be swapped to again.
    pub(super) fn wake(&self, area: &str) -> Result<(), String> {
        if self.is_awake(area).is_ok() {
            return Ok(());
        }
        let ran = self.execute(&Command::new(Program::Lvchange, ["--refresh", area]), REFRESH_LIMIT);
        self.is_awake(area).map_err(|why| ran.err().unwrap_or(why))
    }

    fn of_lvm(&self, group: &str, volume: &str) -> Result<Option<OfLvm>, String> {
        let groups: Vec<lvm::VolumeGroup> = lvm::ask(self.runner, &lvm::groups()).map_err(|e| e.to_string())?;
        let Some(its) = groups.iter().find(|its| its.name == group) else {
            return Err(format!("LVM2 does not see {group}"));
        };
        let volumes: Vec<lvm::LogicalVolume> = lvm::ask(self.runner, &lvm::volumes()).map_err(|e| e.to_string())?;
        let Some(found) = volumes.iter().find(|v| v.group == group && v.name == volume) else { return Ok(None) };
        match found.bytes.checked_div(its.extent_bytes) {
            Some(extents) => Ok(Some(OfLvm { extents, bytes: found.bytes })),
            None => Err(format!("{group} has no extent size")),
        }
    }

    fn why_kernel_differs(&self, group: &str, volume: &str, of_lvm: &OfLvm) -> Result<Option<String>, String> {
        let name = format!("{group}/{volume}");
        Ok(match self.device(&format!("/dev/{name}"))? {
            None => Some(format!("LVM2 has {name}, and the kernel no device of it")),
            Some(device) if device.is_suspended => Some(format!("{name} is suspended")),
            Some(device) if device.bytes != of_lvm.bytes => {
                Some(format!("LVM2 has {} of {name}, and the kernel {}", Bytes(of_lvm.bytes), Bytes(device.bytes)))
            }
            Some(_) => None,
        })
    }

    fn device(&self, path: &str) -> Result<Option<VolumeDevice>, String> {
        match volume_device(&self.root()?, path) {
            Probed::Known(device) => Ok(Some(device)),
            Probed::Absent => Ok(None),
            Probed::Unreadable(why) => Err(why),
        }
    }
}
