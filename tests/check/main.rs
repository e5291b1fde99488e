//! Rules against fixture hosts: each has a host on each side of its edge, and what cannot be read is never a pass.

#[path = "../support/made.rs"]
mod made;
#[path = "../support/overlay.rs"]
mod overlay;

mod broken;
mod changed_disk;
mod figures;
mod hosts;
mod kernels;
mod overlays;
mod powered_off;
mod procedure;
mod thresholds;

use std::path::Path;

use okv_host::host::Root;
use okv_host::profile::Profile;
use okv_host::subjects::of_host;
use okv_host::subjects::rule::{Finding, Verdict};
use okv_host::subjects::table::judge;
use overlay::{Host, whole};

/// Judges the host under `dir` by the default profile.
fn judged(dir: &Path) -> Vec<Finding> {
    judge(&of_host(&Root::fixture(dir).unwrap()), &Profile::named(Profile::DEFAULT).unwrap())
}

fn of<'f>(found: &'f [Finding], rule: &str) -> &'f Finding {
    found.iter().find(|f| f.id == rule).unwrap()
}

fn verdict_of(found: &[Finding], rule: &str) -> Verdict {
    of(found, rule).verdict
}

/// The good BIOS node with one of its files written anew.
fn with_file(name: &str, text: &str) -> Vec<Finding> {
    judged(Host::named("good-bios").with(name, text).path())
}
