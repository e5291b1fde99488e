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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn a_link_is_never_opened_and_nothing_is_made_where_it_leads() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        symlink("file", &link).unwrap();
        for open in [read, append] {
            assert_eq!(open(&link).unwrap_err().raw_os_error(), Some(nix::libc::ELOOP));
        }
        assert!(!dir.path().join("file").exists());
    }

    #[test]
    fn a_file_is_made_for_its_owner_alone_and_appended_to() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        for text in ["one ", "two"] {
            append(&path).unwrap().write_all(text.as_bytes()).unwrap();
        }
        let file = read(&path).unwrap();
        assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(io::read_to_string(file).unwrap(), "one two");
    }
}
