//! Whether a file is one that only root, or whoever runs this program, can have written. What okv-host records as root
//! it acts on later.

use std::fs::{Metadata, metadata, symlink_metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::sys;
use crate::base::cause::cause;

/// The bits of a mode that let others write.
const WRITTEN_BY_OTHERS: u32 = 0o022;

/// Verifies that the file at `path` is a regular file, and neither it nor its folder of another owner, or writable by
/// others. Nobody can exchange it afterwards: only who owns the folder makes or removes its entries. Root may have put
/// the folder elsewhere by a link. What is not there is nobody's.
///
/// # Errors
/// What is wrong, and what to do about it.
pub fn verify(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        if let Some(link) = found(folder, symlink_metadata(folder))?.filter(Metadata::is_symlink) {
            verify_owner(folder, &link)?;
        }
        if let Some(metadata) = found(folder, metadata(folder))? {
            verify_one(folder, &metadata, metadata.is_dir(), "folder")?;
        }
    }
    match found(path, symlink_metadata(path))? {
        Some(metadata) => verify_one(path, &metadata, metadata.is_file(), "regular file"),
        None => Ok(()),
    }
}

fn found(path: &Path, metadata: io::Result<Metadata>) -> io::Result<Option<Metadata>> {
    match metadata {
        Ok(metadata) => Ok(Some(metadata)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(io::Error::new(e.kind(), format!("{}: {}", path.display(), cause(&e)))),
    }
}

fn verify_one(path: &Path, metadata: &Metadata, is_kind: bool, kind: &str) -> io::Result<()> {
    if !is_kind {
        let what = if metadata.is_symlink() { "a symbolic link" } else { "something else" };
        return Err(refused(format!("{} is {what}, and must be a {kind}: move it aside", path.display())));
    }
    verify_owner(path, metadata)?;
    if metadata.mode() & WRITTEN_BY_OTHERS != 0 {
        let (path, mode) = (path.display(), metadata.mode() & 0o7777);
        let why = format!("{path} can be written by others (mode {mode:04o}): look at it, and then run chmod go-w");
        return Err(refused(why));
    }
    Ok(())
}

fn verify_owner(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let owner = metadata.uid();
    if owner == 0 || owner == sys::user() {
        return Ok(());
    }
    let path = path.display();
    let why = format!("{path} belongs to user {owner}, and must belong to root: look at it, and then run chown root");
    Err(refused(why))
}

fn refused(why: String) -> io::Error {
    io::Error::new(ErrorKind::PermissionDenied, why)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions, set_permissions};
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::*;

    /// A file in a folder of its own, as this program makes them.
    fn made() -> (TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("journal");
        fs::write(&file, "").unwrap();
        set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        (dir, file)
    }

    fn why(path: &Path) -> String {
        verify(path).unwrap_err().to_string()
    }

    #[test]
    fn a_file_of_this_user_in_a_folder_of_this_user_is_accepted_and_so_is_one_that_is_not_there() {
        let (dir, file) = made();
        assert!(verify(&file).is_ok());
        assert!(verify(&dir.path().join("none")).is_ok());
        assert!(verify(&dir.path().join("none/none")).is_ok());
    }

    #[test]
    fn a_link_in_place_of_the_file_is_refused_and_one_of_root_in_place_of_its_folder_is_followed() {
        let (dir, file) = made();
        let (link, folder) = (dir.path().join("link"), dir.path().join("folder"));
        symlink(&file, &link).unwrap();
        symlink(dir.path(), &folder).unwrap();
        assert!(why(&link).contains("link is a symbolic link"));
        assert!(verify(&folder.join("journal")).is_ok());
        assert!(why(&folder.join("link")).contains("link is a symbolic link"));
        symlink("nowhere", dir.path().join("dangling")).unwrap();
        assert!(why(&dir.path().join("dangling")).contains("is a symbolic link"));
    }

    #[test]
    fn a_fifo_and_a_folder_are_no_files() {
        let (dir, _) = made();
        let fifo = dir.path().join("fifo");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRUSR).unwrap();
        assert!(why(&fifo).contains("must be a regular file"));
        fs::create_dir(dir.path().join("sub")).unwrap();
        assert!(why(&dir.path().join("sub")).contains("must be a regular file"));
        assert!(why(&fifo.join("journal")).contains("must be a folder"));
    }

    #[test]
    fn what_others_can_write_is_refused() {
        let (dir, file) = made();
        set_permissions(&file, Permissions::from_mode(0o620)).unwrap();
        assert!(why(&file).contains("mode 0620"));
        set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        set_permissions(dir.path(), Permissions::from_mode(0o775)).unwrap();
        assert!(why(&file).contains("mode 0775"));
    }

    /// Only root can give a file away.
    #[test]
    fn what_another_user_owns_is_refused() {
        let (dir, file) = made();
        if !sys::is_root() {
            assert!(chown(&file, Some(1), None).is_err(), "nobody but root can make this situation");
            return;
        }
        chown(&file, Some(1), None).unwrap();
        assert!(why(&file).contains("belongs to user 1"));
        chown(&file, Some(0), None).unwrap();
        chown(dir.path(), Some(1), None).unwrap();
        assert!(why(&file).contains("belongs to user 1"));
        assert!(why(&dir.path().join("none")).contains("belongs to user 1"), "also where the file is still to be made");
    }
}
