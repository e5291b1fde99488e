//! A file that is written whole or not at all: its readers see the old text or the new one, and never a part.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use super::sys::{EIO, rename_without_replacing};

/// Mode of a file that was not there before: a report names accounts, addresses and serial numbers.
const PRIVATE: u32 = 0o600;

/// Largest file that is replaced, in bytes: a larger one is no report, and may be the only copy of a disk.
const LARGEST: u64 = 64 << 20;

/// How many names are tried for the new file. One that is there already was left by a process that was cut off.
const TRIES: u32 = 100;

/// Puts a file with `bytes` in the place of the one at `path`, with the mode and the owner of that. On return it is on
/// the disk.
///
/// # Errors
/// Where the place is a symbolic link, which could lead anywhere, or no file; where it cannot be written. What was
/// there before is then still there, unless only the flush of its folder failed.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.file_name().is_none() {
        return refused("it names no file");
    }
    let before = match fs::symlink_metadata(path) {
        Ok(meta) => Some(meta),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    match before.as_ref().map(fs::Metadata::file_type) {
        Some(kind) if kind.is_symlink() => return refused("it is a symbolic link, which is not followed"),
        Some(kind) if kind.is_dir() => return Err(ErrorKind::IsADirectory.into()),
        Some(kind) if kind.is_fifo() => return refused("it is a FIFO and not a file"),
        Some(kind) if !kind.is_file() => return refused("it is a device or a socket and not a file"),
        _ => {}
    }
    if before.as_ref().is_some_and(|before| before.len() > LARGEST) {
        return refused("a file of more than 64 MiB is there, which is no report: it is not replaced");
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (mut file, place) = new_file(folder)?;
    let written = file.write_all(bytes).and_then(|()| like(&file, before.as_ref())).and_then(|()| file.sync_all());
    if let Err(why) = written.and_then(|()| fs::rename(&place, path)) {
        // The first error is the one that matters.
        let _ = fs::remove_file(&place);
        return Err(why);
    }
    // It is in its place. Some file systems have no flush of a folder, and one that cannot be read is not opened.
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(why) if why.kind() == ErrorKind::StorageFull || why.raw_os_error() == Some(EIO) => Err(why),
        _ => Ok(()),
    }
}

/// Writes a file with `bytes` where nothing is, for its owner alone. On return it is on the disk.
///
/// # Errors
/// Where something is at `path` by then, or it cannot be written: then nothing is left of it.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(name) = path.file_name() else { return refused("it names no file") };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (mut file, place) = new_file(folder)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.and_then(|()| rename_without_replacing(&place, &folder.join(name))).inspect_err(|_| {
        // The first error is the one that matters.
        let _ = fs::remove_file(&place);
    })
}

fn refused<T>(why: &str) -> io::Result<T> {
    Err(io::Error::new(ErrorKind::InvalidInput, why))
}

/// A file that nobody else has, in the folder that it is to be renamed in.
fn new_file(folder: &Path) -> io::Result<(File, PathBuf)> {
    for number in 0..TRIES {
        let place = folder.join(format!(".okv-host-{}-{number}.new", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(&place) {
            Ok(file) => return Ok((file, place)),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    refused("its folder is full of unfinished files of okv-host")
}

/// Gives `file` the owner and the mode of the one that it replaces: whoever could read that can read it.
fn like(file: &File, before: Option<&fs::Metadata>) -> io::Result<()> {
    let Some(before) = before else { return Ok(()) };
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (before.uid(), before.gid()) {
        fchown(file, Some(before.uid()), Some(before.gid()))?;
    }
    file.set_permissions(Permissions::from_mode(before.mode() & 0o777))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn a_new_file_is_private_and_one_that_is_replaced_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        replace(&path, b"first").unwrap();
        assert_eq!((mode(&path), fs::read(&path).unwrap()), (0o600, b"first".to_vec()));
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let old = File::open(&path).unwrap();
        replace(&path, b"second").unwrap();
        assert_eq!((mode(&path), fs::read(&path).unwrap()), (0o644, b"second".to_vec()));
        assert_eq!(io::read_to_string(old).unwrap(), "first", "whoever reads the old one reads all of it");
        assert_eq!(names(dir.path()), ["report"]);
    }

    #[test]
    fn what_is_no_file_is_refused_and_stays() {
        let dir = tempfile::tempdir().unwrap();
        let [file, link, fifo, sub] = ["file", "link", "fifo", "sub"].map(|name| dir.path().join(name));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        fs::create_dir(&sub).unwrap();
        for (path, why) in [
            (link.as_path(), "a symbolic link"),
            (&fifo, "a FIFO"),
            (&sub, "directory"),
            (Path::new("/dev/null"), "a device"),
            (Path::new("/"), "names no file"),
            (&dir.path().join("none/file"), "No such file"),
            (&dir.path().join("file/x"), "Not a directory"),
        ] {
            let error = replace(path, b"new").unwrap_err().to_string();
            assert!(error.contains(why), "{}: {error}", path.display());
        }
        assert_eq!(fs::read(&file).unwrap(), b"old");
        assert_eq!(names(dir.path()), ["fifo", "file", "link", "sub"]);
    }

    #[test]
    fn a_file_that_was_left_over_is_no_obstacle() {
        let dir = tempfile::tempdir().unwrap();
        let left = dir.path().join(format!(".okv-host-{}-0.new", std::process::id()));
        fs::write(&left, "half").unwrap();
        replace(&dir.path().join("report"), b"whole").unwrap();
        assert_eq!(fs::read(&left).unwrap(), b"half");
    }
}
