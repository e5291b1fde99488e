//! Which disks a device stands on.

use super::BlockDevice;

/// Most levels of devices above one another that are followed.
pub(super) const DEEPEST: usize = 8;

/// Kernel names of the devices without slaves below the one of this name, each once.
pub fn leaves_below<'b>(devices: &'b [BlockDevice], name: &'b str) -> Vec<&'b str> {
    let mut level = vec![name];
    for _ in 0..DEEPEST {
        let below = |name: &&'b str| devices.iter().find(|d| d.name == **name).map(|d| d.slaves.as_slice());
        let is_leaf = |name: &&'b str| below(name).is_none_or(<[String]>::is_empty);
        let mut next: Vec<&str> = level.iter().filter(|name| is_leaf(name)).copied().collect();
        next.extend(level.iter().filter_map(below).flatten().map(String::as_str));
        next.sort_unstable();
        next.dedup();
        if next == level {
            break;
        }
        level = next;
    }
    level
}

/// Kernel names of the whole disks below the device at `path`: `/dev/sda1`, `/dev/md127`, `/dev/mapper/mpatha`.
pub fn whole_disks_below<'b>(devices: &'b [BlockDevice], path: &'b str) -> Vec<&'b str> {
    let name = path.strip_prefix("/dev/").unwrap_or(path);
    let mapped = path.strip_prefix("/dev/mapper/");
    let is_it = |device: &&BlockDevice| {
        device.name == name || device.mapped.as_ref().is_some_and(|(name, _)| Some(name.as_str()) == mapped)
    };
    let name = devices.iter().find(is_it).map_or(name, |device| device.name.as_str());
    let whole = |leaf: &'b str| {
        let device = devices.iter().find(|device| device.name == leaf);
        device.and_then(|device| device.partition_of.as_ref()).map_or(leaf, |(whole, _)| whole.as_str())
    };
    let mut disks: Vec<&str> = leaves_below(devices, name).into_iter().map(whole).collect();
    disks.sort_unstable();
    disks.dedup();
    disks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::DeviceNumber;

    fn device(name: &str, slaves: &[&str]) -> BlockDevice {
        BlockDevice {
            name: name.into(),
            device: DeviceNumber { major: 8, minor: 0 },
            bytes: 1 << 30,
            partition_of: name.ends_with('1').then(|| (name.trim_end_matches('1').to_owned(), 1)),
            mapped: None,
            slaves: slaves.iter().map(|slave| (*slave).to_owned()).collect(),
            holders: vec![],
            is_physical_disk: slaves.is_empty(),
        }
    }

    #[test]
    fn an_array_and_a_multipath_device_stand_on_the_disks_of_their_members() {
        let mut multipath = device("dm-3", &["sdc", "sdd"]);
        multipath.mapped = Some(("mpatha".into(), "mpath-1".into()));
        let array = device("md0", &["sda1", "sdb1"]);
        let all = ["sda", "sda1", "sdb", "sdb1", "sdc", "sdd"].map(|name| device(name, &[]));
        let devices: Vec<BlockDevice> = all.into_iter().chain([multipath, array]).collect();
        let below = |path| whole_disks_below(&devices, path);
        assert_eq!(below("/dev/md0"), ["sda", "sdb"]);
        assert_eq!(below("/dev/mapper/mpatha"), ["sdc", "sdd"]);
        assert_eq!((below("/dev/sda1"), below("/dev/sda"), below("/dev/sdz")), (vec!["sda"], vec!["sda"], vec!["sdz"]));
    }
}
