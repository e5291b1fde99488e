//! The volatile write cache of a disk, as the kernel can switch it: SCSI and ATA by their driver (`sd`), virtio by itself
//! (kernel `Documentation/ABI/testing/sysfs-block-device`, `drivers/scsi/sd.c` `cache_type_store`,
//! `drivers/block/virtio_blk.c` `cache_type_store`). Others, such as NVMe, have no switch there.

use super::identity::find;
use super::text;
use crate::host::probed::Probed;
use crate::host::root::Root;

/// The write cache of a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteCache {
    /// The file of sysfs that shows it and switches it.
    pub file: String,
    /// What that file has: [`WriteCache::ON`], [`WriteCache::OFF`], or a word for a disk without one.
    pub mode: String,
}

impl WriteCache {
    /// A completed write can be lost with the power.
    pub const ON: &str = "write back";
    /// A completed write is durable.
    pub const OFF: &str = "write through";
}

/// Asks the disk of this kernel name, or the one that has the partition of this name. [`Probed::Absent`] where the kernel
/// has no switch for it.
pub fn write_cache(root: &Root, name: &str) -> Probed<WriteCache> {
    match look(root, name) {
        Ok(Some(cache)) => Probed::Known(cache),
        Ok(None) => Probed::Absent,
        Err(why) => Probed::Unreadable(why),
    }
}

fn look(root: &Root, name: &str) -> Result<Option<WriteCache>, String> {
    let Some(device) = find(root, name)? else { return Ok(None) };
    let disk = match text(&device, "partition")? {
        Some(_) => find(root, device.parent_name().unwrap_or_default())?,
        None => Some(device),
    };
    let Some(disk) = disk else { return Ok(None) };
    let scsi = disk.below("device")?.below("scsi_disk")?.places(|_| true)?.unwrap_or_default();
    for place in std::iter::once(disk).chain(scsi) {
        if let Some(mode) = text(&place, "cache_type")? {
            return Ok(Some(WriteCache { file: format!("{}/cache_type", place.host_path()), mode }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn with(file: Option<&str>) -> Probed<WriteCache> {
        let base = tempfile::tempdir().unwrap();
        let disk = base.path().join("sys/class/block/sdb");
        fs::create_dir_all(disk.join("device/scsi_disk/0:0:1:0")).unwrap();
        fs::write(disk.join("dev"), "8:16\n").unwrap();
        if let Some(file) = file {
            fs::write(disk.join(file), "write back\n").unwrap();
        }
        write_cache(&Root::fixture(base.path()).unwrap(), "sdb")
    }

    #[test]
    fn the_switch_is_that_of_the_driver_or_of_the_disk_and_some_disks_have_none() {
        for file in ["device/scsi_disk/0:0:1:0/cache_type", "cache_type"] {
            let Probed::Known(cache) = with(Some(file)) else { panic!("{file}") };
            assert_eq!((cache.mode.as_str(), cache.file), (WriteCache::ON, format!("/sys/class/block/sdb/{file}")));
        }
        assert_eq!(with(None), Probed::Absent);
    }
}
