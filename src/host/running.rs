//! What the kernel of a running host says, from all its sources.

use std::path::Path;

use super::block::{self, BlockDevice};
use super::crypttab::{self, CryptEntry};
use super::firmware::{self, Firmware};
use super::fstab::{self, FstabEntry};
use super::links::{self, Link};
use super::loops::{self, Loop};
use super::mounts::{self, Mount};
use super::probed::Probed;
use super::root::Root;
use super::swaps::{self, SwapArea};
use super::{clock, cmdline, lvm_owner, memory};
use crate::base::cause::cause;
use crate::io::sys::filesystem::df_bytes;

/// What the kernel of a running host says, and fstab beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// The time on the node, in seconds since 1970-01-01 UTC.
    pub now: u64,
    /// When it was started, in seconds since 1970; `Absent` where that is not told.
    pub booted: Probed<u64>,
    pub firmware: Probed<Firmware>,
    /// Swap areas in use (/proc/swaps).
    pub swaps: Probed<Vec<SwapArea>>,
    /// The kernel's own sum of all swap areas, in KiB (`SwapTotal` of /proc/meminfo).
    pub swap_total_kib: Probed<u64>,
    /// All memory, in KiB (`MemTotal`).
    pub memory_kib: Probed<u64>,
    /// Mounts of this process's namespace (/proc/self/mountinfo).
    pub mounts: Probed<Vec<Mount>>,
    /// Loop devices and the files behind them.
    pub loops: Probed<Vec<Loop>>,
    pub fstab: Probed<Vec<FstabEntry>>,
    /// What the next start opens as encrypted (/etc/crypttab).
    pub crypttab: Probed<Vec<CryptEntry>>,
    /// The system identifiers of LVM2 on this host: its own first.
    pub lvm_owner: Probed<Vec<String>>,
    /// The kernel's command line, in words (/proc/cmdline).
    pub cmdline: Probed<Vec<String>>,
    /// The kernel's block devices (/sys/class/block).
    pub block: Probed<Vec<BlockDevice>>,
    /// Links that udev made by serial number and by connection (/dev/disk/by-id, by-path).
    pub links: Probed<Vec<Link>>,
    /// What `df` says now of a mounted /boot, in bytes; `Absent` where /boot is not a mount point.
    pub boot_df_bytes: Probed<u64>,
}

/// Asks every source of `root`.
pub fn running(root: &Root) -> Running {
    let mounts = mounts::gather(root);
    let mounted = mounts.known().map(Vec::as_slice);
    let fstab = fstab::gather(root).map(|entries| match mounted {
        Some(mounted) => fstab::with_points(entries, root, mounted),
        None => entries,
    });
    let totals = memory::totals(root);
    Running {
        now: clock::now(root),
        booted: clock::booted(root),
        firmware: firmware::gather(root),
        swaps: swaps::gather(root),
        swap_total_kib: totals.as_ref().map(|totals| totals.swap_kib),
        memory_kib: totals.map(|totals| totals.memory_kib),
        boot_df_bytes: boot_df_bytes(root, &mounts),
        mounts,
        loops: loops::gather(root),
        fstab,
        crypttab: crypttab::gather(root),
        lvm_owner: lvm_owner::gather(root, host_name(root)),
        links: links::gather(root),
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

/// What `df` says of /boot. Asked only where mountinfo proves the mount, because `df` of an unmounted directory answers
/// for the root file system.
///
/// A fixture host with /boot mounted has nobody to ask, and so is [`Probed::Unreadable`]; with /boot not mounted, as on
/// a node, it is [`Probed::Absent`] like the live host.
fn boot_df_bytes(root: &Root, mounts: &Probed<Vec<Mount>>) -> Probed<u64> {
    mounts.as_ref().and_then(|mounts| {
        if mounts::mounted_at(mounts, "/boot").is_none() {
            return Probed::Absent;
        }
        if !root.has_answers() {
            return Probed::Unreadable("/boot: a saved host cannot be asked by statfs".to_owned());
        }
        let ask = || df_bytes(Path::new("/boot")).map_err(|e| format!("/boot: {}", cause(&e)));
        root.answer("df /boot", ask).and_then(|bytes| bytes).into()
    })
}
