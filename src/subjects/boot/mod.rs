//! How the node starts: its firmware, the disk it boots from, /boot, and the boot loader's menu.

pub mod disagreement;
pub mod facts;
mod fstab;
mod mount_options;
pub mod required_mount;
pub mod rules;
pub mod volume;

pub use disagreement::{firmware_disagreement, firmware_of_disks};
pub use facts::loader::menu::{DefaultEntry, Device, Entry};
pub use facts::loader::{Loader, boot_loader};
pub use facts::place::{BootPlace, boot_place, look_unmounted, unmounted, waits};
pub use required_mount::{MountProblem, Severity, mount_problems};
pub use volume::{BootDisk, BootEvidence, BootVolume, DiskEvidence, boot_disk, boot_volume, readable_boot_disk};
