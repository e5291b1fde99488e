//! The files of FAT12, FAT16 and FAT32, with the long names of VFAT.
//!
//! There are no inodes: a file is identified by where its entry lies on the volume, in units of 32 bytes. Owner and
//! permissions are those that a mount by root shows. Only long names have checksums, so a chain of clusters is believed
//! only where it fits the size of its file and ends.
//!
//! Source: Microsoft's "FAT: General Overview of On-Disk Format", and the kernel's `fs/fat`. The names here say what
//! theirs abbreviate: a folder is a directory, an ending an extension, a slot an entry with a part of a long name.

mod chain;
mod entry;
mod folder;
mod geometry;
mod name;
#[cfg(any(test, fuzzing))]
pub(crate) mod sample;
mod table;
#[cfg(test)]
mod tests;
mod volume;

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Content, Entry, FILE, FOLDER, FileSystem, Inode};
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::{damaged, of};
use crate::io::image::Image;
use entry::{Entry as Raw, File};
use folder::Named;
use geometry::ENTRY;
use volume::Volume;

/// The number of the top folder, which has no entry. No entry lies there: it is in the boot sector.
const TOP: u64 = 1;

/// A FAT file system whose boot sector is sound.
pub struct Fat {
    volume: Volume,
    is_dirty: bool,
}

impl Fat {
    /// # Errors
    /// Where there is no sound boot sector, it is of a larger volume, or the allocation table cannot be read.
    pub fn open(volume: Arc<dyn Image>) -> io::Result<Self> {
        let volume = Volume::open(volume)?;
        let is_dirty = volume.geometry.is_mounted || volume.has_dirty_table()?;
        Ok(Self { volume, is_dirty })
    }

    /// Whether it was not unmounted: Linux marks that in the boot sector, and others in the allocation table. Then what
    /// is read may be old or half written.
    pub fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    fn file(&self, number: u64) -> io::Result<File> {
        let none = || damaged(format_args!("there is no file with the number {number}"));
        let at = number.checked_mul(ENTRY).filter(|at| self.volume.geometry.has_entry_at(*at)).ok_or_else(none)?;
        let mut bytes = [0; ENTRY as usize];
        self.volume.read(&mut bytes, at)?;
        match Raw::read(&bytes, self.volume.geometry.width)? {
            Raw::File(file) if !file.is_dots() => Ok(file),
            _ => Err(none()),
        }
    }

    /// Where a folder lies.
    fn pieces(&self, number: u64) -> io::Result<Vec<ByteRange>> {
        if number == TOP {
            return folder::top(&self.volume);
        }
        let file = self.file(number)?;
        if file.is_folder { folder::below(&self.volume, &file) } else { Err(damaged("it is no folder")) }
    }

    fn each(&self, number: u64, each: &mut folder::Each<'_>) -> io::Result<()> {
        let pieces = self.pieces(number);
        let read = pieces.and_then(|pieces| folder::each(&self.volume, &pieces, each));
        read.map_err(of(format_args!("folder {number}")))
    }

    fn known(&self, number: u64) -> io::Result<Inode> {
        let file = if number == TOP { None } else { Some(self.file(number)?) };
        let (mode, bytes) = match &file {
            Some(file) if !file.is_folder => {
                (FILE | if file.is_read_only { 0o555 } else { 0o755 }, u64::from(file.bytes))
            }
            _ => {
                let bytes = self.pieces(number)?.iter().map(|piece| piece.len()).sum();
                (FOLDER | 0o755, bytes)
            }
        };
        let blocks = bytes.next_multiple_of(self.volume.geometry.cluster_bytes) / 512;
        Ok(Inode { number, mode, uid: 0, gid: 0, bytes, blocks, immutable: false })
    }
}

/// The number of a file.
fn number_of(named: &Named) -> u64 {
    named.at / ENTRY
}

impl FileSystem for Fat {
    fn top(&self) -> u64 {
        TOP
    }

    fn inode(&self, number: u64) -> io::Result<Inode> {
        self.known(number).map_err(of(format_args!("inode {number}")))
    }

    /// Names are compared without case, as vfat does, and short names are found where there are long ones, too.
    fn find(&self, folder: u64, name: &[u8]) -> io::Result<Option<u64>> {
        let mut found = None;
        let wanted = std::str::from_utf8(name).unwrap_or_default();
        self.each(folder, &mut |named| {
            let names = [named.shown(), &named.short_name];
            if !names.iter().any(|name| name::alike(name, wanted)) {
                return Ok(ControlFlow::Continue(()));
            }
            found = Some(number_of(named));
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    fn is_exact(&self, _: u64) -> io::Result<bool> {
        Ok(false)
    }

    fn names(&self, folder: u64, most: usize) -> io::Result<Vec<Entry>> {
        let mut names = Vec::new();
        self.each(folder, &mut |named| {
            if names.len() == most {
                return Err(damaged(format_args!("more than {most} names")));
            }
            let name = named.shown().as_bytes().to_vec();
            names.push(Entry { name, inode: number_of(named), is_folder: Some(named.file.is_folder) });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(names)
    }

    fn content(&self, number: u64) -> io::Result<Content> {
        let extents = |file: File| {
            let bytes = u64::from(file.bytes);
            chain::of_file(&self.volume, file.first_cluster, bytes).map(|extents| Content::Extents { bytes, extents })
        };
        let content = match number {
            TOP => Err(damaged("it is no file")),
            _ => self
                .file(number)
                .and_then(|file| if file.is_folder { Err(damaged("it is no file")) } else { extents(file) }),
        };
        content.map_err(of(format_args!("inode {number}")))
    }
}
