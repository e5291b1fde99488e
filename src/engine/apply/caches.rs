//! The volatile write caches of disks, switched by sysfs.

use std::fs;

use super::host::TargetHost;
use crate::base::cause::cause;
use crate::engine::CacheSwitch;
use crate::host::block::{WriteCache, write_caches_below};
use crate::io::tool::lvm;

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
            // A disk that refuses keeps its mode, as on the way there.
            match self.switch_cache(switch, &switch.from) {
                Ok(()) => self.shows_mode(switch, &[&switch.from]),
                Err(_refused) => Ok(()),
            }
        })
    }

    /// Does `work` while no disk of the volume group `group` has a volatile write cache, as a plan has it for the way
    /// there. If the power is cut and one disk loses that another one left the group, the group is never complete at
    /// the next start. The steps of the plan do not suffice: a run that stopped has its caches on again, and so has a
    /// start. A disk that refuses keeps its mode.
    pub(super) fn with_caches_off<R>(
        &self,
        group: &str,
        work: impl FnOnce() -> Result<R, String>,
    ) -> Result<R, String> {
        let caches = self.caches_on(group)?;
        let switch = |to: &str| caches.iter().for_each(|cache| drop(fs::write(self.path(&cache.file), to)));
        switch(WriteCache::OFF);
        let done = work();
        switch(WriteCache::ON);
        done
    }

    /// The caches that are on, of the disks that have a physical volume of `group`.
    fn caches_on(&self, group: &str) -> Result<Vec<WriteCache>, String> {
        let seen: Vec<lvm::PhysicalVolume> = lvm::ask(self.runner, &lvm::devices()).map_err(|e| e.to_string())?;
        let root = self.root()?;
        let mut caches: Vec<WriteCache> = Vec::new();
        for volume in seen.iter().filter(|volume| volume.group == group) {
            let device = root.at(&volume.name)?.host_path();
            for cache in write_caches_below(&root, device.strip_prefix("/dev/").unwrap_or(&device))? {
                if cache.mode == WriteCache::ON && !caches.contains(&cache) {
                    caches.push(cache);
                }
            }
        }
        Ok(caches)
    }

    fn switch_cache(&self, switch: &CacheSwitch, to: &str) -> Result<(), String> {
        if self.cache_mode(switch)? == to {
            return Ok(());
        }
        fs::write(self.path(&switch.file), to).map_err(|e| format!("{}: {}", switch.file, cause(&e)))
    }

    fn cache_mode(&self, switch: &CacheSwitch) -> Result<String, String> {
        let text =
            fs::read_to_string(self.path(&switch.file)).map_err(|e| format!("{}: {}", switch.file, cause(&e)))?;
        Ok(text.trim().to_owned())
    }
}
