//! The binary of a release.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The binary of a release, made now if it is not there; the test profile is another build.
pub fn binary() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(root.join("scripts/release-build")).output().expect("bash");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim())
}
