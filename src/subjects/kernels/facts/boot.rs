//! /boot: whether it is what the boot loader reads, its files, and the room in it.

use std::path::Path;

use super::Beside;
use super::files::{self, BootFile};
use crate::host::{Firmware, Probed, Root};
use crate::io::sys::filesystem::free_bytes;
use crate::subjects::boot::{BootPlace, Loader, boot_loader, boot_place, waits};

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
    /// Whether no name can be removed from the folder itself.
    pub is_immutable: Probed<bool>,
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
    let place = boot_place(beside.mounts, beside.fstab)?;
    let mounts = beside.mounts.known().map(Vec::as_slice).unwrap_or_default();
    // Whoever looks into a folder that waits to be mounted mounts it. What lies below is not seen then either.
    let files = if waits(mounts, FOLDER) { vec![] } else { files::gather(root, beside.images)? };
    if let BootPlace::NotMounted { line } = place {
        return Ok(Boot::NotMounted { line, shadowed: files });
    }
    let loader = match beside.firmware {
        Probed::Known(Firmware::Uefi { .. }) if waits(mounts, EFI) => {
            Probed::Unreadable(format!("{EFI} is not mounted"))
        }
        firmware => boot_loader(root, firmware, place.prefix()),
    };
    let mounted = place == BootPlace::Mounted;
    let is_immutable = files::is_immutable(&root.at(FOLDER)?);
    Ok(Boot::Seen(Box::new(SeenBoot { mounted, files, free_bytes: free(root), loader, is_immutable })))
}

fn free(root: &Root) -> Probed<u64> {
    if !root.has_answers() {
        return Probed::Unreadable("/boot: a saved host cannot be asked by statfs".to_owned());
    }
    let ask = || free_bytes(Path::new(FOLDER)).map_err(|why| why.to_string());
    match root.at(FOLDER).and_then(|place| place.answer("statfs", ask)).and_then(|bytes| bytes) {
        Ok(bytes) => Probed::Known(bytes),
        Err(why) => Probed::Unreadable(format!("/boot: {why}")),
    }
}
