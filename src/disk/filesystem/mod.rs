//! The files of a file system, read from the bytes of its volume.
//!
//! One folder a type; what they have in common is here: inodes, names, and where the bytes of a file lie. Nothing here
//! can write, because [`Image`](crate::io::image::Image) cannot.
//!
//! A reader answers only what it can prove from the disk. What is damaged, encrypted, or of a feature that it does not
//! know, is an error with the inode and the cause, and never an empty file or a name that is not there.

use std::io;

use crate::base::units::ByteRange;

mod content;
pub mod ext;
mod failure;
pub mod fat;
pub mod xfs;

pub use content::FileImage;

/// Most bytes that are read of a symbolic link: `PATH_MAX` of the kernel.
pub const LONGEST_LINK: u64 = 4096;

/// Most extents of a file that are followed: 1 TiB in the smallest pieces that a used disk has.
pub const MOST_EXTENTS: usize = 1 << 20;

/// A file system whose files can be read.
///
/// Every error is an [`io::Error`] whose text has the inode or the block, and the cause.
pub trait FileSystem: Send + Sync {
    /// The number of the inode of its top folder.
    fn top(&self) -> u64;

    /// What is known of an inode.
    ///
    /// # Errors
    /// Where there is none with this number, or it is damaged.
    fn inode(&self, number: u64) -> io::Result<Inode>;

    /// The inode of a name in a folder; `None` where the whole folder was read and has no such name.
    ///
    /// # Errors
    /// Where the folder is none, or cannot be read wholly.
    fn find(&self, folder: u64, name: &[u8]) -> io::Result<Option<u64>>;

    /// Whether a name in a folder is found by its own bytes alone, and not by others that differ in case.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    fn is_exact(&self, folder: u64) -> io::Result<bool> {
        let _ = folder;
        Ok(true)
    }

    /// The names in a folder, without `.` and `..`, in the order of the disk.
    ///
    /// # Errors
    /// Where the folder is none, cannot be read wholly, or has more than `most` names.
    fn names(&self, folder: u64, most: usize) -> io::Result<Vec<Entry>>;

    /// Where the bytes of a regular file or of a symbolic link lie.
    ///
    /// # Errors
    /// Where it is neither, is encrypted, or what says where its bytes are is damaged.
    fn content(&self, number: u64) -> io::Result<Content>;
}

/// What is known of an inode (`struct stat`, inode(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inode {
    pub number: u64,
    /// Type and permissions, as in `st_mode`.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// Blocks of 512 bytes that it uses, as in `st_blocks`.
    pub blocks: u64,
    /// Whether it cannot be changed or removed (`chattr +i`).
    pub immutable: bool,
}

/// The part of `st_mode` that is the type (inode(7)).
pub const TYPE_BITS: u32 = 0o170_000;
/// A folder.
pub const FOLDER: u32 = 0o040_000;
/// A regular file.
pub const FILE: u32 = 0o100_000;
/// A symbolic link.
pub const LINK: u32 = 0o120_000;

impl Inode {
    pub fn is_folder(&self) -> bool {
        self.mode & TYPE_BITS == FOLDER
    }

    pub fn is_file(&self) -> bool {
        self.mode & TYPE_BITS == FILE
    }

    pub fn is_link(&self) -> bool {
        self.mode & TYPE_BITS == LINK
    }
}

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: Vec<u8>,
    pub inode: u64,
    /// Whether it is a folder, where the entry itself says what it is.
    pub is_folder: Option<bool>,
}

/// The bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// In the inode itself.
    Inline(Vec<u8>),
    /// On the volume. What no extent has is zeros.
    Extents {
        /// Size of the file in bytes.
        bytes: u64,
        /// In the order of the file, none over another; only those that hold data that was written.
        extents: Vec<Extent>,
    },
}

/// A piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Offset in the file, in bytes.
    pub at: u64,
    /// Where it lies on the volume, in bytes.
    pub range: ByteRange,
}
