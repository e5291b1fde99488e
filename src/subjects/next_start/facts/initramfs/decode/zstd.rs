//! One zstd frame, with its sum where it has one.

use std::io::Read;

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::super::limits::{MIB, MOST_WINDOW};
use super::super::source::Source;
use super::{Halt, PART, Sink};

pub(super) fn unpack<R: Read>(source: &mut Source<R>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(MOST_WINDOW);
    decoder.reset(&mut *source).map_err(|why| match why {
        FrameDecoderError::WindowSizeTooBig { requested, .. } => {
            Halt::Unknown(format!("it needs {} MiB of memory", requested.div_ceil(MIB)))
        }
        why => Halt::of(&why),
    })?;
    let mut part = vec![0; PART];
    while !decoder.is_finished() {
        decoder.decode_blocks(&mut *source, BlockDecodingStrategy::UptoBytes(PART)).map_err(|why| Halt::of(&why))?;
        loop {
            let len = decoder.read(&mut part)?;
            if len == 0 {
                break;
            }
            sink(part.get(..len).unwrap_or_default())?;
        }
    }
    match decoder.get_checksum_from_data() {
        Some(sum) if decoder.get_calculated_checksum() != Some(sum) => {
            Err(Halt::Stream("its checksum is wrong".into()))
        }
        _ => Ok(()),
    }
}
