//! The files in a folder.

use std::io;
use std::ops::ControlFlow;

use super::chain;
use super::entry::{Entry, File};
use super::geometry::{ENTRY, Top};
use super::name::{Long, short};
use super::volume::Volume;
use crate::base::units::ByteRange;
use crate::disk::filesystem::failure::damaged;

/// Bytes of a folder that are read at once.
const PIECE: u64 = 1 << 15;

/// A file or folder, with its names.
pub(super) struct Named {
    /// Where its entry lies on the volume, in bytes.
    pub(super) at: u64,
    pub(super) file: File,
    pub(super) long_name: Option<String>,
    pub(super) short_name: String,
}

impl Named {
    /// The name that vfat shows.
    pub(super) fn shown(&self) -> &str {
        self.long_name.as_deref().unwrap_or(&self.short_name)
    }
}

/// Takes one file after the other, and says whether more are wanted.
pub(super) type Each<'e> = dyn FnMut(&Named) -> io::Result<ControlFlow<()>> + 'e;

/// Where the top folder lies.
pub(super) fn top(volume: &Volume) -> io::Result<Vec<ByteRange>> {
    match volume.geometry.top {
        Top::Fixed(range) => Ok(vec![range]),
        Top::Chain(first) => clusters(volume, first),
    }
}

/// Where another folder lies.
pub(super) fn below(volume: &Volume, folder: &File) -> io::Result<Vec<ByteRange>> {
    clusters(volume, folder.first_cluster)
}

fn clusters(volume: &Volume, first: u32) -> io::Result<Vec<ByteRange>> {
    Ok(chain::of_folder(volume, first)?.into_iter().map(|piece| piece.range).collect())
}

/// Gives each file of a folder to `each`, in the order of the disk, without `.` and `..`.
///
/// Entries behind the one that marks the end are not read, as Microsoft's specification has it.
pub(super) fn each(volume: &Volume, pieces: &[ByteRange], each: &mut Each<'_>) -> io::Result<()> {
    let mut long = None;
    for range in pieces {
        let mut at = range.start();
        while at < range.end() {
            let len = range.end().saturating_sub(at).min(PIECE);
            let mut bytes = vec![0; usize::try_from(len).unwrap_or_default()];
            volume.read(&mut bytes, at)?;
            for entry in bytes.chunks(ENTRY as usize) {
                if one(volume, entry, at, &mut long, each)?.is_break() {
                    return Ok(());
                }
                at = at.saturating_add(ENTRY);
            }
        }
    }
    Ok(())
}

fn one(
    volume: &Volume,
    bytes: &[u8],
    at: u64,
    long: &mut Option<Long>,
    each: &mut Each<'_>,
) -> io::Result<ControlFlow<()>> {
    let before = long.take();
    match Entry::read(bytes, volume.geometry.width)? {
        Entry::End => return Ok(ControlFlow::Break(())),
        Entry::Deleted | Entry::Label => {}
        Entry::Slot(slot) => *long = Long::with(before, &slot),
        Entry::File(file) if file.is_dots() => {}
        Entry::File(file) => {
            let long_name = before.and_then(|long| long.of(&file));
            let named = Named { at, long_name, short_name: short(&file), file };
            match named.shown() {
                // The kernel passes over it, too: there is no name to ask for.
                "" => {}
                // They would lead elsewhere in a path. The kernel gives up at a name with a slash.
                name if matches!(name, "." | "..") || name.contains('/') => {
                    return Err(damaged(format_args!(
                        "its entry at byte {at} has the name {name:?}, which no file can have"
                    )));
                }
                _ => return each(&named),
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}
