//! Opens that follow no link at the end of a path, and wait for nobody.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::libc::{O_NOFOLLOW, O_NONBLOCK};

/// Opens the file at `path` for reading.
///
/// # Errors
/// What `open(2)` says; of a link that it is one (`ELOOP`).
pub fn read(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(O_NOFOLLOW | O_NONBLOCK).open(path)
}

/// Opens the file at `path` for reading and appending, made where it is missing, for its owner alone.
///
/// # Errors
/// What `open(2)` says; of a link that it is one (`ELOOP`).
pub fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(0o600).custom_flags(O_NOFOLLOW | O_NONBLOCK).open(path)
}
