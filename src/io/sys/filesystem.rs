//! Questions to a mounted file system: `statfs(2)`.

use std::fs::File;
use std::io;
use std::path::Path;

use nix::sys::statfs::{SYSFS_MAGIC, statfs};

use crate::base::units::ByteRange;

/// What `df` would call the size of the file system mounted at `path`: `f_blocks * f_frsize`, in bytes.
///
/// # Errors
/// What `statvfs(3)` says.
pub fn df_bytes(path: &Path) -> io::Result<u64> {
    let stat = nix::sys::statvfs::statvfs(path)?;
    Ok(stat.blocks().saturating_mul(stat.fragment_size()))
}

/// Bytes that root can still write in the file system mounted at `path`: `f_bfree * f_frsize`.
///
/// # Errors
/// What `statvfs(3)` says.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let stat = nix::sys::statvfs::statvfs(path)?;
    Ok(stat.blocks_free().saturating_mul(stat.fragment_size()))
}

/// What can yet be written to the file system mounted at `path` without the reserve of root: `f_bavail * f_frsize`, in
/// bytes.
///
/// # Errors
/// What `statvfs(3)` says.
pub fn available_bytes(path: &Path) -> io::Result<u64> {
    let stat = nix::sys::statvfs::statvfs(path)?;
    Ok(stat.blocks_available().saturating_mul(stat.fragment_size()))
}

/// Whether `path` lies on a real sysfs: a directory of that name elsewhere proves nothing about the firmware.
///
/// # Errors
/// What `statfs(2)` says.
pub fn is_sysfs(path: &Path) -> io::Result<bool> {
    Ok(statfs(path)?.filesystem_type() == SYSFS_MAGIC)
}

/// Asks the kernel to fetch these bytes into its cache, without waiting for them (`posix_fadvise(2)`). Only a hint:
/// whether they can be had shows when they are read.
pub fn will_need(file: &File, range: ByteRange) {
    use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
    if let (Ok(start), Ok(len)) = (i64::try_from(range.start()), i64::try_from(range.len())) {
        let _ = posix_fadvise(file, start, len, PosixFadviseAdvice::POSIX_FADV_WILLNEED);
    }
}

/// Asks the kernel to drop what it holds of `file` in its cache, so that the next read asks the disk
/// (`posix_fadvise(2)`). Only a hint, and only for what was flushed.
pub fn forget(file: &File) {
    use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
    let _ = posix_fadvise(file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
}

/// Offset of the first byte at or behind `from` that is not in a hole of a sparse file (`lseek(2)` with `SEEK_DATA`);
/// `None` where only a hole follows.
///
/// Moves the file's own offset, which positioned reads do not use.
///
/// # Errors
/// What `lseek(2)` says, other than that there is no data.
pub fn next_data(file: &File, from: u64) -> io::Result<Option<u64>> {
    use nix::errno::Errno;
    use nix::unistd::{Whence, lseek};
    let from = i64::try_from(from).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    match lseek(file, from, Whence::SeekData) {
        Ok(at) => Ok(u64::try_from(at).ok()),
        Err(Errno::ENXIO) => Ok(None),
        Err(e) => Err(e.into()),
    }
}
