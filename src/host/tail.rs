//! The last part of a file that grows without a bound.

use std::io;

use super::root::Place;
use crate::io::image::Image;

/// Size of the file at `place`, and its last `most` bytes.
pub(crate) fn tail(place: &Place<'_>, most: u64) -> io::Result<(u64, Vec<u8>)> {
    verify_regular(place)?;
    last(&*place.image()?, most)
}

/// The same of a file that no capture keeps. Who asks keeps an answer in its place: see [`Place::answer`].
pub(crate) fn tail_unkept(place: &Place<'_>, most: u64) -> io::Result<(u64, Vec<u8>)> {
    verify_regular(place)?;
    last(&*place.unkept()?, most)
}

fn verify_regular(place: &Place<'_>) -> io::Result<()> {
    if place.stat()?.is_file() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"))
}

fn last(file: &dyn Image, most: u64) -> io::Result<(u64, Vec<u8>)> {
    // It may grow meanwhile.
    let bytes = file.bytes();
    let mut text = vec![0; usize::try_from(bytes.min(most)).unwrap_or_default()];
    file.read_at(&mut text, bytes.saturating_sub(most)).map_err(|why| why.source)?;
    Ok((bytes, text))
}
