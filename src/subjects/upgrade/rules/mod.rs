//! Rules on the upgrade itself.

pub mod os_major;
pub mod release;
pub mod upgrade_log;
