//! What stat(2) shows of a place. A type of its own: those of the standard library cannot be made from a capture.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};

use serde::{Deserialize, Serialize};

/// What is at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    File,
    Folder,
    Link,
    BlockDevice,
    Other,
}

impl Kind {
    pub fn is_dir(&self) -> bool {
        *self == Self::Folder
    }

    pub fn is_file(&self) -> bool {
        *self == Self::File
    }
}

impl From<fs::FileType> for Kind {
    fn from(kind: fs::FileType) -> Self {
        match kind {
            kind if kind.is_file() => Self::File,
            kind if kind.is_dir() => Self::Folder,
            kind if kind.is_symlink() => Self::Link,
            kind if kind.is_block_device() => Self::BlockDevice,
            _ => Self::Other,
        }
    }
}

/// The part of it that something asks for. Times are left out: nothing does, and they would tell about users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    pub kind: Kind,
    /// Size in bytes.
    pub bytes: u64,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Number of the device that it lies on.
    pub device: u64,
    pub inode: u64,
    /// Blocks of 512 bytes.
    pub blocks: u64,
}

impl Meta {
    pub fn is_dir(&self) -> bool {
        self.kind.is_dir()
    }

    pub fn is_file(&self) -> bool {
        self.kind.is_file()
    }

    #[expect(clippy::len_without_is_empty, reason = "a size in bytes, as std::fs::Metadata calls it")]
    pub fn len(&self) -> u64 {
        self.bytes
    }
}

impl From<fs::Metadata> for Meta {
    fn from(meta: fs::Metadata) -> Self {
        Self {
            kind: meta.file_type().into(),
            bytes: meta.len(),
            mode: meta.mode(),
            uid: meta.uid(),
            gid: meta.gid(),
            device: meta.dev(),
            inode: meta.ino(),
            blocks: meta.blocks(),
        }
    }
}
