//! What lies in place of a file of the state, and was not made by this program.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::engine::apply::lock::{Lock, LockError};
use crate::io::journal::Journal;
use crate::io::sys;

/// How each file of the state is opened: its name, and why that was refused.
type Open = (&'static str, fn(&Path) -> Option<String>);

const FILES: [Open; 3] = [
    ("lock", |path| match Lock::take(path.parent().unwrap()) {
        Err(LockError::Io(e)) => Some(e.to_string()),
        Ok(_) | Err(LockError::Held) => None,
    }),
    ("journal", |path| Journal::<Value>::open(path).err().map(|e| e.to_string())),
    ("confirmations", |path| Journal::<Value>::open_past_damage(path).err().map(|e| e.to_string())),
];

/// Each file is refused with these words where `put` put something in its place.
fn is_refused(words: &str, put: impl Fn(&Path)) {
    for (name, open) in FILES {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("okv-host");
        fs::create_dir(&folder).unwrap();
        let path = folder.join(name);
        put(&path);
        let why = open(&path).unwrap_or_else(|| panic!("{name} was opened"));
        assert!(why.contains(words), "{name}: {why}");
    }
}

fn elsewhere(path: &Path) -> PathBuf {
    path.parent().unwrap().parent().unwrap().join("elsewhere")
}

#[test]
fn a_symbolic_link_is_refused_and_its_target_is_as_it_was() {
    is_refused("symbolic link", |path| {
        fs::write(elsewhere(path), "somebody's").unwrap();
        symlink(elsewhere(path), path).unwrap();
    });
    is_refused("symbolic link", |path| symlink("nowhere", path).unwrap());
}

#[test]
fn a_fifo_is_refused_and_nobody_waits_for_it() {
    is_refused("must be a regular file", |path| {
        nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU).unwrap();
    });
}

/// Only root can give a file away.
#[test]
fn a_file_or_a_folder_of_another_user_is_refused() {
    if !sys::is_root() {
        let dir = tempfile::tempdir().unwrap();
        assert!(chown(dir.path(), Some(1), None).is_err(), "nobody but root can make this situation");
        return;
    }
    is_refused("belongs to user 1", |path| {
        fs::write(path, "").unwrap();
        chown(path, Some(1), None).unwrap();
    });
    is_refused("belongs to user 1", |path| chown(path.parent().unwrap(), Some(1), None).unwrap());
}

#[test]
fn a_folder_or_a_file_that_others_can_write_is_refused() {
    let mode = |path: &Path, mode| set_permissions(path, Permissions::from_mode(mode)).unwrap();
    is_refused("mode 0775", |path| mode(path.parent().unwrap(), 0o775));
    is_refused("mode 0777", |path| mode(path.parent().unwrap(), 0o777));
    is_refused("mode 0660", |path| {
        fs::write(path, "").unwrap();
        mode(path, 0o660);
    });
}
