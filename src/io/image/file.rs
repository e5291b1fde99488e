//! A file or block device, opened read-only.

use std::fs;
use std::io;
use std::os::unix::fs::{FileExt, FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::{Image, ReadError, check_range, sparse};
use crate::base::units::{ByteRange, SectorSize};
use crate::io::sys;

/// An image file or a block device.
#[derive(Debug)]
pub struct File {
    file: fs::File,
    bytes: u64,
    sector: Option<SectorSize>,
    /// Whether the first read came from the medium; nothing before that.
    is_slow: OnceLock<bool>,
}

/// A read takes longer than this where its bytes are not in the kernel's cache. Only then it is worth a system call to
/// have others fetched beforehand.
const CACHED: Duration = Duration::from_micros(40);

impl File {
    /// Wraps an open regular file or block device; its size is asked once.
    ///
    /// # Errors
    /// Where it is neither (a directory, a FIFO, a character device), or the kernel does not tell its size.
    pub fn new(file: fs::File) -> io::Result<Self> {
        let meta = file.metadata()?;
        let kind = meta.file_type();
        if kind.is_file() {
            return Ok(Self { file, bytes: meta.len(), sector: None, is_slow: OnceLock::new() });
        }
        if kind.is_block_device() {
            let bytes = sys::block::bytes(&file)?;
            let sector = Some(sys::block::logical_block_size(&file)?);
            sys::block::forget_cached(&file);
            return Ok(Self { file, bytes, sector, is_slow: OnceLock::new() });
        }
        let what = match kind {
            k if k.is_dir() => "a directory",
            k if k.is_fifo() => "a FIFO",
            k if k.is_char_device() => "a character device",
            _ => "a special file",
        };
        let message = format!("{what}, neither a block device nor an image file");
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }
}

impl Image for File {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.sector
    }

    fn is_hole(&self, range: ByteRange) -> bool {
        // A block device has no holes that the kernel would tell of.
        self.sector.is_none()
            && range.end() <= self.bytes
            && sys::filesystem::next_data(&self.file, range.start())
                .is_ok_and(|at| at.is_none_or(|at| at >= range.end()))
    }

    fn will_need(&self, range: ByteRange) {
        if self.is_slow.get() == Some(&true) {
            sys::filesystem::will_need(&self.file, range);
        }
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        check_range(at, buf.len(), self.bytes)?;
        let mut read = || self.file.read_exact_at(buf, at);
        let result = match self.is_slow.get() {
            Some(_) => read(),
            None => {
                let started = Instant::now();
                let result = read();
                let _ = self.is_slow.set(started.elapsed() > CACHED);
                result
            }
        };
        result.map_err(|source| ReadError { at, len: buf.len(), source })
    }
}

/// Opens `path` for reading: a block device, a raw image file, or a [`sparse`] container.
///
/// The open does not block on a FIFO, and does not claim the device: it works while the disk is in use.
///
/// # Errors
/// Where there is no such file, no permission, or nothing that could be a disk.
pub fn open(path: &Path) -> io::Result<Box<dyn Image>> {
    let file = fs::OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(path)?;
    let file = File::new(file)?;
    // A container is never a whole number of sectors long, so raw images are told apart without a read.
    if file.sector.is_none() && !file.bytes.is_multiple_of(512) && sparse::is_sparse(&file) {
        return Ok(Box::new(sparse::Sparse::read(&file)?));
    }
    Ok(Box::new(file))
}
