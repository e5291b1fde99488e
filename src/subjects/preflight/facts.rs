//! What else the procedure asks of a node before its upgrade.

use crate::host::{Probed, Root, processes};
use crate::profile::Places;

pub mod accounts;
pub mod hsm;
pub mod interfaces;
pub mod session;
pub mod signs;
pub mod syslog;

/// What else the procedure asks of a node before its upgrade.
#[derive(Debug, Clone, PartialEq)]
pub struct Preflight {
    /// Where logs are sent to; `Absent` where there is no configuration of rsyslog.
    pub syslog: Probed<syslog::Syslog>,
    /// How whoever runs this is connected; `Absent` on a host that does not run.
    pub session: Probed<session::Session>,
    /// Until when root and support can log in; `Absent` where a saved host has no /etc/shadow.
    pub accounts: Probed<Vec<accounts::Account>>,
    pub diagnostics_package: signs::Seen,
    pub backup_jobs: signs::Seen,
    pub audit_vault_agent: signs::Seen,
    pub hsm: signs::Seen,
    /// The configurations of a generic HSM; `Absent` where there is none.
    pub hsm_configurations: Probed<Vec<hsm::HsmConfiguration>>,
    /// Whether the copy of a wallet is there that the HSM guide has made before an upgrade. It is never read.
    pub hsm_wallet: Probed<()>,
    /// Physical network interfaces; `Absent` where a saved host has none.
    pub interfaces: Probed<Vec<interfaces::Interface>>,
}

impl Preflight {
    /// Asks every source; none of them over the network.
    pub fn gather(root: &Root, places: &Places, processes: &Probed<Vec<processes::Process>>) -> Self {
        let seen = |signs| signs::gather(root, signs, processes);
        Self {
            syslog: syslog::gather(root, &places.rsyslog),
            session: session::gather(root),
            accounts: accounts::gather(root),
            diagnostics_package: seen(&places.diagnostics_package),
            backup_jobs: seen(&places.backup_jobs),
            audit_vault_agent: seen(&places.audit_vault_agent),
            hsm: seen(&places.hsm),
            hsm_configurations: hsm::gather(root, &places.hsm_configurations),
            hsm_wallet: match root.at(&places.hsm_wallet) {
                Ok(place) => place.kind().map(|_| ()),
                Err(why) => Probed::Unreadable(why),
            },
            interfaces: interfaces::gather(root),
        }
    }
}
