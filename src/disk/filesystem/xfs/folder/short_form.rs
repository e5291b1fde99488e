//! The names of a folder that lies in its inode (`xfs_dir2_sf_hdr`, `xfs_dir2_sf_entry`).
//!
//! A header has the number of names, how many of them need numbers of 8 bytes, and the folder above. All inodes of it
//! have 8 bytes where one needs them, and 4 otherwise.

use std::io;
use std::ops::ControlFlow;

use super::{Each, checked};
use crate::base::bytes::{Fields, be32, be64, u8_at};
use crate::disk::filesystem::failure::{damaged, short};
use crate::disk::filesystem::xfs::inode::Raw;
use crate::disk::filesystem::xfs::volume::Volume;

/// Bytes of the length of a name and of its offset, before the name.
const BEFORE_NAME: usize = 3;

pub(super) fn each(volume: &Volume, folder: &Raw, each: &mut Each<'_>) -> io::Result<ControlFlow<()>> {
    let bytes = usize::try_from(folder.known.bytes).ok().and_then(|size| folder.bytes.get(..size));
    let bytes = bytes.ok_or_else(|| damaged("it is larger than its inode"))?;
    let (count, large) = (u8_at(bytes, 0).map_err(short)?, u8_at(bytes, 1).map_err(short)?);
    let width = if large > 0 { 8 } else { 4 };
    let number = |at| if large > 0 { be64(bytes, at) } else { be32(bytes, at).map(u64::from) }.map_err(short);
    let above = number(2)?;
    if volume.geometry.inode(above).is_none() {
        return Err(damaged(format_args!("the folder above it is inode {above}, which cannot be")));
    }
    let mut at = 2_usize.saturating_add(width);
    for _ in 0..count {
        let len = usize::from(u8_at(bytes, at).map_err(short)?);
        let name_at = at.saturating_add(BEFORE_NAME);
        let name = bytes.take(name_at, len).map_err(short)?;
        at = name_at.saturating_add(len);
        let mut kind = None;
        if volume.geometry.file_type {
            kind = Some(u8_at(bytes, at).map_err(short)?);
            at = at.saturating_add(1);
        }
        let name = checked(&volume.geometry, name, number(at)?, kind)?;
        at = at.saturating_add(width);
        if each(name)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    if at != bytes.len() {
        return Err(damaged("its size is not that of its names"));
    }
    Ok(ControlFlow::Continue(()))
}
