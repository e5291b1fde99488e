//! One stream of the older lzma format. It has no sum.

use std::io::{self, Read};

use lzma_rust2::LzmaReader;

use super::super::source::Source;
use super::{Halt, Sink, needs_more, pump, xz};

pub(super) fn unpack<R: Read>(source: &mut Source<R>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut decoder = match LzmaReader::new_mem_limit(&mut *source, xz::memory_limit(), None) {
        Ok(decoder) => decoder,
        Err(why) if why.kind() == io::ErrorKind::OutOfMemory => return Err(Halt::Unknown(needs_more())),
        Err(why) => return Err(why.into()),
    };
    decoder.set_relaxed_end_condition(false);
    let unpacked = pump(&mut decoder, sink);
    // It reads ahead.
    let (source, unused) = decoder.into_parts();
    source.unread(&unused);
    unpacked
}
