//! Rules against fixture hosts: each has a host on each side of its edge, and what cannot be read is never a pass.

mod broken;
mod changed_disk;
mod hosts;
mod kernels;
mod powered_off;
mod procedure;
mod thresholds;

use std::fs;
use std::path::{Path, PathBuf};

use okv_host::facts::{Root, of_host};
use okv_host::profile::Profile;
use okv_host::rules::{Finding, Verdict, judge};

fn host(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts").join(name)
}

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

/// A copy of a host, to be broken.
fn copy_of(name: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let status =
        std::process::Command::new("cp").arg("-a").arg(host(name).join(".")).arg(copy.path()).status().unwrap();
    assert!(status.success());
    copy
}

/// The good BIOS node with one of its files written anew.
fn with_file(name: &str, text: &str) -> Vec<Finding> {
    let copy = copy_of("good-bios");
    fs::write(copy.path().join(name), text).unwrap();
    judged(copy.path())
}
