//! What is true now. Gathers, never judges; one source a file.
//!
//! Every source answers with [`Probed`], so that "could not look" is never mistaken for an answer.

use crate::disk::Disk;

pub mod block;
pub mod boot;
pub mod cmdline;
#[cfg(test)]
mod damage;
pub mod firmware;
pub mod fstab;
mod gather;
mod glob;
pub mod growth;
pub mod inventory;
pub mod kernel;
mod line;
pub mod locate;
pub mod lvm;
pub mod memory;
pub mod mounts;
pub mod procedure;
pub mod root;
mod running;
#[cfg(test)]
pub(crate) mod sample;
pub mod ssh;
pub mod swaps;

pub use gather::{of_disks, of_host, of_host_at};
pub use line::BadLine;
pub use root::Root;
pub use running::{host_name, running};

/// What looking at one source gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probed<T> {
    /// It was read, and says this.
    Known(T),
    /// It was looked for, and is surely not there.
    Absent,
    /// It could not be looked at, for this reason.
    Unreadable(String),
}

impl<T> Probed<T> {
    /// What it says, where it was read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }
}

/// Everything the rules judge.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Name of the host, or of what stands for it.
    pub host: String,
    /// What the disks say, in the order of their names or of the command line.
    pub disks: Vec<Disk>,
    /// What only a running host can tell; `None` where disks of a powered-off node are judged.
    pub running: Option<Running>,
}

impl Facts {
    /// The release that the node says it has, where it runs and says so.
    pub fn release(&self) -> Option<&str> {
        self.running.as_ref()?.procedure.release.agreed()
    }

    /// Why what was not found on the disks may yet be there: a disk that could not be read, or something on it that could not be
    /// understood. `None` where everything was read and makes sense.
    pub fn why_incomplete(&self) -> Option<String> {
        match self.running.as_ref().map(|running| &running.block) {
            Some(Probed::Unreadable(why)) => return Some(format!("the disks of this host could not be listed: {why}")),
            Some(Probed::Absent) => return Some("this host does not list its disks".to_owned()),
            Some(Probed::Known(_)) | None if self.disks.is_empty() => return Some("there is no disk".to_owned()),
            Some(Probed::Known(_)) | None => {}
        }
        self.disks.iter().find_map(|disk| disk.what_may_hide().map(|problem| disk.says(problem)))
    }
}

/// What only a running host can tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// How the firmware started this host.
    pub firmware: Probed<Firmware>,
    /// Swap areas in use (/proc/swaps).
    pub swaps: Probed<Vec<SwapArea>>,
    /// The kernel's own sum of all swap areas, in KiB (`SwapTotal` of /proc/meminfo).
    pub swap_total_kib: Probed<u64>,
    /// Mounts of this process's namespace (/proc/self/mountinfo).
    pub mounts: Probed<Vec<Mount>>,
    /// /etc/fstab.
    pub fstab: Probed<Vec<FstabEntry>>,
    /// The kernel's command line, in words (/proc/cmdline).
    pub cmdline: Probed<Vec<String>>,
    /// The kernel's block devices (/sys/class/block).
    pub block: Probed<Vec<BlockDevice>>,
    /// What `df` says now of a mounted /boot, in bytes; `Absent` where /boot is not a mount point.
    pub boot_df_bytes: Probed<u64>,
    /// sshd's host keys; `Absent` where there is no /etc/ssh.
    pub ssh: Probed<ssh::Ssh>,
    /// Kernels: installed, running, and what the boot loader knows of them.
    pub kernels: kernel::Kernels,
    /// What the upgrade procedure touches besides disks and keys.
    pub procedure: procedure::Procedure,
}

/// How the firmware started the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Firmware {
    /// UEFI: the kernel has /sys/firmware/efi on a real sysfs.
    Uefi {
        /// 32 or 64, where the kernel tells (fw_platform_size).
        bits: Option<u8>,
    },
    /// BIOS, or UEFI in its BIOS compatibility mode: a readable sysfs without /sys/firmware/efi.
    Bios,
}

/// A line of /proc/swaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwapArea {
    /// Path as the kernel shows it, with octal escapes decoded.
    pub path: String,
    /// Whether it is a file; else a partition or other block device.
    pub is_file: bool,
    /// Size in KiB as the kernel shows it: one page short of the area.
    pub kib: u64,
    /// Used, in KiB.
    pub used_kib: u64,
    /// Priority.
    pub priority: i32,
}

/// A line of /proc/self/mountinfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Device number of the file system.
    pub device: DeviceNumber,
    /// Mount point, with octal escapes decoded; not necessarily UTF-8, so lossily converted.
    pub point: String,
    /// File system type.
    pub kind: String,
    /// Source as it was given to mount(2).
    pub source: String,
    /// Mount options and super block options, in words.
    pub options: Vec<String>,
}

/// A line of /etc/fstab that is no comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FstabEntry {
    /// Line number, from 1.
    pub line: u32,
    /// First field: a path, `UUID=`, `LABEL=`, `PARTUUID=`, `PARTLABEL=`; quotes and escapes decoded.
    pub source: String,
    /// Second field; `none` or `swap` for swap.
    pub point: String,
    /// Third field.
    pub kind: String,
    /// Fourth field, in words.
    pub options: Vec<String>,
}

/// Major and minor number of a block device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceNumber {
    /// Major number.
    pub major: u32,
    /// Minor number.
    pub minor: u32,
}

/// A block device as sysfs shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockDevice {
    /// Kernel name: `sda`, `sda1`, `dm-0`; a `!` of sysfs is shown as `/`.
    pub name: String,
    /// Device number.
    pub device: DeviceNumber,
    /// Size in bytes.
    pub bytes: u64,
    /// For a partition: the name of its whole disk, and its number.
    pub partition_of: Option<(String, u32)>,
    /// For a device-mapper device: its name and UUID (`LVM-...`, `mpath-...`).
    pub mapped: Option<(String, String)>,
    /// Names of the devices below it (slaves/).
    pub slaves: Vec<String>,
    /// Names of the devices above it: those that have it among their slaves.
    pub holders: Vec<String>,
    /// Whether a driver stands behind it that makes it a disk of this host: not a loop, RAM, zram, optical or floppy device,
    /// not a partition, not device-mapper or md, and not of zero size.
    pub is_physical_disk: bool,
}
