//! The files of xfs, versions 4 and 5.
//!
//! Everything is big-endian but checksums. In version 5 each piece of metadata is verified against its checksum, its
//! place, its owner and the file system; version 4 has magic numbers only, so more is asked of what they lead to.
//!
//! The log is not replayed. [`Xfs::unreplayed`] says whether it would have to be.
//!
//! Source: the kernel's `fs/xfs/libxfs`, and "XFS Algorithms & Data Structures" of the kernel's documentation. The
//! names here say what the kernel's abbreviate: data fork, allocation group, short form.

mod bmap_btree;
mod checksum;
mod extents;
mod features;
mod folder;
mod geometry;
mod inode;
mod log;
mod symlink;
#[cfg(test)]
mod tests;
mod volume;

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Content, Entry, Extent, FileSystem, Inode};
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::{self, damaged};
use crate::io::image::Image;
use inode::Raw;
pub use log::Unreplayed;
use volume::Volume;

/// An xfs whose superblock is sound.
pub struct Xfs {
    volume: Volume,
}

impl Xfs {
    /// # Errors
    /// Where there is no sound superblock, or one with a feature that is not read here.
    pub fn open(volume: Arc<dyn Image>) -> io::Result<Self> {
        Ok(Self { volume: Volume::open(volume)? })
    }

    /// Whether the log has changes that may not be in their places: then what is read may be old.
    pub fn unreplayed(&self) -> Unreplayed {
        log::read(&self.volume)
    }

    fn folder(&self, number: u64) -> io::Result<Raw> {
        let raw = inode::read(&self.volume, number)?;
        if raw.known.is_folder() { Ok(raw) } else { Err(damaged(format_args!("inode {number} is no folder"))) }
    }

    fn extents(&self, raw: &Raw) -> io::Result<Vec<Extent>> {
        let (size, block) = (raw.known.bytes, u64::from(self.volume.geometry.block_bytes));
        let mut all: Vec<Extent> = Vec::new();
        extents::each(&self.volume, raw, &mut |piece| {
            let at = piece.at.checked_mul(block).filter(|at| *at < size);
            // What lies behind the end was allocated ahead.
            let Some(at) = at else { return Ok(ControlFlow::Break(())) };
            let range = ByteRange::new(piece.range.start(), piece.range.len().min(size.saturating_sub(at)));
            let range = range.ok_or_else(|| damaged("an extent has no end"))?;
            match all.last_mut() {
                _ if !piece.written => {}
                Some(last) if follows(last, at, range) => last.range = joined(last.range, range),
                _ => all.push(Extent { at, range }),
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(all)
    }
}

/// Whether a piece at `at` goes on where another ends, in the file and on the volume.
fn follows(last: &Extent, at: u64, range: ByteRange) -> bool {
    last.at.checked_add(last.range.len()) == Some(at) && last.range.end() == range.start()
}

fn joined(first: ByteRange, second: ByteRange) -> ByteRange {
    ByteRange::new(first.start(), first.len().saturating_add(second.len())).unwrap_or(first)
}

impl FileSystem for Xfs {
    fn top(&self) -> u64 {
        self.volume.geometry.top
    }

    fn inode(&self, number: u64) -> io::Result<Inode> {
        Ok(inode::read(&self.volume, number)?.known)
    }

    fn find(&self, folder: u64, name: &[u8]) -> io::Result<Option<u64>> {
        let raw = self.folder(folder)?;
        let mut found = None;
        folder::each(&self.volume, &raw, &mut |entry| {
            if entry.name != name {
                return Ok(ControlFlow::Continue(()));
            }
            found = Some(entry.inode);
            Ok(ControlFlow::Break(()))
        })
        .map_err(failure::of(format_args!("folder {folder}")))?;
        Ok(found)
    }

    fn names(&self, folder: u64, most: usize) -> io::Result<Vec<Entry>> {
        let raw = self.folder(folder)?;
        let mut names = Vec::new();
        folder::each(&self.volume, &raw, &mut |entry| {
            if names.len() == most {
                return Err(damaged(format_args!("more than {most} names")));
            }
            names.push(Entry { name: entry.name.to_vec(), inode: entry.inode, is_folder: entry.is_folder });
            Ok(ControlFlow::Continue(()))
        })
        .map_err(failure::of(format_args!("folder {folder}")))?;
        Ok(names)
    }

    fn content(&self, number: u64) -> io::Result<Content> {
        let raw = inode::read(&self.volume, number)?;
        let content = if raw.known.is_link() {
            symlink::read(&self.volume, &raw).map(Content::Inline)
        } else if raw.known.is_file() {
            self.extents(&raw).map(|extents| Content::Extents { bytes: raw.known.bytes, extents })
        } else {
            Err(damaged("it is neither a file nor a symbolic link"))
        };
        content.map_err(failure::of(format_args!("inode {number}")))
    }
}
