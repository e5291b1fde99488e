//! Questions to a mounted file system: `statfs(2)`.

use std::io;
use std::path::Path;

use nix::sys::statfs::{SYSFS_MAGIC, statfs};

/// What `df` would call the size of the file system mounted at `path`: `f_blocks * f_frsize`, in bytes.
///
/// # Errors
/// What `statvfs(3)` says.
pub fn df_bytes(path: &Path) -> io::Result<u64> {
    let stat = nix::sys::statvfs::statvfs(path)?;
    Ok(stat.blocks().saturating_mul(stat.fragment_size()))
}

/// Whether `path` lies on a real sysfs: a directory of that name elsewhere proves nothing about the firmware.
///
/// # Errors
/// What `statfs(2)` says.
pub fn is_sysfs(path: &Path) -> io::Result<bool> {
    Ok(statfs(path)?.filesystem_type() == SYSFS_MAGIC)
}
