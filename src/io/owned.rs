//! Whether a file is one that only root, or whoever runs this program, can have written. What okv-host records as root
//! it acts on later.
//!
//! Each part of the path is verified from `/` on, before the next one is read. Nobody else can exchange it then: only
//! the owner of a folder, and who may write it, can. What does not exist is not refused.

use std::fs::{File, Metadata, symlink_metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::sys::{self, at};
use crate::base::cause::cause;

mod folder;

/// The bits of a mode that let others write.
const WRITTEN_BY_OTHERS: u32 = 0o022;

/// Verifies that the file at `path` is a regular file, and neither it nor a folder of its path of another owner, or
/// writable by others.
///
/// # Errors
/// What is wrong, and what to do about it.
pub fn verify(path: &Path) -> io::Result<()> {
    verified_folder(path).map(drop)
}

/// Opens the file at `path` for reading, after the same verification.
///
/// # Errors
/// The same, and where it is not there or cannot be opened.
pub fn read(path: &Path) -> io::Result<File> {
    open(path, at::read)
}

/// Opens the file at `path` for reading and appending, made where it is missing, after the same verification.
///
/// # Errors
/// The same, and where its folder is not there or it cannot be opened.
pub fn append(path: &Path) -> io::Result<File> {
    open(path, at::append)
}

fn open(path: &Path, open: fn(&Path) -> io::Result<File>) -> io::Result<File> {
    open(&verified_folder(path)?.ok_or(ErrorKind::NotFound)?)
}

/// The file at `path` by the path that its links lead to. `None` where there is no such folder.
fn verified_folder(path: &Path) -> io::Result<Option<PathBuf>> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(refused(format!("{} names no file", path.display())));
    };
    let Some(folder) = folder::verified(folder)? else { return Ok(None) };
    let file = folder.join(name);
    if let Some(metadata) = found(path, symlink_metadata(&file))? {
        verify_one(path, &metadata, metadata.is_file(), "regular file")?;
    }
    Ok(Some(file))
}

fn found<T>(path: &Path, result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
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
    // Without -h, the owner of what the link leads to would be changed.
    let command = if metadata.is_symlink() { "chown -h root" } else { "chown root" };
    let path = path.display();
    let why = format!("{path} belongs to user {owner}, and must belong to root: look at it, and then run {command}");
    Err(refused(why))
}

fn refused(why: String) -> io::Error {
    io::Error::new(ErrorKind::PermissionDenied, why)
}

#[cfg(test)]
mod tests;
