//! What the upgrade procedure touches besides disks, keys and kernels; one source a file.
//!
//! Where the procedure names a place it is looked at; where it names none, only a place that the release profile gives is
//! (see [`Places`]). What gathers does not go over the network: [`syslog::reach`] and [`certificate::of_port`] do, and are asked by themselves.

use super::{Probed, Root};
use crate::journal::Record;
use crate::profile::Places;

pub mod certificate;
pub mod clock;
pub mod confirmations;
mod dial;
pub mod iso;
pub mod jars;
pub mod log;
pub mod loops;
pub mod mounted;
pub mod operator;
pub mod processes;
pub mod release;
pub mod runs;
pub mod session;
pub mod signs;
pub mod space;
pub mod staging;
pub mod syslog;
mod tail;
pub mod upgrade_run;

/// ISOs and what else lies in the folders that the procedure names.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// Upgrade ISOs; `Absent` where their folder is not there.
    pub isos: Probed<iso::Isos>,
    /// Room in the folder of the ISO; `Absent` where it is not there.
    pub space: Probed<space::Space>,
    /// Jars in the folder of the TLS files; `Absent` where it is not there.
    pub jars: Probed<jars::Jars>,
}

/// The vendor's upgrade, as the node shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Upgrade {
    /// Errors of an upgrade in the log; `Absent` where there is no log.
    pub log: Probed<log::UpgradeLog>,
    /// The last run of the upgrade; `Absent` where there was none.
    pub run: Probed<upgrade_run::UpgradeRun>,
    /// What files of the node say its release is.
    pub release: release::Releases,
}

/// What else the procedure asks of a node before its upgrade.
#[derive(Debug, Clone, PartialEq)]
pub struct Preflight {
    /// Where logs are sent to; `Absent` where there is no configuration of rsyslog.
    pub syslog: Probed<syslog::Syslog>,
    /// The server's certificate; `None` where nobody said where it is.
    pub certificate: Option<Probed<certificate::Certificate>>,
    /// How whoever runs this is connected; `Absent` on a host that does not run.
    pub session: Probed<session::Session>,
    /// What shows a diagnostics package.
    pub diagnostics_package: signs::Seen,
    /// What shows a backup.
    pub backup_jobs: signs::Seen,
    /// What shows an agent of Audit Vault.
    pub audit_vault_agent: signs::Seen,
    /// What shows an HSM.
    pub hsm: signs::Seen,
}

/// What okv-host recorded on this node, and who runs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// What operators confirmed of steps that no node shows, oldest first.
    pub confirmations: Probed<Vec<Record<confirmations::Confirmation>>>,
    /// What commands of this program did, oldest first.
    pub runs: Probed<Vec<runs::Run>>,
    /// Who runs this.
    pub operator: operator::Operator,
}

impl Media {
    /// Looks into the folders that `places` names.
    pub fn gather(root: &Root, places: &Places) -> Self {
        Self {
            isos: iso::gather(root, places),
            space: space::gather(root, &places.iso_folder),
            jars: jars::gather(root, &places.ssl_folder),
        }
    }
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

impl Preflight {
    /// Asks every source; none of them over the network.
    pub fn gather(root: &Root, places: &Places, processes: &Probed<Vec<processes::Process>>) -> Self {
        let seen = |signs| signs::gather(root, signs, processes);
        Self {
            syslog: syslog::gather(root, &places.rsyslog),
            certificate: places.server_certificate.as_deref().map(|path| certificate::gather(root, path)),
            session: session::gather(root),
            diagnostics_package: seen(&places.diagnostics_package),
            backup_jobs: seen(&places.backup_jobs),
            audit_vault_agent: seen(&places.audit_vault_agent),
            hsm: seen(&places.hsm),
        }
    }
}

impl Records {
    /// Reads the journals.
    pub fn gather(root: &Root) -> Self {
        Self { confirmations: confirmations::gather(root), runs: runs::gather(root), operator: operator::gather(root) }
    }
}
