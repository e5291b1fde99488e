//! What the upgrade procedure touches besides disks, keys and kernels; one source a file.
//!
//! Where the procedure names a place it is looked at; where it names none, only a place that the release profile gives is
//! (see [`Places`]). [`gather`] does not go over the network: [`syslog::reach`] and [`certificate::of_port`] do, and are asked by themselves.

use super::{Probed, Root};
use crate::engine::RecordedRun;
use crate::journal::Record;
use crate::profile::Places;

pub mod certificate;
mod clock;
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

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Procedure {
    /// The time on the node, in seconds since 1970-01-01 UTC.
    pub now: u64,
    /// When it was started, in seconds since 1970; `Absent` where that is not told.
    pub booted: Probed<u64>,
    /// Upgrade ISOs; `Absent` where their folder is not there.
    pub isos: Probed<iso::Isos>,
    /// Room in the folder of the ISO; `Absent` where it is not there.
    pub iso_space: Probed<space::Space>,
    /// Loop devices and the files behind them.
    pub loops: Probed<Vec<loops::Loop>>,
    /// Jars in the folder of the TLS files; `Absent` where it is not there.
    pub jars: Probed<jars::Jars>,
    /// Where logs are sent to; `Absent` where there is no configuration of rsyslog.
    pub syslog: Probed<syslog::Syslog>,
    /// The server's certificate; `None` where nobody said where it is.
    pub certificate: Option<Probed<certificate::Certificate>>,
    /// How whoever runs this is connected; `Absent` on a host that does not run.
    pub session: Probed<session::Session>,
    /// Errors of an upgrade in the log; `Absent` where there is no log.
    pub log: Probed<log::UpgradeLog>,
    /// The last run of the upgrade; `Absent` where there was none.
    pub upgrade_run: Probed<upgrade_run::UpgradeRun>,
    /// What operators confirmed of steps that no node shows, oldest first.
    pub confirmations: Probed<Vec<Record<confirmations::Confirmation>>>,
    /// What commands of this program did, oldest first.
    pub runs: Probed<Vec<RecordedRun>>,
    /// Who runs this.
    pub operator: operator::Operator,
    /// What files of the node say its release is.
    pub release: release::Releases,
    /// What shows a diagnostics package.
    pub diagnostics_package: signs::Seen,
    /// What shows a backup.
    pub backup_jobs: signs::Seen,
    /// What shows an agent of Audit Vault.
    pub audit_vault_agent: signs::Seen,
    /// What shows an HSM.
    pub hsm: signs::Seen,
}

/// Asks every source of `root`.
pub fn gather(root: &Root, places: &Places) -> Procedure {
    let processes = processes::gather(root);
    let seen = |signs| signs::gather(root, signs, &processes);
    Procedure {
        now: clock::now(root),
        booted: clock::booted(root),
        isos: iso::gather(root, places),
        iso_space: space::gather(root, &places.iso_folder),
        loops: loops::gather(root),
        jars: jars::gather(root, &places.ssl_folder),
        syslog: syslog::gather(root, &places.rsyslog),
        certificate: places.server_certificate.as_deref().map(|path| certificate::gather(root, path)),
        session: session::gather(root),
        log: log::gather(root, places),
        upgrade_run: upgrade_run::gather(root, &processes),
        confirmations: confirmations::gather(root),
        runs: runs::gather(root),
        operator: operator::gather(root),
        release: release::gather(root, &places.release_files),
        diagnostics_package: seen(&places.diagnostics_package),
        backup_jobs: seen(&places.backup_jobs),
        audit_vault_agent: seen(&places.audit_vault_agent),
        hsm: seen(&places.hsm),
    }
}
