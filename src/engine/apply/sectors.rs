//! Writing sectors to a disk and proving it; and telling the kernel of the partition that they announce.
//!
//! Functions that take a `base` look at `base/sys` and `base/dev`: `/` on a host, in tests a folder that stands for it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::base::cause::cause;
use crate::base::units::SectorSize;
use crate::disk::new_table::NewSector;
use crate::io::image::{Image, ReadError};
use crate::io::sys::block;

mod kernel;

pub(super) use kernel::{add_partition, forget_partition, kernel_shows};

/// How long the lock of a disk is waited for: udev holds it while it looks at a disk.
const LOCK_DEADLINE: Duration = Duration::from_secs(30);
/// How long is waited between two looks at what something else has to do.
const PAUSE: Duration = Duration::from_millis(50);

/// A disk that is ours until this is dropped.
///
/// It is claimed in the kernel (`O_EXCL`), so that nothing can mount or use it, and locked as systemd asks of what
/// changes a partition table (<https://systemd.io/BLOCK_DEVICE_LOCKING/>): udev neither looks at it nor reads its table
/// again meanwhile. When it is dropped, udev may read the table again, and the partitions go away and come back for a
/// moment.
///
/// For tests a regular file stands for a disk with 512-byte sectors.
#[derive(Debug)]
pub(super) struct HeldDisk {
    path: String,
    file: File,
    bytes: u64,
    sector: SectorSize,
    is_device: bool,
}

impl std::fmt::Display for HeldDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)
    }
}

impl HeldDisk {
    /// Opens the disk at `path` for reading and writing, claims and locks it.
    ///
    /// # Errors
    /// Where it is mounted, held by something or in use; where it can only be read; where it is no disk; where its lock
    /// is not had in 30 s.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        Self::open_within(path, LOCK_DEADLINE)
    }

    fn open_within(path: &Path, deadline: Duration) -> Result<Self, String> {
        let shown = path.display().to_string();
        let why = |what: &str, e: io::Error| format!("{shown}: {what}: {}", cause(&e));
        let file = claim(path).map_err(|e| match e.kind() {
            io::ErrorKind::ResourceBusy => {
                format!("{shown} is in use: it or a part of it is mounted or held: {}", cause(&e))
            }
            _ if reads_only(path) => format!("{shown} can only be read: {}", cause(&e)),
            _ => why("cannot be opened for writing", e),
        })?;
        let meta = file.metadata().map_err(|e| why("cannot be examined", e))?;
        let is_device = meta.file_type().is_block_device();
        if !is_device && !meta.is_file() {
            return Err(format!("{shown} is neither a block device nor a file"));
        }
        if is_device && block::is_read_only(&file).map_err(|e| why("cannot be examined", e))? {
            return Err(format!("{shown} can only be read"));
        }
        lock(&file, &shown, deadline)?;
        // Only now: what had the lock before may have changed it.
        let (bytes, sector) = if is_device {
            let bytes = block::bytes(&file).map_err(|e| why("its size could not be read", e))?;
            (bytes, block::logical_block_size(&file).map_err(|e| why("its sector size could not be read", e))?)
        } else {
            (meta.len(), SectorSize::S512)
        };
        block::forget_cached(&file);
        Ok(Self { path: shown, file, bytes, sector, is_device })
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn sector_size(&self) -> SectorSize {
        self.sector
    }

    /// The `len` bytes at `at`.
    ///
    /// # Errors
    /// Where they lie beyond the end, or the medium fails.
    pub(super) fn read(&self, at: u64, len: usize) -> Result<Vec<u8>, String> {
        // Before memory is taken for it.
        if at.checked_add(len as u64).is_none_or(|end| end > self.bytes) {
            return Err(format!("{}: {len} bytes at byte {at} lie beyond its end at {}", self.path, self.bytes));
        }
        let mut bytes = vec![0; len];
        self.read_at(&mut bytes, at).map_err(|e| format!("{}: {}", self.path, cause(&e)))?;
        Ok(bytes)
    }

    /// Writes the sectors, each of which is on the medium before the next one is begun; then reads all of them back
    /// from it.
    ///
    /// # Errors
    /// Where one is no sector of this disk: then nothing was written. Where the medium fails, or shows something else
    /// afterwards.
    pub(super) fn write(&self, sectors: &[NewSector]) -> Result<(), String> {
        for sector in sectors {
            self.is_a_sector(sector)?;
        }
        for NewSector { at, bytes } in sectors {
            let written = self.file.write_all_at(bytes, *at).and_then(|()| self.file.sync_all());
            written.map_err(|e| format!("{}: cannot write the sector at byte {at}: {}", self.path, cause(&e)))?;
        }
        self.shows(sectors)
    }

    /// Proves from the medium, past the cache, that it holds these sectors.
    ///
    /// # Errors
    /// With the first that it does not hold.
    pub(super) fn shows(&self, sectors: &[NewSector]) -> Result<(), String> {
        if self.is_device {
            block::flush_buffers(&self.file)
                .map_err(|e| format!("{}: cannot flush its buffers: {}", self.path, cause(&e)))?;
        }
        block::forget_cached(&self.file);
        for NewSector { at, bytes } in sectors {
            if self.read(*at, bytes.len())? != *bytes {
                return Err(format!("{}: the sector at byte {at} does not hold what was written to it", self.path));
            }
        }
        Ok(())
    }

    fn is_a_sector(&self, NewSector { at, bytes }: &NewSector) -> Result<(), String> {
        let size = self.sector.bytes();
        let ends_within = at.checked_add(size).is_some_and(|end| end <= self.bytes);
        if bytes.len() as u64 == size && at.is_multiple_of(size) && ends_within {
            return Ok(());
        }
        Err(format!("{}: {} bytes at byte {at} are no sector of it", self.path, bytes.len()))
    }
}

impl Image for HeldDisk {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sector_size(&self) -> Option<SectorSize> {
        Some(self.sector)
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        self.file.read_exact_at(buf, at).map_err(|source| ReadError { at, len: buf.len(), source })
    }
}

/// Opens for reading and writing, and claims: the kernel refuses where something else has a claim on the disk or a part
/// of it.
fn claim(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).custom_flags(block::O_EXCL).open(path)
}

/// Whether `path` is a device that the kernel lets nobody write to, as far as can be determined.
fn reads_only(path: &Path) -> bool {
    let is_device = path.metadata().is_ok_and(|m| m.file_type().is_block_device());
    is_device && File::open(path).and_then(|file| block::is_read_only(&file)).unwrap_or(false)
}

fn lock(file: &File, shown: &str, within: Duration) -> Result<(), String> {
    let deadline = Instant::now().checked_add(within);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(e)) => return Err(format!("{shown}: cannot be locked: {}", cause(&e))),
            Err(TryLockError::WouldBlock) if deadline.is_none_or(|d| Instant::now() >= d) => {
                return Err(format!("{shown} is locked by another program, after {} s still", within.as_secs()));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
        }
    }
}

#[cfg(test)]
mod tests;
