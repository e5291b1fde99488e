//! The journal: changes that are committed and may not yet be in their places.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/journal.rst`, `include/linux/jbd2.h` and `fs/jbd2/recovery.c`.
//!
//! The log is gone through three times, as the kernel does: for where it ends, for what is revoked, and for the blocks.
//! Only the places of the blocks are kept.

mod descriptor;
mod head;
mod log;
mod replayed;
mod revoked;
mod scan;

use std::io;
use std::sync::Arc;

use self::head::Head;
use self::log::Log;
use self::replayed::Replayed;
use super::blocks::Blocks;
use super::data;
use super::error::{damaged, unsupported};
use super::inode::Node;
use crate::disk::filesystem::{Content, FileImage};
use crate::disk::format::ext::superblock::compat;

/// What errors are about.
const LOG: &str = "journal";

/// Most blocks that are replayed, or revoked: as many as the largest usual journal has.
const MOST: usize = 1 << 18;

/// The volume with the blocks of the journal over it; `None` where the log is empty.
pub(super) fn replay(blocks: &Blocks) -> io::Result<Option<Replayed>> {
    let file = file(blocks)?;
    let head = Head::read(&file, blocks.geometry.block_bytes)?;
    let Some(head) = head else { return Ok(None) };
    let log = Log::new(file, head);
    let end = scan::end(&log)?;
    log.verify_no_fast_commits(end)?;
    let revoked = revoked::collect(&log, end)?;
    let places = replayed::collect(&log, end, &revoked, blocks.geometry.sb.blocks)?;
    Ok(Some(Replayed::new(Arc::clone(&blocks.volume), log, places)))
}

/// Whether a journal that needs no replay was given up: e2fsck then verifies all of the file system.
pub(super) fn has_error(blocks: &Blocks) -> bool {
    let sb = &blocks.geometry.sb;
    sb.compat & compat::HAS_JOURNAL != 0
        && sb.journal_inum != 0
        && file(blocks).is_ok_and(|file| head::has_error(&file))
}

fn file(blocks: &Blocks) -> io::Result<FileImage> {
    let number = blocks.geometry.sb.journal_inum;
    if number == 0 {
        let why = match blocks.geometry.sb.journal_dev {
            0 => "the file system needs its journal, and has none",
            _ => "the file system needs its journal, which is on another device; mount it once or run e2fsck",
        };
        return Err(unsupported(LOG, why));
    }
    let node = Node::read(blocks, u64::from(number)).map_err(|e| damaged(LOG, e))?;
    if !node.inode.is_file() {
        return Err(damaged(LOG, format!("inode {number} is no file")));
    }
    let content = match data::content(blocks, &node).map_err(|e| damaged(LOG, e))? {
        Content::Inline(_) => return Err(damaged(LOG, format!("inode {number} has no blocks"))),
        extents @ Content::Extents { .. } => extents,
    };
    FileImage::new(Arc::clone(&blocks.volume), content).map_err(|e| damaged(LOG, e))
}
