//! The names in a folder.
//!
//! A small folder lies in its inode. A larger one has blocks with names, each of one or more blocks of the file system,
//! at offsets of the file below 32 GiB; from there on lie the index of hashes and the list of free space, which are not
//! needed. The blocks with names are read one after another, so any folder takes the memory of one of them.
//!
//! Source: the kernel's `xfs_da_format.h`, `xfs_dir2_readdir.c` and `xfs_dir2_data.c`.

mod block;
mod short_form;

use std::io;
use std::ops::ControlFlow;

use super::extents::{self, Piece};
use super::geometry::Geometry;
use super::inode::{Fork, Raw};
use super::volume::Volume;
use crate::disk::filesystem::failure::{self, damaged};

/// Where names end in the file of a folder, in bytes.
const NAMES_END: u64 = 32 << 30;
/// Most bytes of names that are read of a folder: some millions of names.
const MOST_BYTES: u64 = 256 << 20;
/// In the type of an entry: a folder. Zero is "unknown", and the last one is a white-out.
const TYPE_FOLDER: u8 = 2;
const LAST_TYPE: u8 = 8;

/// A name, as it lies in a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'b> {
    pub(super) name: &'b [u8],
    pub(super) inode: u64,
    pub(super) is_folder: Option<bool>,
}

/// What is done with each name; `Break` ends it.
pub(super) type Each<'e> = dyn FnMut(Name<'_>) -> io::Result<ControlFlow<()>> + 'e;

/// Gives all names but `.` and `..` to `each`, in the order of the disk.
pub(super) fn each(volume: &Volume, folder: &Raw, each: &mut Each<'_>) -> io::Result<()> {
    if folder.fork == Fork::Local {
        return short_form::each(volume, folder, each).map(drop);
    }
    let size = volume.geometry.folder_block_bytes;
    let mut blocks = Blocks {
        volume,
        folder,
        buf: vec![0; usize::try_from(size).unwrap_or_default()],
        filled: 0,
        next: 0,
        start: 0,
        read: 0,
        is_ended: false,
        each,
    };
    extents::each(volume, folder, &mut |piece| blocks.piece(piece))?;
    match blocks {
        Blocks { is_ended: true, .. } => Ok(()),
        Blocks { filled: 1.., .. } => Err(damaged("its last block is not whole")),
        Blocks { read: 0, .. } => Err(damaged("it has no block with names")),
        Blocks { .. } => Ok(()),
    }
}

/// The blocks with names of a folder, put together from pieces.
struct Blocks<'b, 'e> {
    volume: &'b Volume,
    folder: &'b Raw,
    /// A block of the folder, of which the first bytes were read.
    buf: Vec<u8>,
    filled: usize,
    /// The offset in the file of what is read next, in bytes, where a block was begun.
    next: u64,
    /// Where the block begins on the volume.
    start: u64,
    /// Bytes of all blocks so far.
    read: u64,
    /// Whether no more names are asked for.
    is_ended: bool,
    each: &'b mut Each<'e>,
}

impl Blocks<'_, '_> {
    fn piece(&mut self, piece: Piece) -> io::Result<ControlFlow<()>> {
        let at = piece.at.checked_mul(self.volume.geometry.block_bytes.into());
        let Some(at) = at.filter(|at| *at < NAMES_END) else { return Ok(ControlFlow::Break(())) };
        if !piece.written {
            return Err(damaged("a block of it was never written"));
        }
        let mut done = 0;
        while done < piece.range.len() && at.saturating_add(done) < NAMES_END {
            let from = piece.range.start().saturating_add(done);
            let len = self.fill(at.saturating_add(done), from, piece.range.len().saturating_sub(done))?;
            done = done.saturating_add(len);
            if self.filled == self.buf.len() {
                self.filled = 0;
                if self.names()?.is_break() {
                    self.is_ended = true;
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Reads up to `most` bytes of the file from offset `at`, which lie at byte `from` of the volume, into the block.
    fn fill(&mut self, at: u64, from: u64, most: u64) -> io::Result<u64> {
        let size = self.buf.len() as u64;
        let inside = at.checked_rem(size).unwrap_or_default();
        let goes_on = self.filled > 0 && at == self.next;
        if self.filled as u64 != inside || (inside > 0 && !goes_on) {
            return Err(damaged(format_args!("its block before offset {at} is not whole")));
        }
        if self.read == 0 && at > 0 {
            return Err(damaged("its first block is missing"));
        }
        if inside == 0 {
            self.start = from;
        }
        let len = size.saturating_sub(inside).min(most);
        self.read = self.read.saturating_add(len);
        if self.read > MOST_BYTES {
            return Err(damaged(format_args!("it is too large: {MOST_BYTES} bytes of a folder are read")));
        }
        let end = self.filled.saturating_add(usize::try_from(len).unwrap_or_default());
        let part = self.buf.get_mut(self.filled..end).ok_or_else(|| damaged("its blocks are too large"))?;
        self.volume.read(part, from)?;
        (self.filled, self.next) = (end, at.saturating_add(len));
        Ok(len)
    }

    fn names(&mut self) -> io::Result<ControlFlow<()>> {
        let size = self.buf.len() as u64;
        let place = block::Place {
            at: self.start,
            is_first: self.next == size,
            is_only: self.folder.known.bytes == size,
            owner: self.folder.known.number,
        };
        block::each(&self.volume.geometry, &self.buf, place, self.each)
            .map_err(failure::of(format_args!("block of names at byte {}", self.start)))
    }
}

/// A name where none of its parts is impossible; `kind` is its type, where entries have one.
fn checked<'b>(geometry: &Geometry, name: &'b [u8], inode: u64, kind: Option<u8>) -> io::Result<Name<'b>> {
    if name.is_empty() || name.iter().any(|byte| matches!(byte, 0 | b'/')) {
        return Err(damaged("impossible name"));
    }
    if geometry.inode(inode).is_none() {
        return Err(damaged(format_args!("a name in it leads to inode {inode}, which cannot be")));
    }
    let is_folder = match kind {
        None | Some(0) => None,
        Some(kind @ ..=LAST_TYPE) => Some(kind == TYPE_FOLDER),
        Some(kind) => return Err(damaged(format_args!("a name in it has the unknown type {kind}"))),
    };
    Ok(Name { name, inode, is_folder })
}
