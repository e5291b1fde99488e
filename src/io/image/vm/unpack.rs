//! Compressed blocks of an image, unpacked to exactly the size that the format has for them.

use std::io;

use flate2::{Decompress, FlushDecompress};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::invalid;

/// How a block is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Without a header.
    Deflate,
    /// With that of zlib.
    Zlib,
    Zstd,
}

/// The `size` bytes that `packed` unpacks to. What follows them is not looked at.
pub(super) fn unpack(method: Method, packed: &[u8], size: usize) -> io::Result<Vec<u8>> {
    let unpacked = match method {
        Method::Deflate => inflate(Decompress::new(false), packed, size),
        Method::Zlib => inflate(Decompress::new(true), packed, size),
        Method::Zstd => zstd(packed, size),
    };
    unpacked.ok_or_else(|| invalid("a compressed block is damaged"))
}

fn inflate(mut decoder: Decompress, packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut unpacked = vec![0; size];
    decoder.decompress(packed, &mut unpacked, FlushDecompress::Finish).ok()?;
    (decoder.total_out() == size as u64).then_some(unpacked)
}

/// Frames until the size is reached.
fn zstd(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let (mut rest, mut unpacked, mut len) = (packed, vec![0; size], 0);
    while len < size {
        let mut decoder = FrameDecoder::new();
        // A frame of a block needs no larger window; zstd makes none below 1 KiB.
        decoder.set_max_window_size((size as u64).max(1 << 20).saturating_mul(2));
        decoder.reset(&mut rest).ok()?;
        let before = len;
        loop {
            decoder.decode_blocks(&mut rest, BlockDecodingStrategy::UptoBlocks(1)).ok()?;
            loop {
                let room = unpacked.get_mut(len..).filter(|room| !room.is_empty());
                let Some(room) = room else { break };
                match io::Read::read(&mut decoder, room).ok()? {
                    0 => break,
                    read => len = len.saturating_add(read),
                }
            }
            if len >= size || decoder.is_finished() {
                break;
            }
        }
        if len == before {
            return None;
        }
    }
    Some(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, ZlibEncoder};

    use super::*;

    fn packed(method: Method, bytes: &[u8]) -> Vec<u8> {
        let level = Compression::default();
        match method {
            Method::Deflate => {
                let mut writer = DeflateEncoder::new(Vec::new(), level);
                writer.write_all(bytes).unwrap();
                writer.finish().unwrap()
            }
            Method::Zlib => {
                let mut writer = ZlibEncoder::new(Vec::new(), level);
                writer.write_all(bytes).unwrap();
                writer.finish().unwrap()
            }
            Method::Zstd => ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest),
        }
    }

    #[test]
    fn a_block_unpacks_to_its_size_and_a_damaged_one_is_an_error_or_other_bytes_and_never_a_panic() {
        let block: Vec<u8> = (0..65_536_u32).flat_map(|n| u8::try_from(n / 97 % 251)).collect();
        for method in [Method::Deflate, Method::Zlib, Method::Zstd] {
            let mut packed = packed(method, &block);
            packed.extend([0; 300]);
            assert_eq!(unpack(method, &packed, block.len()).unwrap(), block, "{method:?}");
            for at in 0..packed.len().min(600) {
                assert!(unpack(method, &packed[..at.min(100)], block.len()).is_err(), "{method:?}");
                let mut damaged = packed.clone();
                damaged[at] ^= 0x41;
                let _ = unpack(method, &damaged, block.len());
            }
        }
    }
}
