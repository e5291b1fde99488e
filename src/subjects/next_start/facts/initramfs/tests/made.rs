//! Archives and streams made here.

use std::io::Write;

use lzma_rust2::{CheckType, LzmaOptions, LzmaWriter, XzOptions, XzWriter};

use super::Compression;

pub(super) const KINDS: [Option<Compression>; 7] = [
    None,
    Some(Compression::Gzip),
    Some(Compression::Bzip2),
    Some(Compression::Lzma),
    Some(Compression::Xz),
    Some(Compression::Lz4),
    Some(Compression::Zstd),
];

pub(super) struct Cpio {
    pub archive: Vec<u8>,
    has_sums: bool,
}

impl Cpio {
    pub(super) fn new() -> Self {
        Self { archive: Vec::new(), has_sums: false }
    }

    pub(super) fn with_sums() -> Self {
        Self { archive: Vec::new(), has_sums: true }
    }

    pub(super) fn file(self, name: &str, body: &[u8]) -> Self {
        self.member(name, 0o100_755, body)
    }

    pub(super) fn folder(self, name: &str) -> Self {
        self.member(name, 0o040_755, b"")
    }

    fn member(mut self, name: &str, mode: u32, body: &[u8]) -> Self {
        let sum = if self.has_sums { body.iter().map(|byte| u32::from(*byte)).sum() } else { 0 };
        let fields = [1, mode, 0, 0, 1, 0, body.len() as u32, 0, 0, 0, 0, name.len() as u32 + 1, sum];
        self.archive.extend(if self.has_sums { b"070702" } else { b"070701" });
        fields.iter().for_each(|field| self.archive.extend(format!("{field:08X}").bytes()));
        self.archive.extend(name.bytes().chain([0]));
        self.pad(4);
        self.archive.extend(body);
        self.pad(4);
        self
    }

    /// The archive with its trailer, padded to a multiple of `block`.
    pub(super) fn end(self, block: usize) -> Vec<u8> {
        let mut ended = self.member("TRAILER!!!", 0, b"");
        ended.pad(block);
        ended.archive
    }

    fn pad(&mut self, block: usize) {
        self.archive.resize(self.archive.len().next_multiple_of(block), 0);
    }
}

/// What a small image has.
pub(super) fn root() -> Vec<u8> {
    let module = b"modules have some bytes that repeat, that repeat, and some that do not: \x01\x02\xfe".repeat(8);
    Cpio::new()
        .folder("usr")
        .folder("usr/lib/modules/5.4.17-2136.el8uek.x86_64")
        .file("usr/lib/modules/5.4.17-2136.el8uek.x86_64/dm-mod.ko", &module)
        .file("usr/lib/dracut/build-parameter.txt", b"--no-hostonly\n")
        .file("usr/sbin/lvm", b"\x7fELF")
        .end(4)
}

pub(super) fn packed(kind: Option<Compression>, archive: &[u8]) -> Vec<u8> {
    match kind {
        None => archive.to_vec(),
        Some(Compression::Gzip) => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            writer.write_all(archive).unwrap();
            writer.finish().unwrap()
        }
        Some(Compression::Bzip2) => {
            let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
            writer.write_all(archive).unwrap();
            writer.finish().unwrap()
        }
        Some(Compression::Lzma) => {
            let options = LzmaOptions::with_preset(1);
            let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
            writer.write_all(archive).unwrap();
            writer.finish().unwrap()
        }
        Some(Compression::Xz) => xz(archive, CheckType::Crc32),
        Some(Compression::Lz4) => {
            let mut file = 0x184c_2102_u32.to_le_bytes().to_vec();
            // Blocks smaller than the kernel's: every length is legal.
            for block in archive.chunks(400) {
                let block = lz4_flex::block::compress(block);
                file.extend((block.len() as u32).to_le_bytes());
                file.extend(block);
            }
            file
        }
        Some(Compression::Zstd) => {
            ruzstd::encoding::compress_to_vec(archive, ruzstd::encoding::CompressionLevel::Fastest)
        }
        Some(Compression::Lzo) => panic!("not read"),
    }
}

pub(super) fn xz(archive: &[u8], check: CheckType) -> Vec<u8> {
    let mut options = XzOptions::with_preset(1);
    options.set_check_sum_type(check);
    options.set_block_size(std::num::NonZeroU64::new(1 << 20));
    let mut writer = XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(archive).unwrap();
    writer.finish().unwrap()
}
