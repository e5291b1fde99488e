//! Mounts that go away with their guards, also where a test fails.
//!
//! A guard undoes only what it did: before it unmounts anything it asks the kernel whether its folder is still mounted
//! from its own device.

use std::fs;
use std::path::Path;

use super::loopdev::Loop;
use super::tools::{Tool, run};

/// A loop device mounted on a folder of its own.
#[derive(Debug)]
pub(crate) struct Mounted<'l> {
    folder: tempfile::TempDir,
    device: &'l Loop,
}

impl<'l> Mounted<'l> {
    /// Mounts with `options` besides `ro`.
    pub(crate) fn read_only(device: &'l Loop, kind: &str, options: &str) -> Self {
        Self::mount(device, kind, &if options.is_empty() { "ro".to_owned() } else { format!("ro,{options}") })
    }

    /// Mounts with `options` besides `rw`.
    pub(crate) fn writable(device: &'l Loop, kind: &str, options: &str) -> Self {
        Self::mount(device, kind, &if options.is_empty() { "rw".to_owned() } else { format!("rw,{options}") })
    }

    fn mount(device: &'l Loop, kind: &str, options: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let node = device.device().to_str().expect("a path in UTF-8");
        let target = folder.path().to_str().expect("a path in UTF-8").to_owned();
        run("mount", &["-t", kind, "-o", options, node, &target]);
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
            let _ = Tool::new("umount").arg(self.folder.path()).outcome();
        }
    }
}
