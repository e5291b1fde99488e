//! One stream of the older lzma format. It has no sum.

use std::io::{self, Read};

use lzma_rust2::LzmaReader;

use super::super::limits::{MIB, MOST_WINDOW};
use super::super::source::Source;
use super::{Halt, Sink, needs_more, pump, xz};
use crate::base::bytes::le32;

/// Where the header has the size of the dictionary.
const DICTIONARY: usize = 1;

pub(super) fn unpack<R: Read>(source: &mut Source<R>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let dictionary = u64::from(le32(source.peek(DICTIONARY.saturating_add(4)), DICTIONARY).unwrap_or_default());
    if dictionary > MOST_WINDOW {
        return Err(Halt::Unknown(format!("it needs {} MiB of memory", dictionary.div_ceil(MIB))));
    }
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
