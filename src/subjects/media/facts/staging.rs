//! An upgrade ISO that is to be staged: the file that was named, and what has its name in its folder already.

use std::io;

use super::iso::{self, IsoFile};
use crate::base::cause::cause;
use crate::host::capture::Meta;
use crate::host::space::Space;
use crate::host::{Probed, Root};
use crate::profile::Places;

/// What is there before it is staged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staging {
    /// The file that was named, links followed.
    pub iso: IsoFile,
    /// Where it belongs.
    pub target: String,
    /// What has that name.
    pub there: There,
    /// Bytes that a copy which was cut off takes on the disk.
    pub part_bytes: u64,
    /// Room in the folder.
    pub space: Probed<Space>,
    /// Where the folder to mount it at lies, links followed; `Absent` where there is none.
    pub mount_folder: Probed<String>,
}

/// What has the name that an ISO is to have in its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum There {
    Nothing,
    /// The ISO itself: it was put there.
    ItIs,
    /// Another file, of this many bytes; it may have the same content.
    File(u64),
    /// Something else than a file.
    NoFile,
}

impl Staging {
    /// Looks at the file at `path`, which is absolute. `part` gives the name of a copy that is not whole yet.
    ///
    /// # Errors
    /// Where it is no file, or cannot be looked at.
    pub fn gather(
        root: &Root,
        space: Probed<Space>,
        places: &Places,
        path: &str,
        part: impl Fn(&str) -> String,
    ) -> Result<Self, String> {
        let place = root.at(path)?;
        let shown = place.host_path();
        let name = shown.rsplit('/').next().unwrap_or_default();
        let iso = iso::file(&place, name, places)?.ok_or_else(|| format!("{shown}: it is no regular file"))?;
        let folder = root.at(&places.iso_folder)?;
        if !is_folder(root, &places.iso_folder)? {
            let folder = &places.iso_folder;
            return Err(format!("{folder}: there is no such folder. Mount its file system, or run: mkdir {folder}"));
        }
        let target = format!("{}/{name}", folder.host_path());
        let place = |path: &str| folder.beside(path.rsplit('/').next().unwrap_or_default());
        let there = match looked(place(&target).stat(), &target)? {
            None => There::Nothing,
            Some(_) if target == iso.path => There::ItIs,
            Some(meta) if meta.is_file() => There::File(meta.len()),
            Some(_) => There::NoFile,
        };
        let part = part(&target);
        let part_bytes = looked(place(&part).stat(), &part)?;
        // Blocks of stat(2) have 512 bytes on every file system.
        let part_bytes = part_bytes.map_or(0, |meta| meta.blocks.saturating_mul(512));
        Ok(Self { iso, target, there, part_bytes, space, mount_folder: folder_at(root, &places.iso_mount) })
    }
}

/// The file that was named; where it went away since, as a medium does that is taken out once all is copied, the one of
/// its name in the folder of the ISO.
pub fn still_there(root: &Root, iso: &str, places: &Places) -> String {
    let name = iso.rsplit('/').next().unwrap_or_default();
    match root.at(iso).is_ok_and(|place| matches!(place.kind(), Probed::Known(_))) {
        true => iso.to_owned(),
        false => format!("{}/{name}", places.iso_folder),
    }
}

fn folder_at(root: &Root, path: &str) -> Probed<String> {
    match is_folder(root, path).and_then(|is_there| is_there.then(|| root.at(path)).transpose()) {
        Ok(Some(place)) => Probed::Known(place.host_path()),
        Ok(None) => Probed::Absent,
        Err(why) => Probed::Unreadable(why),
    }
}

fn is_folder(root: &Root, path: &str) -> Result<bool, String> {
    match root.at(path)?.kind() {
        Probed::Known(kind) => Ok(kind.is_dir()),
        Probed::Absent => Ok(false),
        Probed::Unreadable(why) => Err(why),
    }
}

fn looked(meta: io::Result<Meta>, path: &str) -> Result<Option<Meta>, String> {
    match meta {
        Ok(meta) => Ok(Some(meta)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(format!("{path}: {}", cause(&e))),
    }
}
