//! The vendor's upgrade, as the node shows it.

use crate::host::{OsRelease, Probed, Root, os_release, processes};
use crate::profile::Places;

pub mod edited;
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
    /// The system that it has; `Absent` where no file shows it.
    pub os: Probed<OsRelease>,
    /// Configuration files that were edited; `None` where nobody asked.
    pub edited: Option<Probed<edited::Edited>>,
}

impl Upgrade {
    /// Reads logs, files with the release, and what runs.
    pub fn gather(root: &Root, places: &Places, processes: &Probed<Vec<processes::Process>>) -> Self {
        Self {
            log: log::gather(root, places),
            run: upgrade_run::gather(root, processes),
            release: release::gather(root, &places.release_files),
            os: os_release::gather(root),
            edited: None,
        }
    }
}
