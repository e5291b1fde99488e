//! The one place where tests ask for a scan.

use std::path::Path;

use serde_json::Value;

/// Scans disks or images together and returns the JSON of each, in their order.
pub(crate) fn scan(paths: &[&Path]) -> Vec<Value> {
    let _ = paths;
    unimplemented_until_merged()
}

fn unimplemented_until_merged() -> Vec<Value> {
    panic!("the scanner is not merged yet")
}
