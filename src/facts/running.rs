//! What the kernel of a running host says, from all its sources.

use std::path::Path;

use super::procedure::{clock, loops};
use super::root::Root;
use super::{Mount, Probed, Running, block, cmdline, firmware, fstab, memory, mounts, swaps};
use crate::sys::filesystem::df_bytes;

/// Asks every source of `root`.
pub fn running(root: &Root) -> Running {
    let mounts = mounts::gather(root);
    Running {
        now: clock::now(root),
        booted: clock::booted(root),
        firmware: firmware::gather(root),
        swaps: swaps::gather(root),
        swap_total_kib: memory::gather(root),
        boot_df_bytes: boot_df_bytes(root, &mounts),
        mounts,
        loops: loops::gather(root),
        fstab: fstab::gather(root),
        cmdline: cmdline::gather(root),
        block: block::gather(root),
    }
}

/// The host's own name, as `uname -n` prints it (`/proc/sys/kernel/hostname`).
pub fn host_name(root: &Root) -> Probed<String> {
    root.parse_always_there("/proc/sys/kernel/hostname", |name| match str::from_utf8(name.trim_ascii()) {
        Ok(name) if !name.is_empty() && !name.contains(char::is_control) => Ok(name.to_owned()),
        _ => Err("it is no name"),
    })
}

/// What `df` says of /boot. Asked only where mountinfo proves the mount, because `df` of an unmounted directory answers for the
/// root file system.
///
/// A fixture host with /boot mounted has nobody to ask, and so is [`Probed::Unreadable`]; with /boot not mounted, as on a
/// node, it is [`Probed::Absent`] like the live host.
fn boot_df_bytes(root: &Root, mounts: &Probed<Vec<Mount>>) -> Probed<u64> {
    let mounts = match mounts {
        Probed::Known(mounts) => mounts,
        Probed::Absent => return Probed::Absent,
        Probed::Unreadable(why) => return Probed::Unreadable(why.clone()),
    };
    if mounts::mounted_at(mounts, "/boot").is_none() {
        return Probed::Absent;
    }
    if !root.is_live() {
        return Probed::Unreadable("/boot: a fixture host cannot be asked by statfs".to_owned());
    }
    match df_bytes(Path::new("/boot")) {
        Ok(bytes) => Probed::Known(bytes),
        Err(e) => Probed::Unreadable(format!("/boot: {e}")),
    }
}
