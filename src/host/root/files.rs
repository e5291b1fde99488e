//! The files of a host, by their paths below its top, which have no links in them.

use std::io;
use std::path::Path;

use crate::host::capture::{Bytes, Meta, Name};
use crate::io::image::Image;

/// What answers questions about the files of a host.
///
/// Every method fails with the error of the kernel, or with the reason why it could not be looked.
pub trait Files: std::fmt::Debug + Send + Sync {
    /// Where a symbolic link leads (readlink(2)); [`io::ErrorKind::InvalidInput`] where the place is none.
    ///
    /// # Errors
    /// Where it is no link, or cannot be looked at.
    fn link(&self, path: &Path) -> io::Result<Bytes>;

    /// What lstat(2) shows.
    ///
    /// # Errors
    /// Where there is nothing, or it cannot be looked at.
    fn meta(&self, path: &Path) -> io::Result<Meta>;

    /// The names in a folder, sorted.
    ///
    /// # Errors
    /// Where it is no folder, or has too many names.
    fn names(&self, path: &Path) -> io::Result<Vec<Name>>;

    /// The bytes of a regular file of at most [`LARGEST_FILE`](super::LARGEST_FILE) bytes.
    ///
    /// # Errors
    /// Where it is none, or is larger.
    fn content(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// A disk, or a file of which parts are read.
    ///
    /// # Errors
    /// Where it is neither.
    fn image(&self, path: &Path) -> io::Result<Box<dyn Image>>;

    /// A regular file, as it is.
    ///
    /// # Errors
    /// Where it is none.
    fn file(&self, path: &Path) -> io::Result<Box<dyn Image>>;
}
