//! The fixture hosts.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The directory of a host.
pub(crate) fn host(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts").join(name)
}

/// A copy of a host, to be changed.
pub(crate) fn copy_of(name: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let status = Command::new("cp").arg("-a").arg(host(name).join(".")).arg(copy.path()).status().unwrap();
    assert!(status.success());
    copy
}
