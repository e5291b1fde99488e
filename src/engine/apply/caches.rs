//! The volatile write caches of disks, switched by sysfs.

use std::fs;

use super::host::TargetHost;
use crate::engine::CacheSwitch;

impl TargetHost<'_> {
    pub(super) fn switch_caches(&self, switches: &[CacheSwitch]) -> Result<(), String> {
        for switch in switches {
            self.is_disk(&switch.disk)?;
            self.switch_cache(switch, &switch.to)?;
        }
        self.are_switched(switches)
    }

    pub(super) fn are_switched(&self, switches: &[CacheSwitch]) -> Result<(), String> {
        switches.iter().try_for_each(|switch| match self.cache_mode(switch)? {
            mode if mode == switch.to => Ok(()),
            mode => Err(format!("the write cache of {} is \"{mode}\" and not \"{}\"", switch.disk.path, switch.to)),
        })
    }

    /// A disk that has another name since, or is gone, is left as it is: its cache is what its last start made it.
    pub(super) fn switch_caches_back(&self, switches: &[CacheSwitch]) -> Result<(), String> {
        let here = switches.iter().filter(|switch| self.is_disk(&switch.disk).is_ok());
        here.rev().try_for_each(|switch| self.switch_cache(switch, &switch.from))
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
