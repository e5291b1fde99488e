//! The last part of a file that grows without a bound.

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

use super::root::Place;
use crate::io::sys;

/// Size of the file at `place`, and its last `most` bytes.
pub(crate) fn tail(place: &Place<'_>, most: u64) -> io::Result<(u64, Vec<u8>)> {
    let mut file = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(place.real_path())?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    file.seek(SeekFrom::Start(meta.len().saturating_sub(most)))?;
    let mut text = Vec::new();
    // It may grow meanwhile.
    file.take(meta.len().min(most)).read_to_end(&mut text)?;
    Ok((meta.len(), text))
}
