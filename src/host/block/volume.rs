//! The device of a logical volume as the kernel has it now. LVM2's metadata can say more: where it was cut off before
//! it had the kernel load the new table, or between suspend and resume (sysfs:
//! `Documentation/ABI/testing/sysfs-block-dm`).

use super::{bad, figure, text};
use crate::host::probed::Probed;
use crate::host::root::Root;

/// A device as the kernel has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeDevice {
    /// The kernel's path: `/dev/dm-0`.
    pub path: String,
    pub bytes: u64,
    /// Whether whatever reads or writes it waits, where no signal ends it, until it is resumed.
    pub is_suspended: bool,
}

/// The device that a link of /dev leads to. Looks at sysfs alone, and never opens it.
pub fn volume_device(root: &Root, path: &str) -> Probed<VolumeDevice> {
    let device = Probed::from(root.at(path)).and_then(|place| place.metadata().map(|_| place.host_path()));
    device.and_then(|device| Probed::from(look(root, device)))
}

fn look(root: &Root, path: String) -> Result<VolumeDevice, String> {
    let name = path.strip_prefix("/dev/").ok_or_else(|| format!("{path}: no device"))?.replace('/', "!");
    let place = root.at(format!("/sys/class/block/{name}"))?;
    let size = figure(&place, "size")?.ok_or_else(|| format!("{}/size: there is no such file", place.host_path()))?;
    let bytes = size.checked_mul(super::UNIT).ok_or_else(|| bad(&place, "size", &size.to_string()))?;
    let is_suspended = text(&place, "dm/suspended")?.is_some_and(|suspended| suspended != "0");
    Ok(VolumeDevice { path, bytes, is_suspended })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn size_and_suspension_are_those_of_the_device_behind_the_link() {
        let base = tempfile::tempdir().unwrap();
        let look = || volume_device(&Root::fixture(base.path()).unwrap(), "/dev/vg/lv");
        for folder in ["dev/vg", "sys/class/block/dm-3/dm"] {
            fs::create_dir_all(base.path().join(folder)).unwrap();
        }
        std::os::unix::fs::symlink("../dm-3", base.path().join("dev/vg/lv")).unwrap();
        assert_eq!(look(), Probed::Absent, "the link leads nowhere");
        fs::write(base.path().join("dev/dm-3"), b"").unwrap();
        assert!(matches!(look(), Probed::Unreadable(why) if why.contains("size")));
        fs::write(base.path().join("sys/class/block/dm-3/size"), b"2048\n").unwrap();
        let device = VolumeDevice { path: "/dev/dm-3".into(), bytes: 1 << 20, is_suspended: false };
        assert_eq!(look(), Probed::Known(device.clone()));
        fs::write(base.path().join("sys/class/block/dm-3/dm/suspended"), b"0\n").unwrap();
        assert_eq!(look(), Probed::Known(device.clone()));
        fs::write(base.path().join("sys/class/block/dm-3/dm/suspended"), b"1\n").unwrap();
        assert_eq!(look(), Probed::Known(VolumeDevice { is_suspended: true, ..device }));
    }
}
