//! The files of ext2, ext3 and ext4.
//!
//! Source: the kernel's `Documentation/filesystems/ext4`, `fs/ext4/ext4.h` and `include/linux/jbd2.h`.
//!
//! Only the descriptor and the inode that are needed are read, each time. What metadata has a checksum for is
//! verified, and what does not match is an error. Where the journal has changes that are not yet in their places, they
//! are read from the journal, as if the kernel had mounted the volume.

mod block_map;
mod blocks;
mod data;
mod descriptor;
mod error;
mod extent_tree;
mod folder;
mod folder_block;
mod geometry;
mod inline;
mod inode;
mod journal;
mod pieces;
mod sums;
#[cfg(test)]
mod tests;

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use self::blocks::Blocks;
use self::error::damaged;
use self::geometry::Geometry;
use self::inode::Node;
use super::{Content, Entry, FileSystem, Inode};
use crate::disk::format::ext::superblock::{compat, incompat, state};
use crate::io::image::Image;

/// The inode of the top folder.
const TOP: u64 = 2;

/// An ext file system.
pub struct Ext {
    blocks: Blocks,
    replayed: Option<usize>,
    /// Whether the kernel recorded an error, in the superblock or in the journal.
    has_errors: bool,
}

impl Ext {
    /// Reads the superblock, and the journal where it has to be replayed.
    ///
    /// # Errors
    /// Where the superblock is damaged or has a feature that cannot be read, or the journal is needed and damaged.
    pub fn open(volume: Arc<dyn Image>) -> io::Result<Self> {
        let geometry = Geometry::read(&*volume)?;
        let blocks = Blocks { volume, geometry };
        if !geometry.has(incompat::RECOVER) {
            let has_errors = geometry.sb.state & state::ERRORS != 0 || journal::has_error(&blocks);
            return Ok(Self { blocks, replayed: None, has_errors });
        }
        let had_errors = geometry.sb.state & state::ERRORS != 0;
        let after = journal::replay(&blocks)?;
        let (volume, count): (Arc<dyn Image>, usize) = match after {
            Some(after) => {
                let count = after.count();
                (Arc::new(after), count)
            }
            None => (blocks.volume, 0),
        };
        // The superblock is among what a journal changes.
        let geometry = Geometry::read(&*volume)?;
        let has_errors = had_errors || geometry.sb.state & state::ERRORS != 0;
        Ok(Self { blocks: Blocks { volume, geometry }, replayed: Some(count), has_errors })
    }

    /// The blocks that are read from the journal and not from their places; `None` where no replay was needed.
    pub fn replayed(&self) -> Option<usize> {
        self.replayed
    }

    /// Why its files may not be those that the next start finds: e2fsck, which runs before the mount, may change them.
    pub fn doubt(&self) -> Option<&'static str> {
        let sb = &self.blocks.geometry.sb;
        if self.has_errors {
            return Some("the kernel recorded errors in it");
        }
        let is_open = sb.compat & compat::HAS_JOURNAL == 0 && sb.state & state::VALID == 0;
        is_open.then_some("it has no journal, and was not unmounted")
    }

    /// The volume with the journal replayed: what [`Content::Extents`] are ranges of.
    pub fn volume(&self) -> Arc<dyn Image> {
        Arc::clone(&self.blocks.volume)
    }
}

impl FileSystem for Ext {
    fn top(&self) -> u64 {
        TOP
    }

    fn inode(&self, number: u64) -> io::Result<Inode> {
        Node::read(&self.blocks, number).map(|node| node.inode)
    }

    fn find(&self, folder: u64, name: &[u8]) -> io::Result<Option<u64>> {
        let node = Node::read(&self.blocks, folder)?;
        let found = folder::walk(&self.blocks, &node, |entry| {
            if entry.name == name { ControlFlow::Break(entry.inode) } else { ControlFlow::Continue(()) }
        })?;
        match found {
            None if node.has(inode::flag::CASEFOLD) => Err(error::unsupported(
                format!("inode {folder}"),
                "the folder ignores case, and none of its names has these bytes",
            )),
            found => Ok(found),
        }
    }

    fn is_exact(&self, folder: u64) -> io::Result<bool> {
        Node::read(&self.blocks, folder).map(|node| !node.has(inode::flag::CASEFOLD))
    }

    fn names(&self, folder: u64, most: usize) -> io::Result<Vec<Entry>> {
        let node = Node::read(&self.blocks, folder)?;
        let mut found = Vec::new();
        let too_many = folder::walk(&self.blocks, &node, |entry| {
            if found.len() >= most {
                return ControlFlow::Break(());
            }
            found.push(entry);
            ControlFlow::Continue(())
        })?;
        match too_many {
            Some(()) => Err(damaged(format!("inode {folder}"), format!("the folder has more than {most} names"))),
            None => Ok(found),
        }
    }

    fn content(&self, number: u64) -> io::Result<Content> {
        let node = Node::read(&self.blocks, number)?;
        data::content(&self.blocks, &node)
    }
}
