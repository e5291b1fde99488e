//! A file that gets another name, and its old one back.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::host::TargetHost;
use crate::base::cause::cause;
use crate::base::digest::sum_of;
use crate::engine::FileIdentity;
use crate::io::sys::{is_immutable, rename_without_replacing};

impl TargetHost<'_> {
    pub(super) fn rename(&self, from: &str, to: &str, file: &FileIdentity) -> Result<(), String> {
        self.is(from, file)?;
        rename_without_replacing(&self.path(from), &self.path(to))
            .map_err(|e| format!("cannot rename {from} to {to}: {}", cause(&e)))
    }

    pub(super) fn is_renamed(&self, from: &str, to: &str, file: &FileIdentity) -> Result<(), String> {
        self.is(to, file)?;
        if self.exists(from)? { Err(format!("{from} is still there")) } else { Ok(()) }
    }

    pub(super) fn rename_back(&self, from: &str, to: &str, file: &FileIdentity) -> Result<(), String> {
        // Someone was faster.
        if self.is(from, file).is_ok() && !self.exists(to)? {
            return Ok(());
        }
        self.rename(to, from, file)
    }

    pub(super) fn can_rename_back(&self, from: &str, to: &str, file: &FileIdentity) -> Result<(), String> {
        if self.is(from, file).is_ok() {
            return Ok(());
        }
        self.is(to, file)?;
        if self.exists(from)? {
            return Err(format!("{from} is there again: another file has that name"));
        }
        Ok(())
    }

    /// Whether the file of the plan is surely not at `path`: nothing is, or another file, whatever their content.
    pub(super) fn is_surely_not(&self, path: &str, file: &FileIdentity) -> bool {
        match fs::symlink_metadata(self.path(path)) {
            Ok(meta) => meta.ino() != file.inode,
            Err(e) => e.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Whether the file at `path` is the one of the plan.
    pub(super) fn is(&self, path: &str, file: &FileIdentity) -> Result<(), String> {
        let meta = fs::symlink_metadata(self.path(path)).map_err(|e| format!("{path}: {}", cause(&e)))?;
        let mode = meta.permissions().mode() & 0o7777;
        if !meta.is_file() || meta.ino() != file.inode || meta.len() != file.bytes || mode != file.mode {
            return Err(format!("{path} is not the file that it was when the plan was made"));
        }
        let Some(wanted) = file.sha256 else { return Ok(()) };
        let content = fs::File::open(self.path(path)).and_then(|file| sum_of(file, &mut |_| ControlFlow::Continue(())));
        match content.map_err(|e| format!("{path}: {}", cause(&e)))? {
            Some(sum) if sum == wanted => Ok(()),
            _ => Err(format!("the content of {path} changed since the plan was made")),
        }
    }

    /// Whether nothing in `folder` with that word in its name is immutable, nor the folder itself.
    pub(super) fn can_be_removed(&self, folder: &str, word: &str) -> Result<(), String> {
        let entries = fs::read_dir(self.path(folder)).map_err(|e| format!("{folder}: {}", cause(&e)))?;
        let mut names = vec![folder.to_owned()];
        for entry in entries {
            let entry = entry.map_err(|e| format!("{folder}: {}", cause(&e)))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.contains(word) {
                names.push(format!("{folder}/{name}"));
            }
        }
        for path in names {
            if is_immutable(&self.path(&path)).map_err(|e| format!("{path}: {}", cause(&e)))? {
                return Err(format!("{path} is immutable: chattr -i -a {path}"));
            }
        }
        Ok(())
    }

    pub(super) fn exists(&self, path: &str) -> Result<bool, String> {
        match fs::symlink_metadata(self.path(path)) {
            Ok(_) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(format!("{path}: {}", cause(&e))),
        }
    }
}
