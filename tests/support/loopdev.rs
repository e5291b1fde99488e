//! Loop devices that go away by themselves, even where the test process is killed.

use std::fs::{self, File};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::tools::{Tool, ToolFailed};

/// A loop device over a file. It is detached on drop.
///
/// The device is held open and already marked for detaching ("autoclear"), so the kernel detaches it when this
/// process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Loop {
    device: PathBuf,
    backing: PathBuf,
    /// Keeps it attached; `None` only while it is dropped.
    held: Option<File>,
}

impl Loop {
    /// Attaches `file` with logical blocks of `sector_bytes`.
    pub(crate) fn attach(file: &Path, sector_bytes: u32) -> Result<Self, ToolFailed> {
        let sector = sector_bytes.to_string();
        Self::losetup(file, Tool::new("losetup").args(["--partscan", "--sector-size", &sector]))
    }

    /// Attaches `file` so that it can only be read.
    pub(crate) fn read_only(file: &Path) -> Result<Self, ToolFailed> {
        Self::losetup(file, Tool::new("losetup").arg("--read-only"))
    }

    /// Attaches `bytes` bytes of `file` from offset `start`.
    pub(crate) fn attach_part(file: &Path, start: u64, bytes: u64) -> Result<Self, ToolFailed> {
        let (start, bytes) = (start.to_string(), bytes.to_string());
        Self::losetup(file, Tool::new("losetup").args(["--offset", &start, "--sizelimit", &bytes]))
    }

    fn losetup(file: &Path, losetup: Tool) -> Result<Self, ToolFailed> {
        let backing = fs::canonicalize(file).expect("the backing file exists");
        let device = PathBuf::from(losetup.args(["--find", "--show"]).arg(&backing).run()?.trim_end());
        let held = File::open(&device).expect("a loop device that was just attached opens");
        Tool::new("losetup").arg("--detach").arg(&device).run()?;
        let attached = Self { device, backing, held: Some(held) };
        attached.device(); // Panics where it is not ours.
        Ok(attached)
    }

    /// The device, after a look that it still is the one over our file.
    pub(crate) fn device(&self) -> &Path {
        let backing = self.backing_now();
        assert_eq!(backing.as_deref(), Some(&*self.backing), "{} is not ours", self.device.display());
        &self.device
    }

    fn backing_now(&self) -> Option<PathBuf> {
        let file = Path::new("/sys/block").join(self.device.file_name()?).join("loop/backing_file");
        fs::read_to_string(file).ok().map(|text| text.trim_end().into())
    }

    /// Makes the kernel know the partitions that partx reads on it. They go away with the device.
    ///
    /// What it knows already, or refuses, makes partx fail: the device is there or not, and [`Loop::partition`] finds
    /// out.
    pub(crate) fn add_partitions(&self) -> Result<(), ToolFailed> {
        Tool::new("partx").arg("--add").arg(self.device()).outcome().map(drop)
    }

    /// The device of partition `number`, which [`Loop::add_partitions`] made known.
    pub(crate) fn partition(&self, number: u32) -> PathBuf {
        let mut node = self.device().to_path_buf().into_os_string();
        node.push(format!("p{number}"));
        let node = PathBuf::from(node);
        let is_device = fs::metadata(&node).is_ok_and(|m| m.file_type().is_block_device());
        assert!(is_device, "{} is no block device", node.display());
        node
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        self.held = None;
        // A child that another thread is just starting may share the descriptor until it has become its program.
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.backing_now().as_deref() == Some(&*self.backing) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
    }
}
