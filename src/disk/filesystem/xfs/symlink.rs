//! What a symbolic link leads to: in its inode, or in up to three extents.
//!
//! In version 5 each extent begins with a header (`xfs_dsymlink_hdr` in the kernel's `xfs_format.h`), and its checksum
//! is that of the whole extent (`xfs_symlink_remote_read`).

use std::io;
use std::ops::ControlFlow;

use super::checksum::Stamp;
use super::extents::{self, Piece};
use super::inode::{Fork, Raw};
use super::volume::Volume;
use crate::base::bytes::{Fields, be32};
use crate::disk::filesystem::failure::{self, damaged, short};

/// Most bytes that a link has (`XFS_SYMLINK_MAXLEN`).
const LONGEST: usize = 1024;
const MAGIC: &[u8] = b"XSLM";
const HEADER: usize = 56;
const STAMP: Stamp = Stamp { crc: 12, place: 40, uuid: 16, owner: 32 };

pub(super) fn read(volume: &Volume, link: &Raw) -> io::Result<Vec<u8>> {
    let size = usize::try_from(link.known.bytes).ok().filter(|size| (1..=LONGEST).contains(size));
    let size = size.ok_or_else(|| damaged(format_args!("a symbolic link of {} bytes", link.known.bytes)))?;
    if link.fork == Fork::Local {
        return link.bytes.take(0, size).map(<[u8]>::to_vec).map_err(short);
    }
    let (mut target, mut next) = (Vec::with_capacity(size), 0);
    extents::each(volume, link, &mut |piece| {
        if piece.at != next || !piece.written {
            return Err(damaged("its blocks are not whole"));
        }
        next = piece.at.saturating_add(piece.blocks);
        part(volume, link, piece, size, &mut target)
            .map_err(failure::of(format_args!("block of a symbolic link at byte {}", piece.range.start())))?;
        Ok(if target.len() < size { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    if target.len() < size { Err(damaged("its blocks are too few")) } else { Ok(target) }
}

/// Adds what one extent has.
fn part(volume: &Volume, link: &Raw, piece: Piece, size: usize, target: &mut Vec<u8>) -> io::Result<()> {
    let block = volume.structure(piece.range)?;
    let missing = size.saturating_sub(target.len());
    if !volume.geometry.checksums {
        target.extend(block.iter().take(missing));
        return Ok(());
    }
    if !block.starts_with(MAGIC) {
        return Err(damaged("it is none"));
    }
    STAMP.verify(&volume.geometry, &block, piece.range.start(), link.known.number)?;
    let offset = be32(&block, 4).map_err(short)?;
    let bytes = usize::try_from(be32(&block, 8).map_err(short)?).unwrap_or(usize::MAX);
    if usize::try_from(offset) != Ok(target.len()) || bytes != missing.min(block.len().saturating_sub(HEADER)) {
        return Err(damaged("it has another part of the link"));
    }
    target.extend(block.take(HEADER, bytes).map_err(short)?);
    Ok(())
}
