//! Opens of a name in a folder that is open already, which follow no link: `openat(2)` with `O_NOFOLLOW`. Every kernel
//! of the appliance has it; `openat2(2)` came with 5.6.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use nix::fcntl::{AT_FDCWD, OFlag, openat, readlinkat};
use nix::sys::stat::Mode;

/// The folder `/`, to look into.
///
/// # Errors
/// What `openat(2)` says.
pub fn top() -> io::Result<File> {
    Ok(openat(AT_FDCWD, "/", OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())?.into())
}

/// Whatever `name` is in `folder`, a link too. It can be asked for its metadata and looked into, and neither read nor
/// written.
///
/// # Errors
/// What `openat(2)` says.
pub fn look(folder: &File, name: &OsStr) -> io::Result<File> {
    let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    Ok(openat(folder, Path::new(name), flags, Mode::empty())?.into())
}

/// Where a link leads that [`look`] opened.
///
/// # Errors
/// What `readlinkat(2)` says.
pub fn target(link: &File) -> io::Result<PathBuf> {
    Ok(readlinkat(link, "")?.into())
}

/// Opens the file `name` in `folder` for reading.
///
/// # Errors
/// What `openat(2)` says; of a link that it is one (`ELOOP`).
pub fn read(folder: &File, name: &OsStr) -> io::Result<File> {
    open(folder, name, OFlag::O_RDONLY)
}

/// Opens the file `name` in `folder` for reading and appending, made where it is missing, for its owner alone.
///
/// # Errors
/// What `openat(2)` says; of a link that it is one (`ELOOP`).
pub fn append(folder: &File, name: &OsStr) -> io::Result<File> {
    open(folder, name, OFlag::O_RDWR | OFlag::O_APPEND | OFlag::O_CREAT)
}

fn open(folder: &File, name: &OsStr, flags: OFlag) -> io::Result<File> {
    let flags = flags | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    Ok(openat(folder, Path::new(name), flags, Mode::S_IRUSR | Mode::S_IWUSR)?.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn a_link_is_looked_at_and_never_opened() {
        let dir = tempfile::tempdir().unwrap();
        symlink("file", dir.path().join("link")).unwrap();
        let folder = File::open(dir.path()).unwrap();
        let link = look(&folder, OsStr::new("link")).unwrap();
        assert!(link.metadata().unwrap().is_symlink());
        assert_eq!(target(&link).unwrap(), Path::new("file"));
        for open in [read, append] {
            assert_eq!(open(&folder, OsStr::new("link")).unwrap_err().raw_os_error(), Some(nix::libc::ELOOP));
        }
        assert!(!dir.path().join("file").exists());
    }

    #[test]
    fn a_file_is_made_for_its_owner_alone_and_appended_to() {
        let dir = tempfile::tempdir().unwrap();
        let folder = look(&top().unwrap(), OsStr::new("proc")).unwrap();
        assert!(folder.metadata().unwrap().is_dir(), "what was looked at can be looked into");
        let folder = File::open(dir.path()).unwrap();
        for text in ["one ", "two"] {
            append(&folder, OsStr::new("file")).unwrap().write_all(text.as_bytes()).unwrap();
        }
        let file = read(&folder, OsStr::new("file")).unwrap();
        assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(io::read_to_string(file).unwrap(), "one two");
    }
}
