//! The lz4 format of old, which the kernel reads: a magic number, then blocks of at most 8 MiB, each behind its
//! compressed length. It has neither a sum nor an end: it ends with the file, or with a length of zero.

use std::io::Read;

use lz4_flex::block::decompress_into;

use super::super::source::Source;
use super::{Halt, Sink};
use crate::base::bytes::le32;

const MAGIC: u32 = 0x184c_2102;
const MOST_UNPACKED: usize = 8 << 20;
/// What lz4 makes of that at worst.
const MOST_PACKED: usize = MOST_UNPACKED + MOST_UNPACKED / 255 + 16;

pub(super) fn unpack<R: Read>(source: &mut Source<R>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut unpacked = Vec::new();
    let mut packed = Vec::new();
    let mut is_first = true;
    loop {
        let head = source.peek(4);
        if head.is_empty() {
            return Ok(());
        }
        let head = head.get(..4).unwrap_or(head).to_vec();
        // Padding belongs to nobody: what reads on skips it.
        if head.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let length = le32(&head, 0).map_err(|_| Halt::Stream("it ends in the length of a block".into()))?;
        source.read_exact(&mut [0; 4])?;
        match (length == MAGIC, is_first) {
            (true, _) => {
                is_first = false;
                continue;
            }
            (false, true) => return Err(Halt::Stream("it is not of the format that the kernel reads".into())),
            (false, false) => {}
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > MOST_PACKED {
            return Err(Halt::Stream(format!("it has a block of {length} bytes")));
        }
        packed.clear();
        if source.take(length as u64).read_to_end(&mut packed)? < length {
            return Err(Halt::Stream("it ends in a block".into()));
        }
        unpacked.resize(MOST_UNPACKED, 0);
        let len = decompress_into(&packed, &mut unpacked).map_err(|why| Halt::of(&why))?;
        sink(unpacked.get(..len).unwrap_or_default())?;
    }
}
