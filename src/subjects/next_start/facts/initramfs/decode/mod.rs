//! Unpacks one compressed segment, part by part.
//!
//! Each decoder takes from the source what belongs to its stream, and nothing behind it.

mod lz4;
mod lzma;
mod xz;
mod zstd;

use crate::base::cause::cause;
use std::fmt;
use std::io::{self, Read};

use super::compression::Compression;
use super::cpio::Fault;
use super::source::Source;

/// Why a stream was not unpacked to its end.
pub(super) enum Halt {
    /// The stream itself is wrong, or the source failed.
    Stream(String),
    /// It may be right, and cannot be verified.
    Unknown(String),
    /// What it unpacks to is wrong.
    Archive(Fault),
}

impl Halt {
    fn of(why: &impl fmt::Display) -> Self {
        Self::Stream(cause(why))
    }
}

impl From<io::Error> for Halt {
    fn from(why: io::Error) -> Self {
        Self::of(&why)
    }
}

/// Takes the unpacked bytes.
pub(super) type Sink<'s> = dyn FnMut(&[u8]) -> Result<(), Halt> + 's;

const PART: usize = 1 << 16;

/// Unpacks the stream that comes next.
pub(super) fn unpack<R: Read>(
    compression: Compression,
    source: &mut Source<R>,
    sink: &mut Sink<'_>,
) -> Result<(), Halt> {
    match compression {
        Compression::Gzip => pump(flate2::bufread::GzDecoder::new(source), sink),
        Compression::Bzip2 => pump(bzip2::bufread::BzDecoder::new(source), sink),
        Compression::Lzma => lzma::unpack(source, sink),
        Compression::Xz => xz::unpack(source, sink),
        Compression::Lz4 => lz4::unpack(source, sink),
        Compression::Zstd => zstd::unpack(source, sink),
        Compression::Lzo => Err(Halt::Unknown("it is compressed with lzo, which is not read here".into())),
    }
}

/// Reads a decoder to its end.
fn pump(mut decoder: impl Read, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut part = vec![0; PART];
    loop {
        match decoder.read(&mut part) {
            Ok(0) => return Ok(()),
            Ok(len) => sink(part.get(..len).unwrap_or_default())?,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) if why.kind() == io::ErrorKind::OutOfMemory => return Err(Halt::Unknown(needs_more())),
            Err(why) => return Err(why.into()),
        }
    }
}

fn needs_more() -> String {
    format!("it needs more than {} MiB of memory", super::limits::MOST_WINDOW / super::limits::MIB)
}
