//! Rules on disks.

pub mod disk_bios_limit;
pub mod disk_minimum;
pub mod table_health;
