//! Partition tables made by `sfdisk`, `sgdisk`, `parted` and `fdisk`, and other readers as oracles.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod support;

use support::partitioning;
use support::tables as tables_in_memory;

#[path = "tables/boot_sectors.rs"]
mod boot_sectors;
#[path = "tables/loop_devices.rs"]
mod loop_devices;
#[path = "tables/oracles.rs"]
mod oracles;
#[path = "tables/real_gpt.rs"]
mod real_gpt;
#[path = "tables/real_mbr.rs"]
mod real_mbr;

use okv_host::disk::table::Reading;
use okv_host::disk::{CopyState, ProblemId, TableKind};

fn states(reading: &Reading) -> (TableKind, CopyState, CopyState) {
    (reading.table.kind, reading.table.primary, reading.table.backup)
}

fn problem_ids(reading: &Reading) -> Vec<ProblemId> {
    reading.problems.iter().map(|p| p.id).collect()
}
