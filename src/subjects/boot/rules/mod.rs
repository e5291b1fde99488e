//! Rules on how the node starts.

pub mod boot_mode;
pub mod boot_size;
pub mod fstab_mounts;
