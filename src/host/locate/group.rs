//! What the disks of a volume group have to report.

use crate::disk::{Disk, ProblemId, VolumeGroup};
use crate::host::node::Node;

/// The first problem of these on a disk that has the group, with the disk.
pub fn problem_of(node: &Node, group: &VolumeGroup, ids: &[ProblemId]) -> Option<String> {
    let has_it = |disk: &&Disk| disk.volume_groups.iter().any(|g| g.uuid == group.uuid && g.name == group.name);
    let described = |disk: &Disk| disk.problems.iter().find(|p| ids.contains(&p.id)).map(|p| disk.describe(p));
    node.disks.iter().filter(has_it).find_map(described)
}
