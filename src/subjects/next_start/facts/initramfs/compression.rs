//! The compressed streams that the kernel knows, by their first bytes.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compression {
    Gzip,
    Bzip2,
    Lzma,
    Xz,
    Lzo,
    Lz4,
    Zstd,
}

/// As in the kernel's `lib/decompress.c`, which looks at two bytes.
const MAGIC: &[([u8; 2], Compression)] = &[
    ([0x1f, 0x8b], Compression::Gzip),
    ([0x1f, 0x9e], Compression::Gzip),
    ([0x42, 0x5a], Compression::Bzip2),
    ([0x5d, 0x00], Compression::Lzma),
    ([0xfd, 0x37], Compression::Xz),
    ([0x89, 0x4c], Compression::Lzo),
    ([0x02, 0x21], Compression::Lz4),
    ([0x28, 0xb5], Compression::Zstd),
];

impl Compression {
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, compression)| *compression)
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Lzma => "lzma",
            Self::Xz => "xz",
            Self::Lzo => "lzo",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }
}
