//! Rules on disks.

use crate::disk::Disk;
use crate::subjects::rule::{Finding, RuleInputs};

pub mod disk_bios_limit;
pub mod disk_minimum;
pub mod files_read;
pub mod table_health;

/// What `judge` finds of each disk, or the finding that there is none to judge.
fn of_each_disk(inputs: &RuleInputs<'_>, judge: impl Fn(&Disk) -> Finding) -> Vec<Finding> {
    match inputs.facts.node.disks.as_slice() {
        [] => vec![inputs.no_disks()],
        disks => disks.iter().map(judge).collect(),
    }
}
