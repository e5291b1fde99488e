//! Read-only bytes with a size: a file, a block device, a part of either, or memory.
//!
//! There is no method that writes. What reads through [`Image`] cannot change a disk.

use std::{fmt, io};

use crate::base::cause::cause;
use crate::base::units::{ByteRange, SectorSize};

mod faulty;
mod file;
mod mapped;
mod memory;
mod reader;
mod recording;
mod slice;
pub mod sparse;
pub mod vm;

pub use faulty::Faulty;
pub use file::{File, open};
pub use mapped::{Mapped, Segment as MappedSegment, Stripe as MappedStripe, Stripes as MappedStripes};
pub use memory::Memory;
pub use reader::Reader;
pub use recording::Recording;
pub use slice::Slice;

/// Bytes that can be read at any offset, and whose number is known.
pub trait Image: Send + Sync {
    fn bytes(&self) -> u64;

    /// The logical block size, where the medium tells it (a block device). `None` for a plain file.
    fn sector_size(&self) -> Option<SectorSize> {
        None
    }

    /// Whether it is known, without reading, that every byte of `range` is zero: a hole in a sparse file.
    fn is_hole(&self, range: ByteRange) -> bool {
        let _ = range;
        false
    }

    /// Tells that `range` is read soon, so that a slow medium may begin to fetch it. Does nothing where that makes no
    /// sense.
    fn will_need(&self, range: ByteRange) {
        let _ = range;
    }

    /// Fills `buf` with the bytes at `at`.
    ///
    /// # Errors
    /// Where the medium fails, or the range is not wholly within [`Image::bytes`].
    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError>;
}

/// What points to an image is one.
macro_rules! pointer {
    ($($pointer:ty)*) => {$(
        impl<T: Image + ?Sized> Image for $pointer {
            fn bytes(&self) -> u64 {
                (**self).bytes()
            }

            fn sector_size(&self) -> Option<SectorSize> {
                (**self).sector_size()
            }

            fn is_hole(&self, range: ByteRange) -> bool {
                (**self).is_hole(range)
            }

            fn will_need(&self, range: ByteRange) {
                (**self).will_need(range);
            }

            fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
                (**self).read_at(buf, at)
            }
        }
    )*};
}

pointer! { &T std::sync::Arc<T> }

/// A read that failed, and where.
#[derive(Debug)]
pub struct ReadError {
    /// Offset of the read, in bytes from the start of the image.
    pub at: u64,
    /// Length of the read in bytes.
    pub len: usize,
    /// What the kernel said.
    pub source: io::Error,
}

impl ReadError {
    fn out_of_range(at: u64, len: usize, size: u64) -> Self {
        let source = io::Error::new(io::ErrorKind::UnexpectedEof, format!("the image has {size} bytes"));
        Self { at, len, source }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {} bytes at offset {}: {}", self.len, self.at, cause(&self.source))
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Checks that `len` bytes at `at` lie within an image of `size` bytes.
fn check_range(at: u64, len: usize, size: u64) -> Result<(), ReadError> {
    match at.checked_add(len as u64) {
        Some(end) if end <= size => Ok(()),
        _ => Err(ReadError::out_of_range(at, len, size)),
    }
}
