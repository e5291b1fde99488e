//! Fixture hosts in scratch directories: a whole host of `fixtures/hosts`, or one with an overlay over it, and what a
//! test changes.
//!
//! ```text
//! let host = Host::named("good-uefi")
//!     .with("proc/cmdline", "ro fips=1\n")
//!     .replacing("etc/fstab", "UUID=5a5a5a5a", "UUID=deadbeef")
//!     .without("rpm-qa.txt");
//! ```
//!
//! An overlay is a folder `fixtures/hosts/overlays/NAME` of the files that differ from its base, and a file `overlay`
//! with a line for each thing:
//!
//! | line | what |
//! | --- | --- |
//! | `base NAME` | the whole host below; the first line |
//! | `remove PATH` | a file or folder of the base that this host does not have |
//! | `link PATH TARGET` | a symbolic link |
//! | `file PATH` | a short text file, with the lines that follow |
//! | `\| TEXT` | a line of that file |
//!
//! A host is copied, never linked: a test may write anywhere in it. Symbolic links stay what they are, as those of
//! sysfs run in circles.

#![allow(dead_code)] // Every test binary, and the library's own tests, use a part.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Where a host has its own name.
const NAME: &str = "proc/sys/kernel/hostname";

fn hosts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts")
}

/// The directory of a host that is whole, to be read and not changed.
pub(crate) fn whole(name: &str) -> PathBuf {
    hosts().join(name)
}

/// The folder of an overlay.
pub(crate) fn overlay(name: &str) -> PathBuf {
    overlays().join(name)
}

fn overlays() -> PathBuf {
    hosts().join("overlays")
}

fn folders_of(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap).filter(|entry| entry.file_type().unwrap().is_dir());
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

/// The names of the hosts that are overlays, in order.
pub(crate) fn names_of_overlays() -> Vec<String> {
    let mut names = folders_of(&overlays());
    names.sort();
    names
}

/// The names of all hosts, in order.
pub(crate) fn names() -> Vec<String> {
    let mut names = names_of_overlays();
    names.extend(folders_of(&hosts()).into_iter().filter(|name| name != "overlays"));
    names.sort();
    names
}

/// A host in a directory that goes away with this.
pub(crate) struct Host {
    dir: tempfile::TempDir,
}

impl Host {
    /// The host of that name.
    pub(crate) fn named(name: &str) -> Self {
        let host = Self { dir: tempfile::tempdir().unwrap() };
        let overlay = overlay(name);
        if overlay.is_dir() {
            host.put_overlay(&overlay);
            host.with(NAME, format!("{name}\n"))
        } else {
            let whole = whole(name);
            assert!(whole.is_dir(), "there is no host {name}");
            copy(&whole, host.path());
            host
        }
    }

    /// Its directory.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The same with a file of this content, in the place of what was there.
    pub(crate) fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        write(&self.path().join(path), content.as_ref());
        self
    }

    /// The same with `from` replaced by `to` throughout a text file.
    pub(crate) fn replacing(self, path: &str, from: &str, to: &str) -> Self {
        let text = fs::read_to_string(self.path().join(path)).unwrap();
        assert!(text.contains(from), "{path} has no {from:?}");
        self.with(path, text.replace(from, to))
    }

    /// The same without a file or folder that was there.
    pub(crate) fn without(self, path: &str) -> Self {
        remove(&self.path().join(path));
        self
    }

    /// Copies it into a new directory, to stay there.
    pub(crate) fn copied_to(&self, dir: &Path) {
        fs::create_dir(dir).unwrap_or_else(|why| panic!("{}: {why}", dir.display()));
        copy(self.path(), dir);
    }

    fn put_overlay(&self, overlay: &Path) {
        let file = overlay.join("overlay");
        let text = fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let mut lines = text.lines().peekable();
        let base = lines.next().and_then(|line| line.strip_prefix("base ")).expect("a base in the first line");
        copy(&whole(base), self.path());
        while let Some(line) = lines.next() {
            match line.split(' ').collect::<Vec<_>>().as_slice() {
                ["remove", path] => remove(&self.path().join(path)),
                ["link", path, target] => {
                    let path = self.path().join(path);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    symlink(target, path).unwrap();
                }
                ["file", path] => {
                    let mut content = String::new();
                    while let Some(line) = lines.next_if(|line| line.starts_with('|')) {
                        content += line.strip_prefix("| ").unwrap_or_default();
                        content.push('\n');
                    }
                    write(&self.path().join(path), content.as_bytes());
                }
                _ => panic!("{}: {line:?}", file.display()),
            }
        }
        copy(overlay, self.path());
        fs::remove_file(self.path().join("overlay")).unwrap();
    }
}

fn write(path: &Path, content: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
}

fn remove(path: &Path) {
    let found = path.symlink_metadata().unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    if found.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
}

/// Copies what is in the folder `from` into the folder `to`, over what is there.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap_or_else(|why| panic!("{}: {why}", from.display())) {
        let entry = entry.unwrap();
        let (kind, from, to) = (entry.file_type().unwrap(), entry.path(), to.join(entry.file_name()));
        if kind.is_symlink() {
            symlink(fs::read_link(&from).unwrap(), &to).unwrap();
        } else if kind.is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap_or_else(|why| panic!("{}: {why}", to.display()));
        }
    }
}
