//! Loop devices that go away by themselves, even where the test process is killed.

use std::fs::{self, File};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::tools::{Tool, ToolFailed};

/// A loop device over a file. It is detached on drop.
///
/// The device is held open and already marked for detaching ("autoclear"), so the kernel detaches it when this
/// process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Loop {
    device: PathBuf,
    backing: PathBuf,
    /// Keeps it attached.
    _held: File,
}

impl Loop {
    /// Attaches `file` with logical blocks of `sector_bytes`.
    pub(crate) fn attach(file: &Path, sector_bytes: u32) -> Result<Self, ToolFailed> {
        let sector = sector_bytes.to_string();
        Self::losetup(file, Tool::new("losetup").args(["--partscan", "--sector-size", &sector]))
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
        let attached = Self { device, backing, _held: held };
        attached.device(); // Panics where it is not ours.
        Ok(attached)
    }

    /// The device, after a look that it still is the one over our file.
    pub(crate) fn device(&self) -> &Path {
        let name = self.device.file_name().expect("a device has a name");
        let backing = Path::new("/sys/block").join(name).join("loop/backing_file");
        let backing = fs::read_to_string(&backing).unwrap_or_else(|e| panic!("{}: {e}", backing.display()));
        assert_eq!(Path::new(backing.trim_end()), self.backing, "{} is not ours", self.device.display());
        &self.device
    }

    /// Makes the kernel know the partitions that partx reads on it. They go away with the device.
    pub(crate) fn add_partitions(&self) -> Result<(), ToolFailed> {
        Tool::new("partx").arg("--add").arg(self.device()).run().map(drop)
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
