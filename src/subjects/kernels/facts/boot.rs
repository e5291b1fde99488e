//! /boot: whether it is what the boot loader reads, its files, and the room in it.

use std::path::Path;

use super::Beside;
use super::files::{self, BootFile};
use crate::host::{Firmware, Probed, Root, mounts};
use crate::io::sys::filesystem::free_bytes;
use crate::subjects::boot::Loader;

/// What is at /boot.
#[derive(Debug, Clone, PartialEq)]
pub enum Boot {
    /// What the boot loader reads.
    Seen(Box<SeenBoot>),
    /// /boot is a file system of its own that is not mounted, as on a node. What the boot loader reads is not seen.
    NotMounted {
        /// The line of /etc/fstab that knows it.
        line: u32,
        /// Files of kernels that lie in the folder below the mount point, where no boot loader finds them.
        shadowed: Vec<BootFile>,
    },
}

/// /boot as the boot loader reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenBoot {
    /// Whether it is a file system of its own; else it is a part of the root file system.
    pub mounted: bool,
    /// The files of kernels in it, in the order of their names.
    pub files: Vec<BootFile>,
    /// Bytes that are free in it for root; unreadable on a fixture host.
    pub free_bytes: Probed<u64>,
    pub loader: Probed<Loader>,
}

impl Boot {
    /// What the boot loader reads.
    ///
    /// # Errors
    /// Where it is not seen, with the reason.
    pub fn seen(&self) -> Result<&SeenBoot, String> {
        match self {
            Self::Seen(seen) => Ok(seen),
            Self::NotMounted { line, .. } => Err(format!("/boot is not mounted (/etc/fstab line {line} has it)")),
        }
    }
}

impl super::Kernels {
    /// What the boot loader will do, where /boot and its configuration were seen.
    pub fn loader(&self) -> Option<&Loader> {
        self.boot.known()?.seen().ok()?.loader.known()
    }
}

impl SeenBoot {
    /// Bytes of the files of that kernel.
    pub fn bytes_of(&self, release: &str) -> u64 {
        let own = self.files.iter().filter(|file| file.kind.release() == Some(release));
        own.fold(0, |sum, file| sum.saturating_add(file.bytes))
    }
}

const FOLDER: &str = "/boot";
/// Where the EFI System Partition is mounted.
const EFI: &str = "/boot/efi";

pub(super) fn gather(root: &Root, beside: Beside<'_>) -> Probed<Boot> {
    Probed::from(look(root, beside))
}

fn look(root: &Root, beside: Beside<'_>) -> Result<Boot, String> {
    let mounts = known(beside.mounts, "what is mounted is not known")?;
    let mounts = mounts.map(Vec::as_slice).unwrap_or_default();
    let mounted = mounts::mounted_at(mounts, FOLDER).is_some();
    let fstab = known(beside.fstab, "")?;
    let of_boot = |point: &str| point.trim_end_matches('/') == FOLDER;
    let line = fstab.and_then(|entries| entries.iter().find(|entry| of_boot(&entry.point))).map(|entry| entry.line);
    // Whoever looks into a folder that waits to be mounted mounts it. What lies below is not seen then either.
    let waits = |point| mounts.iter().rfind(|mount| mount.point == point).is_some_and(|mount| mount.kind == "autofs");
    let files = if waits(FOLDER) { vec![] } else { files::gather(root)? };
    match line {
        Some(line) if !mounted => return Ok(Boot::NotMounted { line, shadowed: files }),
        None if waits(FOLDER) => return Err("/boot waits to be mounted, and /etc/fstab does not know it".to_owned()),
        _ => {}
    }
    // In a file system of its own, the boot loader's paths begin at /boot.
    let loader = match beside.firmware {
        Probed::Known(Firmware::Uefi { .. }) if waits(EFI) => Probed::Unreadable(format!("{EFI} is not mounted")),
        firmware => crate::subjects::boot::boot_loader(root, firmware, if mounted { FOLDER } else { "" }),
    };
    Ok(Boot::Seen(Box::new(SeenBoot { mounted, files, free_bytes: free(root), loader })))
}

/// What a source says; `None` where it is surely not there and `why_not` is empty.
fn known<'p, T>(probed: &'p Probed<T>, why_not: &str) -> Result<Option<&'p T>, String> {
    match probed {
        Probed::Known(value) => Ok(Some(value)),
        Probed::Absent if why_not.is_empty() => Ok(None),
        Probed::Absent => Err(why_not.to_owned()),
        Probed::Unreadable(why) => Err(why.clone()),
    }
}

fn free(root: &Root) -> Probed<u64> {
    if !root.is_live() {
        return Probed::Unreadable("/boot: a saved host cannot be asked by statfs".to_owned());
    }
    match free_bytes(Path::new(FOLDER)) {
        Ok(bytes) => Probed::Known(bytes),
        Err(why) => Probed::Unreadable(format!("/boot: {why}")),
    }
}
