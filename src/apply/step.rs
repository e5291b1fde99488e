//! Doing, proving and undoing of each action, side by side.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::Host;
use crate::plan::{Action, FileIdentity};
use crate::sys::rename_without_replacing;
use crate::tool::{Cmd, Program, success};

impl Host<'_> {
    /// Does `action`. What it finds must be what the plan was made from.
    pub(super) fn perform(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Rename { from, to, file } => self.rename(from, to, file),
            Action::Run { argv } => self.execute(argv),
        }
    }

    /// Proves from the host that `action` was done.
    pub(super) fn prove(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Rename { from, to, file } => {
                self.is(to, file)?;
                if self.exists(from)? { Err(format!("{from} is still there")) } else { Ok(()) }
            }
            // Its exit status was the proof.
            Action::Run { .. } => Ok(()),
        }
    }

    /// Takes back `action`, which was done and proved.
    pub(super) fn take_back(&self, action: &Action) -> Result<(), String> {
        match action {
            // Someone was faster.
            Action::Rename { from, to, file } if self.is(from, file).is_ok() && !self.exists(to)? => Ok(()),
            Action::Rename { from, to, file } => self.rename(to, from, file),
            Action::Run { .. } => Ok(()),
        }
    }

    /// Takes back `action`, which was begun and of which nobody knows whether it was done: a rename was, where the new name is that of the
    /// file of the plan.
    pub(super) fn take_back_begun(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Rename { to, file, .. } if self.is(to, file).is_err() => Ok(()),
            Action::Rename { .. } | Action::Run { .. } => self.take_back(action),
        }
    }

    /// Whether `action`, which was done and proved, can be taken back as the host is now.
    pub(super) fn can_take_back(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Rename { from, to, file } if self.is(from, file).is_err() => {
                self.is(to, file)?;
                if self.exists(from)? {
                    Err(format!("{from} is there again: another file has that name"))
                } else {
                    Ok(())
                }
            }
            Action::Rename { .. } | Action::Run { .. } => Ok(()),
        }
    }

    fn rename(&self, from: &str, to: &str, file: &FileIdentity) -> Result<(), String> {
        self.is(from, file)?;
        rename_without_replacing(&self.path(from), &self.path(to))
            .map_err(|e| format!("cannot rename {from} to {to}: {e}"))
    }

    fn execute(&self, argv: &[String]) -> Result<(), String> {
        let (program, args) = argv.split_first().ok_or("an empty command")?;
        let program = Program::at(program).ok_or_else(|| format!("{program} is not a program that may be run"))?;
        success(self.runner, &Cmd::new(program, args.iter().map(String::as_str))).map(drop).map_err(|e| e.to_string())
    }

    /// Whether the file at `path` is the one of the plan.
    fn is(&self, path: &str, file: &FileIdentity) -> Result<(), String> {
        let meta = fs::symlink_metadata(self.path(path)).map_err(|e| format!("{path}: {e}"))?;
        let mode = meta.permissions().mode() & 0o7777;
        if !meta.is_file() || meta.ino() != file.inode || meta.len() != file.bytes || mode != file.mode {
            return Err(format!("{path} is not the file that it was when the plan was made"));
        }
        Ok(())
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        match fs::symlink_metadata(self.path(path)) {
            Ok(_) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(format!("{path}: {e}")),
        }
    }
}
