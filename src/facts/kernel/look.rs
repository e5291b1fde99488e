//! The kernels of a host looked at by themselves, also where /boot is not mounted.

use super::{Beside, Boot, Kernels, gather, installed_by};
use crate::facts::locate::{Located, volume};
use crate::facts::{Facts, Firmware, Mount, Probed, Root, Running, cmdline, firmware, fstab, mounts};
use crate::format::content::Kind;
use crate::sys::{PrivateMount, look_into};
use crate::tool::Runner;

/// The kernels as they are now.
pub fn now(root: &Root, runner: &dyn Runner) -> Kernels {
    let installed = installed_by(root, runner);
    let (mounts, fstab) = (mounts::gather(root), fstab::gather(root));
    let (cmdline, firmware) = (cmdline::gather(root), firmware::gather(root));
    gather(root, Beside { mounts: &mounts, fstab: &fstab, cmdline: &cmdline, firmware: &firmware }, installed)
}

/// The mount points of what the boot loader reads that are not mounted and that /etc/fstab knows, in the order in which they are mounted.
pub fn unmounted(running: &Running) -> Vec<&'static str> {
    let (Some(mounts), Some(fstab)) = (running.mounts.known(), running.fstab.known()) else { return Vec::new() };
    let is_uefi = matches!(running.firmware.known(), Some(Firmware::Uefi { .. }));
    let points: &[&'static str] = if is_uefi { &["/boot", "/boot/efi"] } else { &["/boot"] };
    let known = |point: &&&str| fstab.iter().any(|entry| entry.point.trim_end_matches('/') == **point);
    let is_mounted = |point: &str| mounts::mounted_at(mounts, point).is_some();
    points.iter().filter(known).filter(|point| !is_mounted(point)).copied().collect()
}

/// The kernels of a host, with what is in a /boot that is not mounted: it is looked into by a read-only mount that nobody else sees.
///
/// # Errors
/// Where what /etc/fstab names for it cannot be found or looked into.
pub fn with_unmounted(root: &Root, facts: &Facts) -> Result<Kernels, String> {
    let Some(running) = &facts.running else { return Err("a host that does not run has no kernel that runs".into()) };
    let points = unmounted(running);
    if points.is_empty() || !root.is_live() || !matches!(running.kernels.boot, Probed::Known(Boot::NotMounted { .. })) {
        return Ok(running.kernels.clone());
    }
    let private: Vec<PrivateMount> =
        points.iter().map(|point| source(facts, running, point)).collect::<Result<_, _>>()?;
    let mounts = match &running.mounts {
        Probed::Known(mounts) => Probed::Known(mounts.iter().cloned().chain(private.iter().map(seen)).collect()),
        other => other.clone(),
    };
    let look = || {
        let beside =
            Beside { mounts: &mounts, fstab: &running.fstab, cmdline: &running.cmdline, firmware: &running.firmware };
        gather(&root.remembering(), beside, running.kernels.installed.clone())
    };
    look_into(&private, look).map_err(|e| format!("/boot, which is not mounted, could not be looked into: {e}"))
}

/// The mount as mountinfo would tell of it.
fn seen(private: &PrivateMount) -> Mount {
    Mount {
        device: crate::facts::DeviceNumber { major: 0, minor: 0 },
        point: private.point.clone(),
        kind: private.kind.to_owned(),
        source: private.device.clone(),
        options: vec!["ro".to_owned()],
    }
}

fn source(facts: &Facts, running: &Running, point: &str) -> Result<PrivateMount, String> {
    let entries = running.fstab.known().map(Vec::as_slice).unwrap_or_default();
    let entry = entries.iter().find(|entry| entry.point.trim_end_matches('/') == point);
    let entry = entry.ok_or_else(|| format!("no line of /etc/fstab names {point}"))?;
    let Located::One(found) = volume(facts, &entry.source) else {
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
