//! Rules on the disks themselves and on how the node boots from them.

pub(super) mod boot_mode;
pub(super) mod boot_size;
pub(super) mod disk_bios_limit;
pub(super) mod disk_minimum;
pub(super) mod table_health;
