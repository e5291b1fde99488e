//! Loop devices and mounts that go away with their guards, also where a test fails.
//!
//! A guard undoes only what it did: before it detaches or unmounts anything it asks the kernel whether the device still
//! belongs to its own file, and whether its folder is still mounted from its own device.

use std::fs;
use std::path::{Path, PathBuf};

use super::mkfs::run;

/// A file attached to a loop device of its own.
#[derive(Debug)]
pub(crate) struct Loop {
    device: PathBuf,
    file: PathBuf,
}

impl Loop {
    /// Attaches `file` so that it can only be read.
    pub(crate) fn read_only(file: &Path) -> Self {
        Self::attach(file, &["--read-only"])
    }

    /// Attaches `file` so that a tool can write to it.
    pub(crate) fn writable(file: &Path) -> Self {
        Self::attach(file, &[])
    }

    fn attach(file: &Path, options: &[&str]) -> Self {
        let file = file.canonicalize().expect("a file to attach");
        let path = file.to_str().expect("a path in UTF-8");
        let printed = run("losetup", &[&["--find", "--show"], options, &[path]].concat());
        Self { device: PathBuf::from(printed.trim()), file }
    }

    /// The device node.
    pub(crate) fn device(&self) -> &Path {
        &self.device
    }

    fn is_ours(&self) -> bool {
        let name = self.device.file_name().expect("a device name");
        let backing = Path::new("/sys/block").join(name).join("loop/backing_file");
        fs::read_to_string(backing).is_ok_and(|text| Path::new(text.trim_end()) == self.file)
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        if self.is_ours() {
            let _ = duct::cmd!("losetup", "--detach", &self.device).stderr_null().unchecked().run();
        }
    }
}

/// A loop device mounted, read-only, on a folder of its own.
#[derive(Debug)]
pub(crate) struct Mounted<'l> {
    folder: tempfile::TempDir,
    device: &'l Loop,
}

impl<'l> Mounted<'l> {
    /// Mounts with `options` besides `ro`.
    pub(crate) fn read_only(device: &'l Loop, kind: &str, options: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let node = device.device().to_str().expect("a path in UTF-8");
        let target = folder.path().to_str().expect("a path in UTF-8").to_owned();
        let options = if options.is_empty() { "ro".to_owned() } else { format!("ro,{options}") };
        run("mount", &["-t", kind, "-o", &options, node, &target]);
        let mounted = Self { folder, device };
        assert!(mounted.is_ours(), "mount succeeded, but {target} is not mounted from {node}");
        mounted
    }

    /// Where it is mounted.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Whether mountinfo names our folder with our device.
    fn is_ours(&self) -> bool {
        let (folder, device) = (self.folder.path().to_str(), self.device.device().to_str());
        let Ok(text) = fs::read_to_string("/proc/self/mountinfo") else { return false };
        text.lines().any(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let source = words.iter().position(|word| *word == "-").and_then(|at| words.get(at + 2));
            words.get(4).copied() == folder && source.copied() == device
        })
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        if self.is_ours() {
            let _ = duct::cmd!("umount", self.folder.path()).stderr_null().unchecked().run();
        }
    }
}
