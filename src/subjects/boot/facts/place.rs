//! Where the boot loader's files are, and how they are looked into where /boot is not mounted, as on a node.

use crate::base::cause::cause;
use crate::disk::format::content::Kind;
use crate::host::locate::{Located, volume};
use crate::host::{DeviceNumber, Firmware, FstabEntry, Mount, Node, Probed, Root, Setup, mounts};
use crate::io::sys::{PrivateMount, look_into};

/// What /boot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootPlace {
    /// A folder of the root file system.
    InRoot,
    /// A file system of its own, which is mounted.
    Mounted,
    /// One that is not mounted, and that this line of /etc/fstab knows.
    NotMounted { line: u32 },
}

impl BootPlace {
    /// Where the paths of the boot loader begin on the host.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::InRoot => "",
            Self::Mounted | Self::NotMounted { .. } => FOLDER,
        }
    }
}

const FOLDER: &str = "/boot";
/// Where the EFI System Partition is mounted.
const EFI: &str = "/boot/efi";

/// Which of these it is.
///
/// # Errors
/// Where that is not known.
pub fn boot_place(mounts: &Probed<Vec<Mount>>, fstab: &Probed<Vec<FstabEntry>>) -> Result<BootPlace, String> {
    let mounts = match mounts {
        Probed::Known(mounts) => mounts,
        Probed::Absent => return Err("what is mounted is not known".to_owned()),
        Probed::Unreadable(why) => return Err(why.clone()),
    };
    let fstab = match fstab {
        Probed::Known(entries) => entries.as_slice(),
        Probed::Absent => &[],
        Probed::Unreadable(why) => return Err(why.clone()),
    };
    if mounts::mounted_at(mounts, FOLDER).is_some() {
        return Ok(BootPlace::Mounted);
    }
    match fstab.iter().find(|entry| entry.point.trim_end_matches('/') == FOLDER) {
        Some(entry) => Ok(BootPlace::NotMounted { line: entry.line }),
        None if waits(mounts, FOLDER) => Err("/boot waits to be mounted, and /etc/fstab does not know it".to_owned()),
        None => Ok(BootPlace::InRoot),
    }
}

/// Whether whoever looks into the folder mounts it.
pub fn waits(mounts: &[Mount], point: &str) -> bool {
    mounts.iter().rfind(|mount| mount.point == point).is_some_and(|mount| mount.kind == "autofs")
}

/// The mount points of what the boot loader reads that are not mounted and that /etc/fstab knows, in the order in which
/// they are mounted.
pub fn unmounted(setup: &Setup) -> Vec<&'static str> {
    let (Some(mounts), Some(fstab)) = (setup.mounts.known(), setup.fstab.known()) else { return Vec::new() };
    let is_uefi = matches!(setup.firmware.known(), Some(Firmware::Uefi { .. }));
    let points: &[&'static str] = if is_uefi { &[FOLDER, EFI] } else { &[FOLDER] };
    let known = |point: &&&str| fstab.iter().any(|entry| entry.point.trim_end_matches('/') == **point);
    let is_mounted = |point: &str| mounts::mounted_at(mounts, point).is_some();
    points.iter().filter(known).filter(|point| !is_mounted(point)).copied().collect()
}

/// Looks where what is not mounted is, read-only and seen by nobody else. `look` gets the mounts as mountinfo would
/// show them.
///
/// # Errors
/// Where what /etc/fstab names cannot be found or mounted.
pub fn look_unmounted<T: Send>(
    root: &Root,
    node: &Node,
    setup: &Setup,
    look: impl FnOnce(&Probed<Vec<Mount>>) -> T + Send,
) -> Result<T, String> {
    const MOUNTED: &str = "mounts to look into /boot";
    if root.is_capture() {
        // Without an answer it failed, and that is the answer of the other question.
        return match root.answer(MOUNTED, || Probed::Absent) {
            Ok(mounts) => Ok(look(&mounts)),
            Err(why) => Err(root.answer(&format!("{MOUNTED}: failed"), String::new).unwrap_or(why)),
        };
    }
    let private: Vec<PrivateMount> =
        unmounted(setup).iter().map(|point| source(node, setup, point)).collect::<Result<_, _>>()?;
    let mounts = match &setup.mounts {
        Probed::Known(mounts) => Probed::Known(mounts.iter().cloned().chain(private.iter().map(seen)).collect()),
        other => other.clone(),
    };
    let seen = look_into(&private, || {
        let _ = root.answer(MOUNTED, || mounts.clone());
        look(&mounts)
    });
    seen.map_err(|e| {
        let elsewhere = mounted_elsewhere(&private, &setup.mounts);
        let why = format!("/boot, which is not mounted, could not be looked into: {}{elsewhere}", cause(&e));
        root.answer(&format!("{MOUNTED}: failed"), || why.clone()).unwrap_or(why)
    })
}

/// The kernel mounts no file system read-only that it has mounted to be written to (`EBUSY`).
fn mounted_elsewhere(private: &[PrivateMount], mounts: &Probed<Vec<Mount>>) -> String {
    let is_ours = |mount: &&Mount| private.iter().any(|ours| ours.device == mount.source && ours.point != mount.point);
    let found = mounts.known().into_iter().flatten().find(is_ours);
    found.map_or_else(String::new, |m| format!("; {} is mounted on {}: unmount it there", m.source, m.point))
}

/// The mount, as a line of `/proc/self/mountinfo` would describe it.
fn seen(private: &PrivateMount) -> Mount {
    Mount {
        device: DeviceNumber { major: 0, minor: 0 },
        point: private.point.clone(),
        kind: private.kind.to_owned(),
        source: private.device.clone(),
        options: vec!["ro".to_owned()],
    }
}

fn source(node: &Node, setup: &Setup, point: &str) -> Result<PrivateMount, String> {
    let entries = setup.fstab.known().map(Vec::as_slice).unwrap_or_default();
    let entry = entries.iter().find(|entry| entry.point.trim_end_matches('/') == point);
    let entry = entry.ok_or_else(|| format!("no line of /etc/fstab names {point}"))?;
    let Located::One(found) = volume(node, &entry.source) else {
        return Err(format!("{}, which /etc/fstab names for {point}, was not found", entry.source));
    };
    let (kind, options) = match found.content().map(|content| content.kind) {
        Some(Kind::Ext2) => ("ext2", ""),
        Some(Kind::Ext3) => ("ext3", "noload"),
        Some(Kind::Ext4) => ("ext4", "noload"),
        Some(Kind::Xfs) => ("xfs", "norecovery"),
        Some(Kind::Vfat) => ("vfat", ""),
        other => {
            let what = other.map_or("nothing that was read", Kind::word);
            return Err(format!("{found}, which /etc/fstab names for {point}, holds {what}"));
        }
    };
    Ok(PrivateMount { device: found.device(), point: point.to_owned(), kind, options })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::sample;

    #[test]
    fn a_boot_that_is_mounted_elsewhere_is_named_with_its_mount_point() {
        let private = PrivateMount { device: "/dev/sda2".into(), point: "/boot".into(), kind: "ext4", options: "" };
        let shown = |source: &str, point: &str| {
            let mount = Mount { source: source.into(), ..sample::mount(8, 2, point) };
            mounted_elsewhere(std::slice::from_ref(&private), &Probed::Known(vec![mount]))
        };
        assert_eq!(shown("/dev/sda2", "/mnt"), "; /dev/sda2 is mounted on /mnt: unmount it there");
        assert_eq!((shown("/dev/sda3", "/mnt"), shown("/dev/sda2", "/boot")), (String::new(), String::new()));
    }
}
