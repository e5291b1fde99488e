//! The last part of a file that grows without a bound.

use std::io;

use super::root::Place;

/// Size of the file at `place`, and its last `most` bytes.
pub(crate) fn tail(place: &Place<'_>, most: u64) -> io::Result<(u64, Vec<u8>)> {
    if !place.stat()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    // It may grow meanwhile.
    let file = place.image()?;
    let bytes = file.bytes();
    let mut text = vec![0; usize::try_from(bytes.min(most)).unwrap_or_default()];
    file.read_at(&mut text, bytes.saturating_sub(most)).map_err(|why| why.source)?;
    Ok((bytes, text))
}
