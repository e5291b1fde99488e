//! The kernel's view of one partition: shown by sysfs, changed by `BLKPG`. The table on the disk is not touched, nor
//! read again, so that the other partitions of a disk may be in use.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::PAUSE;
use crate::base::cause::cause;
use crate::base::units::ByteRange;
use crate::io::sys::block;

/// How long a device node is waited for.
const NODE: Duration = Duration::from_secs(10);
/// How long a partition that is to go may be in use.
const IN_USE: Duration = Duration::from_secs(3);
/// sysfs tells start and size in units of 512 bytes, whatever the sector size.
const UNIT: u64 = 512;

/// Adds the partition to the kernel's view of `disk` (`sdb`), unless it is there already, and waits for its device
/// node.
///
/// # Errors
/// Where a partition of that number has another range, where the kernel refuses, or where there is no node after 10 s.
pub(crate) fn add_partition(base: &Path, disk: &str, number: u32, range: ByteRange) -> Result<(), String> {
    let partition = Partition::new(base, disk, number, range)?;
    if !partition.is_present()? {
        let device = partition.open_disk()?;
        let added = partition.add(&device, number);
        // Whoever was faster, the kernel or udev: it is there, or what is in the way has a name in the error.
        if let Err(e) = added
            && !(e.kind() == io::ErrorKind::ResourceBusy && partition.is_present()?)
        {
            return Err(format!("the kernel does not take {} from the table of {disk}: {}", partition.name, cause(&e)));
        }
    }
    let node = partition.node();
    let is_there = || match fs::metadata(&node) {
        Ok(meta) => Ok(meta.file_type().is_block_device() || meta.is_file()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(format!("{}: {}", node.display(), cause(&e))),
    };
    if !soon(NODE, is_there)? {
        return Err(format!("{}: no such device {} s after the kernel was notified", node.display(), NODE.as_secs()));
    }
    // While the node was waited for, udev may have read the table again.
    if partition.is_present()? {
        Ok(())
    } else {
        Err(format!("{} is gone again from the kernel's view", partition.name))
    }
}

/// Takes the partition out of the kernel's view of `disk`, unless it is not there.
///
/// # Errors
/// Where the partition of that number has another range, where it is mounted or held, or where the kernel refuses.
pub(crate) fn forget_partition(base: &Path, disk: &str, number: u32, range: ByteRange) -> Result<(), String> {
    let partition = Partition::new(base, disk, number, range)?;
    if !partition.is_present()? {
        return Ok(());
    }
    if let Some(holder) = partition.holder()? {
        return Err(format!("{} is held by {holder}", partition.name));
    }
    let device = partition.open_disk()?;
    let refused = |e: io::Error| format!("the kernel does not let go of {}: {}", partition.name, cause(&e));
    let is_gone = || match partition.delete(&device, number) {
        Ok(()) => Ok(true),
        // Perhaps only for a moment: udev looks at it.
        Err(e) if e.kind() == io::ErrorKind::ResourceBusy => Ok(false),
        // It was there, and is not now: someone was faster.
        Err(e) => partition.is_present().and_then(|is_present| if is_present { Err(refused(e)) } else { Ok(true) }),
    };
    if soon(IN_USE, is_gone)? {
        return Ok(());
    }
    Err(format!("{} is mounted, held or open in another program", partition.name))
}

/// Whether the kernel shows partition `number` of `disk` with just this range.
///
/// # Errors
/// Where sysfs cannot be read, or `disk` is not there at all.
pub(crate) fn kernel_shows(base: &Path, disk: &str, number: u32, range: ByteRange) -> Result<bool, String> {
    Ok(Partition::new(base, disk, number, range)?.range_now()? == Some(range))
}

/// Asks until the answer is yes, or the time is up.
fn soon(within: Duration, mut ask: impl FnMut() -> Result<bool, String>) -> Result<bool, String> {
    let deadline = Instant::now().checked_add(within);
    loop {
        if ask()? {
            return Ok(true);
        }
        if deadline.is_none_or(|d| Instant::now() >= d) {
            return Ok(false);
        }
        thread::sleep(PAUSE);
    }
}

/// A partition that the kernel may show.
struct Partition<'p> {
    base: &'p Path,
    disk: &'p str,
    name: String,
    range: ByteRange,
}

impl<'p> Partition<'p> {
    fn new(base: &'p Path, disk: &'p str, number: u32, range: ByteRange) -> Result<Self, String> {
        if disk.is_empty() || disk.contains('/') || disk.starts_with('.') {
            return Err(format!("\"{disk}\" is not the kernel's name of a disk"));
        }
        // The kernel sets them apart where they would run together.
        let between = if disk.ends_with(|c: char| c.is_ascii_digit()) { "p" } else { "" };
        Ok(Self { base, disk, name: format!("{disk}{between}{number}"), range })
    }

    fn sysfs(&self) -> PathBuf {
        self.base.join("sys/class/block").join(self.disk)
    }

    /// Its device node: a slash in it is `!` in sysfs (`cciss!c0d0p1`).
    fn node(&self) -> PathBuf {
        self.base.join("dev").join(self.name.replace('!', "/"))
    }

    fn open_disk(&self) -> Result<File, String> {
        let node = self.base.join("dev").join(self.disk.replace('!', "/"));
        File::open(&node).map_err(|e| format!("{}: {}", node.display(), cause(&e)))
    }

    fn add(&self, device: &File, number: u32) -> io::Result<()> {
        #[cfg(test)]
        if device.metadata()?.is_file() {
            return played::add(&self.sysfs().join(&self.name), &self.node(), self.range);
        }
        block::add_partition(device, number, self.range)
    }

    fn delete(&self, device: &File, number: u32) -> io::Result<()> {
        #[cfg(test)]
        if device.metadata()?.is_file() {
            return played::delete(&self.sysfs().join(&self.name), &self.node());
        }
        block::delete_partition(device, number)
    }

    /// Whether the kernel shows it; an error where what it shows under that number is another partition.
    fn is_present(&self) -> Result<bool, String> {
        match self.range_now()? {
            None => Ok(false),
            Some(range) if range == self.range => Ok(true),
            Some(other) => Err(format!(
                "the kernel shows {} with {} bytes from byte {}, not {} from byte {}",
                self.name,
                other.len(),
                other.start(),
                self.range.len(),
                self.range.start()
            )),
        }
    }

    /// The range that the kernel shows under that number.
    fn range_now(&self) -> Result<Option<ByteRange>, String> {
        let disk = self.sysfs();
        fs::metadata(&disk).map_err(|e| format!("{}: {}", disk.display(), cause(&e)))?;
        let folder = disk.join(&self.name);
        let number = |file: &str| {
            let path = folder.join(file);
            match fs::read_to_string(&path) {
                Ok(text) => match text.trim().parse::<u64>().ok().and_then(|n| n.checked_mul(UNIT)) {
                    Some(bytes) => Ok(Some(bytes)),
                    None => Err(format!("{}: \"{}\" is no number", path.display(), text.trim())),
                },
                // ENODEV: it goes away just now.
                Err(e) if e.kind() == io::ErrorKind::NotFound || e.raw_os_error() == Some(block::ENODEV) => Ok(None),
                Err(e) => Err(format!("{}: {}", path.display(), cause(&e))),
            }
        };
        let (Some(start), Some(len)) = (number("start")?, number("size")?) else { return Ok(None) };
        let range = ByteRange::new(start, len);
        range.map(Some).ok_or_else(|| format!("{}: ends beyond any disk", folder.display()))
    }

    /// What is stacked upon it, such as a device of device-mapper.
    fn holder(&self) -> Result<Option<String>, String> {
        let folder = self.sysfs().join(&self.name).join("holders");
        let why = |e: io::Error| format!("{}: {}", folder.display(), cause(&e));
        match fs::read_dir(&folder) {
            Ok(mut entries) => {
                let first = entries.next().transpose().map_err(why)?;
                Ok(first.map(|entry| entry.file_name().to_string_lossy().into_owned()))
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(why(e)),
        }
    }
}

/// The kernel's part, where for a test a regular file stands for a disk: its view is folders, and its nodes are files.
#[cfg(test)]
mod played {
    use super::{Path, UNIT, fs, io};
    use crate::base::units::ByteRange;

    pub(super) fn add(view: &Path, node: &Path, range: ByteRange) -> io::Result<()> {
        fs::create_dir(view)?;
        fs::write(view.join("size"), format!("{}\n", range.len() / UNIT))?;
        fs::write(view.join("start"), format!("{}\n", range.start() / UNIT))?;
        fs::write(node, "")
    }

    pub(super) fn delete(view: &Path, node: &Path) -> io::Result<()> {
        fs::remove_file(node)?;
        fs::remove_dir_all(view)
    }
}
