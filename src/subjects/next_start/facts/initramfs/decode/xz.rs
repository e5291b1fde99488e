//! One xz stream: its blocks with their sums, and the index behind them.

use std::io::Read;

use lzma_rust2::XzReader;

use super::super::limits::MOST_WINDOW;
use super::super::source::Source;
use super::{Halt, Sink, pump};

/// Where the stream's header names the sum of its blocks.
const CHECK: usize = 7;
/// The sums that the kernel's decoder knows: none, and CRC32. It refuses a stream with another one.
const KNOWN: &[u8] = &[0, 1];

/// What the decoder needs beside the dictionary.
const OVERHEAD: u64 = 1 << 20;

pub(super) fn unpack<R: Read>(source: &mut Source<R>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let head = source.peek(CHECK.saturating_add(1));
    if head.starts_with(b"\xfd7zXZ\0\0")
        && let Some(check) = head.get(CHECK)
        && !KNOWN.contains(check)
    {
        return Err(Halt::Stream(format!("its check is of type {check}, and the kernel reads only CRC32")));
    }
    pump(XzReader::new_mem_limit(source, false, memory_limit()), sink)
}

/// In KiB.
pub(super) fn memory_limit() -> u32 {
    u32::try_from(MOST_WINDOW.saturating_add(OVERHEAD) / 1024).unwrap_or(u32::MAX)
}
