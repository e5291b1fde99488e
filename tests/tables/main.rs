//! Partition tables made by `sfdisk`, `sgdisk`, `parted` and `fdisk`, and other readers as oracles.

#[path = "../support/mod.rs"]
mod support;

use support::partitioning;
use support::tables as tables_in_memory;

mod boot_sectors;
mod loop_devices;
mod new_table;
mod oracles;
mod real_gpt;
mod real_mbr;

use okv_host::disk::table::Reading;
use okv_host::disk::{CopyState, ProblemId, TableKind};

fn states(reading: &Reading) -> (TableKind, CopyState, CopyState) {
    (reading.table.kind, reading.table.primary, reading.table.backup)
}

fn problem_ids(reading: &Reading) -> Vec<ProblemId> {
    reading.problems.iter().map(|p| p.id).collect()
}
