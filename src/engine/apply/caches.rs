//! The volatile write caches of disks, switched by sysfs.

use std::fs;

use super::host::TargetHost;
use crate::engine::CacheSwitch;

impl TargetHost<'_> {
    /// Switches them. A disk that refuses keeps its mode, as one does that has no switch: many controllers refuse
    /// MODE SELECT (`drivers/scsi/sd.c` `cache_type_store`). One that accepts must show it.
    pub(super) fn switch_caches(&self, switches: &[CacheSwitch]) -> Result<(), String> {
        for switch in switches {
            self.is_disk(&switch.disk)?;
            if self.switch_cache(switch, &switch.to).is_ok() {
                self.shows_mode(switch, &[&switch.to])?;
            }
        }
        Ok(())
    }

    /// That each has the mode that it was switched to, or, where the disk refused, the one before.
    pub(super) fn are_switched(&self, switches: &[CacheSwitch]) -> Result<(), String> {
        switches.iter().try_for_each(|switch| self.shows_mode(switch, &[&switch.to, &switch.from]))
    }

    fn shows_mode(&self, switch: &CacheSwitch, modes: &[&str]) -> Result<(), String> {
        let mode = self.cache_mode(switch)?;
        if modes.contains(&mode.as_str()) {
            return Ok(());
        }
        Err(format!("the write cache of {} is \"{mode}\" and not \"{}\"", switch.disk.path, switch.to))
    }

    /// A disk that has another name since, or is gone, is left as it is: its cache is what its last start made it.
    pub(super) fn switch_caches_back(&self, switches: &[CacheSwitch]) -> Result<(), String> {
        let here = switches.iter().filter(|switch| self.is_disk(&switch.disk).is_ok());
        here.rev().try_for_each(|switch| {
            let _refused = self.switch_cache(switch, &switch.from);
            self.shows_mode(switch, &[&switch.from])
        })
    }

    fn switch_cache(&self, switch: &CacheSwitch, to: &str) -> Result<(), String> {
        if self.cache_mode(switch)? == to {
            return Ok(());
        }
        fs::write(self.path(&switch.file), to).map_err(|e| format!("{}: {e}", switch.file))
    }

    fn cache_mode(&self, switch: &CacheSwitch) -> Result<String, String> {
        let text = fs::read_to_string(self.path(&switch.file)).map_err(|e| format!("{}: {e}", switch.file))?;
        Ok(text.trim().to_owned())
    }
}
