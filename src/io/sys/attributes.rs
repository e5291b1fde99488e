//! Attributes of a file that its permissions do not show (`chattr(1)`).
#![allow(unsafe_code)]

use std::fs::OpenOptions;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::errno::Errno;

mod ioctl {
    nix::ioctl_read!(fs_getflags, b'f', 1, nix::libc::c_long);
}

/// `FS_IMMUTABLE_FL` and `FS_APPEND_FL` of `linux/fs.h`: root too cannot remove such a file, nor a name from such a
/// folder.
const NOT_REMOVABLE: nix::libc::c_long = 0x10 | 0x20;

/// Whether nobody can remove the file or folder at `path` until an attribute of it is taken off (`FS_IOC_GETFLAGS`). A
/// file system without such attributes, and a symbolic link, have none.
///
/// # Errors
/// Where it cannot be opened.
pub fn is_immutable(path: &Path) -> io::Result<bool> {
    let flags = nix::libc::O_NONBLOCK | nix::libc::O_NOFOLLOW | nix::libc::O_CLOEXEC;
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Err(e) if e.raw_os_error() == Some(nix::libc::ELOOP) => return Ok(false),
        file => file?,
    };
    let mut attributes: nix::libc::c_long = 0;
    // SAFETY: FS_IOC_GETFLAGS writes at most one long through the pointer, and `attributes` is one.
    match unsafe { ioctl::fs_getflags(file.as_raw_fd(), &raw mut attributes) } {
        Ok(_) => Ok(attributes & NOT_REMOVABLE != 0),
        Err(Errno::ENOTTY | Errno::EOPNOTSUPP | Errno::EINVAL | Errno::ENOSYS) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What has the attribute is in tests/guest/kernel_prune: setting it takes root and a file system that has it.
    #[test]
    fn a_plain_file_a_folder_and_a_link_have_none_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "x").unwrap();
        std::os::unix::fs::symlink("file", &link).unwrap();
        for path in [file.as_path(), link.as_path(), folder.path()] {
            assert!(!is_immutable(path).unwrap(), "{}", path.display());
        }
        assert!(is_immutable(&folder.path().join("none")).is_err());
    }
}
