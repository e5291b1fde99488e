//! How a node is set up: what its own files say of the next start, what is mounted, and the firmware that starts it.

use super::crypttab::{self, CryptEntry};
use super::firmware::{self, Firmware};
use super::fstab::{self, FstabEntry};
use super::lvm_owner;
use super::mounts::{self, Mount};
use super::probed::Probed;
use super::root::Root;
use super::running::host_name;

/// How a node is set up, whether it runs or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    pub firmware: Probed<Firmware>,
    /// Mounts of this process's namespace (/proc/self/mountinfo). Of a powered-off node: what was opened of what the
    /// next start mounts.
    pub mounts: Probed<Vec<Mount>>,
    pub fstab: Probed<Vec<FstabEntry>>,
    /// What the next start opens as encrypted (/etc/crypttab).
    pub crypttab: Probed<Vec<CryptEntry>>,
    /// The system identifiers of LVM2 on this host: its own first.
    pub lvm_owner: Probed<Vec<String>>,
}

/// Asks every source of `root`.
pub fn setup(root: &Root) -> Setup {
    Setup { firmware: firmware::gather(root), ..by_files(root, mounts::gather(root), host_name(root)) }
}

/// Asks the files of a node that is powered off, where this is mounted.
pub fn setup_of_disks(root: &Root, mounts: Probed<Vec<Mount>>) -> Setup {
    let name = own_name(root).ok_or_else(|| "/etc/hostname has no name".to_owned());
    by_files(root, mounts, Probed::from(name))
}

/// What files say of a node of this name.
fn by_files(root: &Root, mounts: Probed<Vec<Mount>>, name: Probed<String>) -> Setup {
    let fstab = fstab::gather(root).map(|entries| match mounts.known() {
        Some(mounted) => fstab::with_points(entries, root, mounted),
        None => entries,
    });
    Setup {
        firmware: Probed::Absent,
        mounts,
        fstab,
        crypttab: crypttab::gather(root),
        lvm_owner: lvm_owner::gather(root, name),
    }
}

/// The name that a node gives itself at its start (hostname(5)).
pub fn own_name(root: &Root) -> Option<String> {
    let text = root.read("/etc/hostname");
    let lines = text.known().and_then(|text| str::from_utf8(text).ok())?.lines().map(str::trim);
    let name = lines.into_iter().find(|line| !line.is_empty() && !line.starts_with('#'))?;
    (!name.contains(char::is_control)).then(|| name.to_owned())
}
