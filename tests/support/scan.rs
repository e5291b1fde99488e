//! The one place where tests ask for a scan.

use std::path::Path;

use okv_host::disk::{self, Source};
use serde_json::Value;

/// Scans disks or images together and returns the JSON of each, in their order.
pub(crate) fn scan(paths: &[&Path]) -> Vec<Value> {
    let sources: Vec<Source> = paths.iter().map(|path| Source::open(path)).collect();
    disk::scan(&sources).iter().map(|disk| serde_json::to_value(disk).expect("a disk in JSON")).collect()
}
