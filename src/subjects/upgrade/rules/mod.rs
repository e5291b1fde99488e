//! Rules on the upgrade itself.

pub mod release;
pub mod upgrade_log;
