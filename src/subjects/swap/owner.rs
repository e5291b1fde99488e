//! Whether LVM2 of this host may change a volume group. Pure.

use crate::disk::VolumeGroup;
use crate::host::{Node, Probed};

/// Whose a group is.
pub(super) enum Owner {
    /// This host's, or nobody's.
    This,
    /// Another host's: LVM2 neither shows nor activates it.
    Other(String),
    Unknown(String),
}

pub(super) fn owner(node: &Node, group: &VolumeGroup) -> Owner {
    let Some(theirs) = &group.system_id else { return Owner::This };
    match node.setup.as_ref().map(|setup| &setup.lvm_owner) {
        Some(Probed::Known(ours)) if ours.contains(theirs) => Owner::This,
        Some(Probed::Known(ours)) => {
            Owner::Other(format!("it belongs to the system {theirs}, and this node is {}", ours.join(", ")))
        }
        Some(Probed::Absent) => {
            Owner::Other(format!("it belongs to the system {theirs}, and this node has no system ID"))
        }
        Some(Probed::Unreadable(why)) => Owner::Unknown(format!("it belongs to the system {theirs}: {why}")),
        None => Owner::Unknown(format!("it belongs to the system {theirs}, and this node was not asked for its own")),
    }
}
