//! What okv-host recorded on this node, and who runs it.

use crate::engine::RecordedRun;
use crate::host::machine_id::Identities;
use crate::host::{Probed, Root, operator};
use crate::subjects::disks::Inventory;

pub mod confirmations;
pub mod earlier;
pub mod runs;

/// What okv-host recorded on this node, and who runs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// What operators confirmed of steps that no node shows.
    pub confirmations: Probed<confirmations::Confirmations>,
    /// What commands of this program did, oldest first.
    pub runs: Probed<Vec<RecordedRun>>,
    /// What identifies the node whatever its name is.
    pub node: Probed<String>,
    /// What identifies the machine, whatever is installed on it.
    pub machine: Probed<String>,
    /// What an earlier report has; `None` where no file was given.
    pub earlier: Option<Probed<earlier::Earlier>>,
    /// What this node recorded before it was powered off for a disk.
    pub inventory: Probed<earlier::Earlier>,
    pub operator: operator::Operator,
}

impl Records {
    pub fn gather(root: &Root) -> Self {
        let Identities { node, machine, .. } = Identities::gather(root);
        Self {
            node,
            machine,
            earlier: None,
            inventory: Inventory::gather(root).map(earlier::Earlier::from),
            confirmations: confirmations::gather(root),
            runs: runs::gather(root),
            operator: operator::gather(root),
        }
    }
}
