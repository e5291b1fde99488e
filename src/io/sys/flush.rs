//! What was written gets to the medium.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

/// Makes durable what anybody wrote to the block device at `path`, or to the file system that the folder or file at
/// `path` is on.
///
/// A program that writes past the kernel's cache (`O_DIRECT`), as LVM2 does, leaves the data in the volatile cache of
/// the disk: `fsync(2)` of a block device flushes that too, and `sync(2)` does not.
///
/// # Errors
/// Where it cannot be opened, or the medium fails.
pub fn flush(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().read(true).custom_flags(super::O_NONBLOCK).open(path)?;
    match file.metadata()?.file_type().is_block_device() {
        true => file.sync_all(),
        false => Ok(nix::unistd::syncfs(&file)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_is_flushed_by_any_folder_or_file_of_it_and_what_is_not_there_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "x").unwrap();
        flush(dir.path()).unwrap();
        flush(&file).unwrap();
        assert_eq!(flush(&dir.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
