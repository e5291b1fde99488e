//! The volatile write cache of a disk, as the kernel can switch it: SCSI and ATA by their driver (`sd`), virtio by
//! itself (kernel `Documentation/ABI/testing/sysfs-block-device`, `drivers/scsi/sd.c` `cache_type_store`,
//! `drivers/block/virtio_blk.c` `cache_type_store`). Others, such as NVMe, have no switch there.

use super::below::DEEPEST;
use super::identity::find;
use super::text;
use crate::host::probed::Probed;
use crate::host::root::Root;

/// The permissions to write; without any of them the kernel lets nobody open a file of sysfs for writing.
const WRITABLE: u32 = 0o222;

/// The write cache of a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteCache {
    /// The file of sysfs that shows it and switches it.
    pub file: String,
    /// What that file has: [`WriteCache::ON`], [`WriteCache::OFF`], or a word for a disk without one.
    pub mode: String,
    /// Whether that file can be written to: a virtio disk without `VIRTIO_BLK_F_CONFIG_WCE` shows its cache only.
    pub can_switch: bool,
}

impl WriteCache {
    /// A completed write can be lost with the power.
    pub const ON: &str = "write back";
    /// A completed write is durable.
    pub const OFF: &str = "write through";
}

/// Asks the disk of this kernel name, or the one that has the partition of this name. [`Probed::Absent`] where the
/// kernel has no switch for it.
pub fn write_cache(root: &Root, name: &str) -> Probed<WriteCache> {
    match look(root, name) {
        Ok(Some(cache)) => Probed::Known(cache),
        Ok(None) => Probed::Absent,
        Err(why) => Probed::Unreadable(why),
    }
}

/// Those of the disks that the device of this kernel name stands on, whatever becomes of other devices meanwhile.
///
/// # Errors
/// Where one of them cannot be asked.
pub fn write_caches_below(root: &Root, name: &str) -> Result<Vec<WriteCache>, String> {
    let mut names = vec![name.to_owned()];
    for _ in 0..DEEPEST {
        let below = |name: &String| -> Result<Vec<String>, String> {
            let slaves =
                find(root, name)?.map(|device| device.below("slaves")?.places(|_| true)).transpose()?.flatten();
            let slaves: Vec<String> =
                slaves.into_iter().flatten().filter_map(|slave| slave.name().map(str::to_owned)).collect();
            Ok(if slaves.is_empty() { vec![name.clone()] } else { slaves })
        };
        let next: Vec<Vec<String>> = names.iter().map(below).collect::<Result<_, _>>()?;
        let next: Vec<String> = next.into_iter().flatten().collect();
        if next == names {
            break;
        }
        names = next;
    }
    let caches = names.iter().map(|name| look(root, name)).collect::<Result<Vec<_>, _>>()?;
    Ok(caches.into_iter().flatten().collect())
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
            let file = place.below("cache_type")?;
            let can_switch = file.metadata().known().is_some_and(|meta| meta.mode & WRITABLE != 0);
            return Ok(Some(WriteCache { file: file.host_path(), mode, can_switch }));
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
    fn the_caches_below_an_array_are_those_of_its_disks() {
        let base = tempfile::tempdir().unwrap();
        let class = base.path().join("sys/class/block");
        for (name, parent) in [("sda", ""), ("sdb", ""), ("md0", ""), ("sda1", "sda"), ("sdb1", "sdb")] {
            fs::create_dir_all(class.join(parent).join(name)).unwrap();
            fs::write(class.join(parent).join(name).join("dev"), "8:16\n").unwrap();
        }
        for name in ["sda", "sdb"] {
            fs::write(class.join(name).join("cache_type"), "write back\n").unwrap();
            fs::write(class.join(name).join(format!("{name}1/partition")), "1\n").unwrap();
            std::os::unix::fs::symlink(format!("{name}/{name}1"), class.join(format!("{name}1"))).unwrap();
            fs::create_dir_all(class.join(format!("md0/slaves/{name}1"))).unwrap();
        }
        let below = |name| write_caches_below(&Root::fixture(base.path()).unwrap(), name).unwrap();
        let files: Vec<String> = below("md0").into_iter().map(|cache| cache.file).collect();
        assert_eq!(files, ["/sys/class/block/sda/cache_type", "/sys/class/block/sdb/cache_type"]);
        assert_eq!(below("sda1").len(), 1);
    }

    #[test]
    fn a_switch_that_nobody_may_write_to_is_none() {
        use std::os::unix::fs::PermissionsExt;
        let base = tempfile::tempdir().unwrap();
        let disk = base.path().join("sys/class/block/vdb");
        fs::create_dir_all(&disk).unwrap();
        fs::write(disk.join("dev"), "252:16\n").unwrap();
        fs::write(disk.join("cache_type"), "write back\n").unwrap();
        for (mode, can_switch) in [(0o644, true), (0o444, false)] {
            fs::set_permissions(disk.join("cache_type"), fs::Permissions::from_mode(mode)).unwrap();
            let cache = write_cache(&Root::fixture(base.path()).unwrap(), "vdb");
            assert_eq!(cache.known().unwrap().can_switch, can_switch);
        }
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
