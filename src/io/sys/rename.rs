//! A rename that never overwrites: `renameat2(2)` with `RENAME_NOREPLACE`.

use std::fs;
use std::io;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};

/// Renames `from` to `to`, both in one folder, and flushes that folder. On return the new name is on the disk.
///
/// Where the kernel or the file system does not know the flag, a hard link and the removal of the old name give the
/// same guarantee.
///
/// # Errors
/// `AlreadyExists` where there is something at `to`; what the kernel says otherwise.
pub fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    let folder = match (from.parent(), to.parent()) {
        (Some(a), Some(b)) if a == b => a,
        _ => return Err(io::Error::new(io::ErrorKind::InvalidInput, "the two names are not in one folder")),
    };
    match renameat2(AT_FDCWD, from, AT_FDCWD, to, RenameFlags::RENAME_NOREPLACE) {
        Ok(()) => {}
        Err(Errno::ENOSYS | Errno::EINVAL) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)?;
        }
        Err(e) => return Err(e.into()),
    }
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_name_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let [a, b, c] = ["a", "b", "c"].map(|name| dir.path().join(name));
        fs::write(&a, "a").unwrap();
        fs::write(&b, "b").unwrap();
        let error = rename_without_replacing(&a, &b).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((fs::read(&a).unwrap(), fs::read(&b).unwrap()), (b"a".to_vec(), b"b".to_vec()));
        rename_without_replacing(&a, &c).unwrap();
        assert!(!a.exists());
        assert_eq!(fs::read(&c).unwrap(), b"a");
        assert!(rename_without_replacing(&b, &dir.path().join("sub/b")).is_err());
    }
}
