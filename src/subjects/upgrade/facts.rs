//! The vendor's upgrade, as the node shows it.

use crate::host::{Probed, Root, processes};
use crate::profile::Places;

pub mod log;
pub mod release;
pub mod upgrade_run;

#[derive(Debug, Clone, PartialEq)]
pub struct Upgrade {
    /// Errors of an upgrade in the log; `Absent` where there is no log.
    pub log: Probed<log::UpgradeLog>,
    /// The last run of the upgrade; `Absent` where there was none.
    pub run: Probed<upgrade_run::UpgradeRun>,
    /// What files of the node say its release is.
    pub release: release::Releases,
}

impl Upgrade {
    /// Reads logs, files with the release, and what runs.
    pub fn gather(root: &Root, places: &Places, processes: &Probed<Vec<processes::Process>>) -> Self {
        Self {
            log: log::gather(root, places),
            run: upgrade_run::gather(root, processes),
            release: release::gather(root, &places.release_files),
        }
    }
}
