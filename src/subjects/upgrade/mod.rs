//! The vendor's upgrade: from which release, how it runs, how it ended.

pub mod facts;
mod os_change;
pub mod plan;
pub mod rules;
mod said_release;
pub mod steps;

pub use facts::Upgrade;
pub use facts::edited::Edited;
pub use facts::release::Releases;
pub use facts::upgrade_run::{PROGRAM, UpgradeRun, UpgradeState};
pub use os_change::OsChange;
pub use said_release::SaidRelease;
