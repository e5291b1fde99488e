//! What okv-host recorded on this node, and who runs it.

use crate::engine::RecordedRun;
use crate::host::{Probed, Root, operator};

pub mod confirmations;
pub mod runs;

/// What okv-host recorded on this node, and who runs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// What operators confirmed of steps that no node shows.
    pub confirmations: Probed<confirmations::Confirmations>,
    /// What commands of this program did, oldest first.
    pub runs: Probed<Vec<RecordedRun>>,
    pub operator: operator::Operator,
}

impl Records {
    pub fn gather(root: &Root) -> Self {
        Self { confirmations: confirmations::gather(root), runs: runs::gather(root), operator: operator::gather(root) }
    }
}
