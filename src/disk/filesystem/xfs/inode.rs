//! An inode (`struct xfs_dinode` in the kernel's `xfs_format.h`; `xfs_inode_buf.c` has what must be true of one).

use std::io;

use super::checksum;
use super::volume::Volume;
use crate::base::bytes::{Fields, be16, be32, be64, u8_at};
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::{self, damaged, short};
use crate::disk::filesystem::{FILE, FOLDER, Inode, LINK, TYPE_BITS};

const MAGIC: &[u8] = b"IN";
/// Bytes before the data fork in versions 1 and 2, and in 3.
const CORE: usize = 100;
const CORE_V3: usize = 176;
const CRC_AT: usize = 100;

const REALTIME: u16 = 0x1;
const IMMUTABLE: u16 = 0x8;
/// In `di_flags2`: the numbers of extents are large ones.
const MANY_EXTENTS: u64 = 0x10;

/// Other types of `st_mode`: FIFO, character device, block device, socket.
const SPECIAL: [u32; 4] = [0o010_000, 0o020_000, 0o060_000, 0o140_000];

/// What the data fork has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fork {
    /// The number of a device, or nothing.
    Device,
    /// The bytes themselves.
    Local,
    /// A list of extents.
    Extents,
    /// The root of a tree of extents.
    Tree,
}

/// An inode with its data fork.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) known: Inode,
    pub(super) fork: Fork,
    /// The bytes of the data fork.
    pub(super) bytes: Vec<u8>,
    /// Extents of the data fork.
    pub(super) extents: u64,
    /// Whether its data lies in the realtime section.
    pub(super) realtime: bool,
}

/// Reads an inode. Every error has its number.
pub(super) fn read(volume: &Volume, number: u64) -> io::Result<Raw> {
    let known = || {
        let geometry = &volume.geometry;
        let range = geometry.inode(number).and_then(|at| ByteRange::new(at, geometry.inode_bytes.into()));
        let bytes = volume.structure(range.ok_or_else(|| damaged("there can be no inode with this number"))?)?;
        parse(volume, number, &bytes)
    };
    known().map_err(failure::of(format_args!("inode {number}")))
}

fn parse(volume: &Volume, number: u64, raw: &[u8]) -> io::Result<Raw> {
    if !raw.starts_with(MAGIC) {
        return Err(damaged("there is none with this number"));
    }
    let version = u8_at(raw, 4).map_err(short)?;
    let core = if volume.geometry.checksums {
        verify(volume, number, raw, version)?;
        CORE_V3
    } else if matches!(version, 1 | 2) {
        CORE
    } else {
        return Err(damaged(format_args!("unknown version {version}")));
    };
    let mode = u32::from(be16(raw, 2).map_err(short)?);
    if mode == 0 {
        return Err(damaged("it is not in use"));
    }
    let flags = be16(raw, 90).map_err(short)?;
    let large = core == CORE_V3 && be64(raw, 120).map_err(short)? & MANY_EXTENTS != 0;
    let extents = if large { be64(raw, 24) } else { be32(raw, 76).map(u64::from) }.map_err(short)?;
    let size = be64(raw, 56).map_err(short)?;
    let blocks = be64(raw, 64).map_err(short)?;
    let sectors = blocks.checked_mul(u64::from(volume.geometry.block_bytes) / 512);
    let (Some(sectors), true, true) = (sectors, i64::try_from(size).is_ok(), extents <= blocks) else {
        return Err(damaged("its size, blocks and extents do not agree"));
    };
    let known = Inode {
        number,
        mode,
        uid: be32(raw, 8).map_err(short)?,
        gid: be32(raw, 12).map_err(short)?,
        bytes: size,
        blocks: sectors,
        immutable: flags & IMMUTABLE != 0,
    };
    let fork = fork(mode & TYPE_BITS, u8_at(raw, 5).map_err(short)?)?;
    let bytes = fork_bytes(raw, core)?.to_vec();
    let realtime = known.is_file() && flags & REALTIME != 0;
    Ok(Raw { known, fork, bytes, extents, realtime })
}

fn verify(volume: &Volume, number: u64, raw: &[u8], version: u8) -> io::Result<()> {
    if !checksum::is_right(raw, CRC_AT) {
        return Err(damaged("the checksum does not match"));
    }
    if version != 3 {
        return Err(damaged(format_args!("unknown version {version}")));
    }
    let other = be64(raw, 152).map_err(short)?;
    if other != number {
        return Err(damaged(format_args!("inode {other} is in its place")));
    }
    if raw.array(160).map_err(short)? != volume.geometry.meta_uuid {
        return Err(damaged("it belongs to another file system"));
    }
    Ok(())
}

fn fork(kind: u32, format: u8) -> io::Result<Fork> {
    match (kind, format) {
        (kind, 0) if SPECIAL.contains(&kind) => Ok(Fork::Device),
        (FOLDER | LINK, 1) => Ok(Fork::Local),
        (FOLDER | LINK | FILE, 2) => Ok(Fork::Extents),
        (FOLDER | LINK | FILE, 3) => Ok(Fork::Tree),
        _ => Err(damaged(format_args!("unknown type {kind:#o} with a data fork of format {format}"))),
    }
}

/// The data fork ends where that of the extended attributes begins, or with the inode.
fn fork_bytes(raw: &[u8], core: usize) -> io::Result<&[u8]> {
    let rest = raw.get(core..).unwrap_or_default();
    // In units of 8 bytes.
    match usize::from(u8_at(raw, 82).map_err(short)?).checked_mul(8) {
        Some(0) => Ok(rest),
        Some(len) if len < rest.len() => rest.take(0, len).map_err(short),
        _ => Err(damaged("its attributes begin outside of it")),
    }
}
