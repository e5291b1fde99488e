//! Hosts with SSH host keys, each made in a scratch directory out of the keys of fixtures/ssh/keys.

mod common;
mod configuration;
mod files;
mod loading;
mod made_again;
mod named;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use Entry::{Key, KeyOf, Link, Pair, Text};

/// Something that a host has. Paths are of the host, without the leading slash; keys lie in etc/ssh.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entry {
    /// Both halves of a key, with the modes that ssh-keygen gives: NAME, key.
    Pair(&'static str, &'static str),
    /// One file of a key: NAME (bytes, as the file system has them), file of fixtures/ssh/keys, mode.
    Key(&'static [u8], &'static str, u32),
    /// The same with owner and group: NAME, file, mode, uid, gid.
    KeyOf(&'static str, &'static str, u32, u32, u32),
    /// A file: path, text.
    Text(&'static str, &'static str),
    /// A symbolic link: path, target.
    Link(&'static str, &'static str),
}

/// Mounts of a host whose file systems can be written to.
pub(crate) const WRITABLE: Entry =
    Text("proc/self/mountinfo", "97 1 253:1 / / rw,relatime shared:1 - xfs /dev/mapper/vg_root-lv_root rw\n");
/// A configuration that names no host key.
pub(crate) const NAMES_NONE: Entry = Text("etc/ssh/sshd_config", "#HostKey /etc/ssh/ssh_host_dsa_key\nUsePAM yes\n");
const UNIT: Entry = Text("usr/lib/systemd/system/sshd.service", "[Service]\nExecStart=/usr/sbin/sshd -D $OPTIONS\n");
pub(crate) const RSA: Entry = Pair("ssh_host_rsa_key", "rsa");
pub(crate) const DSA: Entry = Pair("ssh_host_dsa_key", "dsa");

/// A host: its name, and what it has.
pub(crate) type Host = (&'static str, &'static [Entry]);

/// Every host, in the order of the table of cases.
pub(crate) fn hosts() -> impl Iterator<Item = &'static Host> {
    [common::HOSTS, configuration::HOSTS, files::HOSTS, loading::HOSTS, made_again::HOSTS, named::HOSTS]
        .into_iter()
        .flatten()
}

/// Where the keys are.
pub(crate) fn keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ssh/keys")
}

/// Makes the host of that name.
pub(crate) fn host(name: &str) -> tempfile::TempDir {
    let (_, entries) = hosts().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no host {name}"));
    made_of(entries)
}

/// Makes a host of `entries`.
pub(crate) fn made_of(entries: &[Entry]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), entries);
    dir
}

/// Puts `entries` on the host in `dir`.
#[allow(dead_code)] // one test binary has hosts that are made of more
pub(crate) fn put(dir: &Path, entries: &[Entry]) {
    fs::create_dir_all(dir.join("etc/ssh")).unwrap();
    for entry in entries {
        make(dir, entry);
    }
}

fn make(dir: &Path, entry: &Entry) {
    let ssh = dir.join("etc/ssh");
    let key = |name: &[u8], file: &str, mode: u32| {
        let path = ssh.join(OsStr::from_bytes(name));
        fs::copy(keys().join(file), &path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let parent = |path: &str| {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    };
    match *entry {
        Pair(name, file) => {
            key(name.as_bytes(), file, 0o600);
            key(format!("{name}.pub").as_bytes(), &format!("{file}.pub"), 0o644);
        }
        Key(name, file, mode) => drop(key(name, file, mode)),
        KeyOf(name, file, mode, uid, gid) => chown(key(name.as_bytes(), file, mode), Some(uid), Some(gid)).unwrap(),
        Text(path, text) => fs::write(parent(path), text).unwrap(),
        Link(path, target) => symlink(target, parent(path)).unwrap(),
    }
}
