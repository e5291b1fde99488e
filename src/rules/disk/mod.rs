//! Rules on the disks themselves and on how the node boots from them.

pub(crate) mod boot_mode;
pub(crate) mod boot_size;
pub(crate) mod disk_bios_limit;
pub(crate) mod disk_minimum;
pub(crate) mod table_health;
