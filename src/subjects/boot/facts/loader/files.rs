//! Files as the boot loader finds them: a device and a path on it, and where that is on this host.

use super::menu::Device;
use crate::host::{Probed, Root};

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Folder,
    File { is_empty: bool },
}

/// What reads a host's files for the boot loader's scripts.
pub trait Files {
    fn read(&self, path: &str) -> Probed<Vec<u8>>;
    fn kind(&self, path: &str) -> Probed<FileKind>;
    /// Names in a folder.
    fn names(&self, folder: &str) -> Probed<Vec<String>>;
}

impl Files for Root {
    fn read(&self, path: &str) -> Probed<Vec<u8>> {
        Root::read(self, path)
    }

    fn kind(&self, path: &str) -> Probed<FileKind> {
        let place = match self.at(path) {
            Ok(place) => place,
            Err(why) => return Probed::Unreadable(why),
        };
        place.metadata().map(|meta| match meta.is_dir() {
            true => FileKind::Folder,
            false => FileKind::File { is_empty: meta.len() == 0 },
        })
    }

    fn names(&self, folder: &str) -> Probed<Vec<String>> {
        self.folder(folder).map(|(_, names)| names.into_iter().filter_map(|name| name.into_string().ok()).collect())
    }
}

/// Where the EFI System Partition is mounted.
const EFI: &str = "/boot/efi";

/// The path on this host of a file on `device`; `boot` is where the file system of the boot loader's files begins.
///
/// # Errors
/// Where it is not known which device that is.
pub(super) fn on_host(boot: &str, device: &Device, path: &str) -> Result<String, String> {
    match device {
        Device::Own | Device::Found { .. } => Ok(format!("{boot}{path}")),
        Device::System => Ok(format!("{EFI}{path}")),
        Device::Named(name) => Err(format!("which device ({name}) is, only the firmware knows")),
    }
}
