//! The kernels of a host looked at by themselves, also where /boot is not mounted.

use super::{Beside, Boot, Kernels, gather_beside, installed};
use crate::disk::format::content::Kind;
use crate::host::locate::{Located, volume};
use crate::host::{Firmware, Mount, Node, Probed, Root, Running, cmdline, firmware, fstab, mounts};
use crate::io::sys::{PrivateMount, look_into};
use crate::io::tool::Runner;

pub fn now(root: &Root, runner: &dyn Runner) -> Kernels {
    let installed = installed(root, runner);
    let (mounts, fstab) = (mounts::gather(root), fstab::gather(root));
    let (cmdline, firmware) = (cmdline::gather(root), firmware::gather(root));
    gather_beside(root, Beside { mounts: &mounts, fstab: &fstab, cmdline: &cmdline, firmware: &firmware }, installed)
}

/// The mount points of what the boot loader reads that are not mounted and that /etc/fstab knows, in the order in which
/// they are mounted.
pub fn unmounted(running: &Running) -> Vec<&'static str> {
    let (Some(mounts), Some(fstab)) = (running.mounts.known(), running.fstab.known()) else { return Vec::new() };
    let is_uefi = matches!(running.firmware.known(), Some(Firmware::Uefi { .. }));
    let points: &[&'static str] = if is_uefi { &["/boot", "/boot/efi"] } else { &["/boot"] };
    let known = |point: &&&str| fstab.iter().any(|entry| entry.point.trim_end_matches('/') == **point);
    let is_mounted = |point: &str| mounts::mounted_at(mounts, point).is_some();
    points.iter().filter(known).filter(|point| !is_mounted(point)).copied().collect()
}

/// A place that cannot be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOnly {
    pub point: String,
    /// The line of /etc/fstab that says so, where it is not mounted yet.
    pub line: Option<u32>,
}

/// What the files of kernels and the menu lie in and is mounted read-only, or would be by /etc/fstab.
pub fn read_only(running: &Running) -> Vec<ReadOnly> {
    // mountinfo has the options of the mount and those of the file system: both must let write. In fstab the last one
    // counts.
    let says_ro = |options: &[String]| options.iter().any(|option| option == "ro");
    let asks_ro =
        |options: &[String]| options.iter().rfind(|o| matches!(o.as_str(), "ro" | "rw")).is_some_and(|o| o == "ro");
    let mounts = running.mounts.known().map(Vec::as_slice).unwrap_or_default();
    let now = ["/", "/usr", "/boot", "/boot/efi"].into_iter().filter_map(|point| mounts::mounted_at(mounts, point));
    let now =
        now.filter(|mount| says_ro(&mount.options)).map(|mount| ReadOnly { point: mount.point.clone(), line: None });
    let fstab = running.fstab.known().map(Vec::as_slice).unwrap_or_default();
    let then = unmounted(running).into_iter().filter_map(|point| {
        let entry = fstab.iter().find(|entry| entry.point.trim_end_matches('/') == point)?;
        asks_ro(&entry.options).then(|| ReadOnly { point: point.to_owned(), line: Some(entry.line) })
    });
    now.chain(then).collect()
}

/// The kernels of a host, with what is in a /boot that is not mounted: it is looked into by a read-only mount that
/// nobody else sees.
///
/// # Errors
/// Where what /etc/fstab names for it cannot be found or looked into.
pub fn with_unmounted(root: &Root, node: &Node, kernels: Kernels) -> Result<Kernels, String> {
    let Some(running) = &node.running else { return Err("a host that does not run has no kernel that runs".into()) };
    let points = unmounted(running);
    if points.is_empty() || !root.is_live() || !matches!(kernels.boot, Probed::Known(Boot::NotMounted { .. })) {
        return Ok(kernels);
    }
    let private: Vec<PrivateMount> =
        points.iter().map(|point| source(node, running, point)).collect::<Result<_, _>>()?;
    let mounts = match &running.mounts {
        Probed::Known(mounts) => Probed::Known(mounts.iter().cloned().chain(private.iter().map(seen)).collect()),
        other => other.clone(),
    };
    let look = || {
        let beside =
            Beside { mounts: &mounts, fstab: &running.fstab, cmdline: &running.cmdline, firmware: &running.firmware };
        gather_beside(&root.remembering(), beside, kernels.installed.clone())
    };
    look_into(&private, look).map_err(|e| {
        let elsewhere = mounted_elsewhere(&private, &running.mounts);
        format!("/boot, which is not mounted, could not be looked into: {e}{elsewhere}")
    })
}

/// The kernel mounts no file system read-only that it has mounted to be written to (`EBUSY`).
fn mounted_elsewhere(private: &[PrivateMount], mounts: &Probed<Vec<Mount>>) -> String {
    let is_ours = |mount: &&Mount| private.iter().any(|ours| ours.device == mount.source && ours.point != mount.point);
    let found = mounts.known().into_iter().flatten().find(is_ours);
    found.map_or_else(String::new, |m| format!("; {} is mounted on {}: unmount it there", m.source, m.point))
}

/// The mount as mountinfo would tell of it.
fn seen(private: &PrivateMount) -> Mount {
    Mount {
        device: crate::host::DeviceNumber { major: 0, minor: 0 },
        point: private.point.clone(),
        kind: private.kind.to_owned(),
        source: private.device.clone(),
        options: vec!["ro".to_owned()],
    }
}

fn source(node: &Node, running: &Running, point: &str) -> Result<PrivateMount, String> {
    let entries = running.fstab.known().map(Vec::as_slice).unwrap_or_default();
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

    fn places(mounted: &[(&str, &[&str])], fstab: &[&str]) -> Vec<ReadOnly> {
        let words = |options: &[&str]| options.iter().map(|&option| option.to_owned()).collect();
        let mut running = sample::node().running.unwrap();
        let mount =
            |(point, options): &(&str, &[&str])| Mount { options: words(options), ..sample::mount(8, 1, point) };
        running.mounts = Probed::Known(mounted.iter().map(mount).collect());
        let entry = crate::host::FstabEntry { options: words(fstab), ..sample::fstab(7, "LABEL=boot", "/boot/") };
        running.fstab = Probed::Known(vec![entry]);
        read_only(&running)
    }

    #[test]
    fn a_boot_that_is_mounted_elsewhere_is_named_with_its_mount_point() {
        let private = PrivateMount { device: "/dev/sda2".into(), point: "/boot".into(), kind: "ext4", options: "" };
        let told = |source: &str, point: &str| {
            let mount = Mount { source: source.into(), ..sample::mount(8, 2, point) };
            mounted_elsewhere(std::slice::from_ref(&private), &Probed::Known(vec![mount]))
        };
        assert_eq!(told("/dev/sda2", "/mnt"), "; /dev/sda2 is mounted on /mnt: unmount it there");
        assert_eq!((told("/dev/sda3", "/mnt"), told("/dev/sda2", "/boot")), (String::new(), String::new()));
    }

    #[test]
    fn a_place_is_read_only_by_its_mount_its_file_system_or_the_line_that_would_mount_it() {
        let root: (&str, &[&str]) = ("/", &["rw", "rw"]);
        let of = |point: &str, line| vec![ReadOnly { point: point.into(), line }];
        assert_eq!(places(&[root, ("/boot", &["rw", "relatime", "rw"]), ("/mnt", &["ro", "ro"])], &["ro"]), vec![]);
        assert_eq!(places(&[root, ("/boot", &["rw", "relatime", "ro"])], &[]), of("/boot", None));
        assert_eq!(places(&[root, ("/usr", &["ro", "rw"]), ("/boot", &["rw"])], &[]), of("/usr", None));
        assert_eq!(places(&[root], &["noauto", "ro"]), of("/boot", Some(7)));
        assert_eq!(places(&[root], &["ro", "rw"]), vec![]);
        // What covers it counts.
        assert_eq!(places(&[root, ("/boot", &["ro"]), ("/boot", &["rw"])], &[]), vec![]);
    }
}
