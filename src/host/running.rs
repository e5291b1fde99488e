//! What the kernel of a running host says, from all its sources.

use std::path::Path;

use super::block::{self, BlockDevice};
use super::links::{self, Link};
use super::loops::{self, Loop};
use super::mounts::{self, Mount};
use super::probed::Probed;
use super::root::Root;
use super::swaps::{self, SwapArea};
use super::{clock, cmdline, memory};
use crate::base::cause::cause;
use crate::io::sys::filesystem::df_bytes;

/// What the kernel of a running host says.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// When it was started, in seconds since 1970; `Absent` where that is not told.
    pub booted: Probed<u64>,
    /// Swap areas in use (/proc/swaps).
    pub swaps: Probed<Vec<SwapArea>>,
    /// The kernel's own sum of all swap areas, in KiB (`SwapTotal` of /proc/meminfo).
    pub swap_total_kib: Probed<u64>,
    /// All memory, in KiB (`MemTotal`).
    pub memory_kib: Probed<u64>,
    /// Loop devices and the files behind them.
    pub loops: Probed<Vec<Loop>>,
    /// The kernel's command line, in words (/proc/cmdline).
    pub cmdline: Probed<Vec<String>>,
    /// The kernel's block devices (/sys/class/block).
    pub block: Probed<Vec<BlockDevice>>,
    /// Links that udev made by serial number and by connection (/dev/disk/by-id, by-path).
    pub links: Probed<Vec<Link>>,
    /// What `df` says now of a mounted /boot, in bytes; `Absent` where /boot is not a mount point.
    pub boot_df_bytes: Probed<u64>,
}

/// Asks every source of `root`. `mounts` as in [`Setup`](super::Setup).
pub fn running(root: &Root, mounts: &Probed<Vec<Mount>>) -> Running {
    let totals = memory::totals(root);
    Running {
        booted: clock::booted(root),
        swaps: swaps::gather(root),
        swap_total_kib: totals.as_ref().map(|totals| totals.swap_kib),
        memory_kib: totals.map(|totals| totals.memory_kib),
        boot_df_bytes: boot_df_bytes(root, mounts),
        loops: loops::gather(root),
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
