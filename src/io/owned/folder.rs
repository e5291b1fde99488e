//! A folder that is verified part by part from `/` on.
//!
//! A link of root is followed by hand: its owner is verified, and then each part of where it leads. So `/var/lib`, or
//! the folder itself, may lie elsewhere.

use std::ffi::OsString;
use std::fs::{Metadata, read_link, symlink_metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf, absolute};

use super::{found, refused, verify_one, verify_owner};

/// How many links are followed: as many as the kernel follows (path_resolution(7)).
const MOST_LINKS: u32 = 40;

/// The bit of the mode of a folder, as of `/tmp`, in which only the owner of an entry removes or renames it.
const STICKY: u32 = 0o1000;

/// The folder at `path` without links; `None` where there is none.
///
/// # Errors
/// Where one of its parts, or a link in its place, belongs to another user, or can be written by others. In a folder
/// with the sticky bit others may write, as the next part has its own owner; not where it is the last part.
pub(super) fn verified(path: &Path) -> io::Result<Option<PathBuf>> {
    let (mut left, mut links) = (parts(&absolute(path)?), 0);
    let mut place = top()?;
    while let Some(part) = left.pop() {
        if part == ".." {
            place.pop();
            continue;
        }
        let next = place.join(&part);
        let Some(metadata) = found(&next, symlink_metadata(&next))? else { return Ok(None) };
        if metadata.is_symlink() {
            verify_owner(&next, &metadata)?;
            links += 1;
            if links > MOST_LINKS {
                return Err(refused(format!("{}: too many symbolic links", path.display())));
            }
            let target = read_link(&next)?;
            if target.is_absolute() {
                place = top()?;
            }
            left.extend(parts(&target));
            continue;
        }
        match is_passage(&metadata) && !left.is_empty() {
            true => verify_owner(&next, &metadata)?,
            false => verify_one(&next, &metadata, metadata.is_dir(), "folder")?,
        }
        place = next;
    }
    Ok(Some(place))
}

fn top() -> io::Result<PathBuf> {
    let place = PathBuf::from("/");
    verify_one(&place, &symlink_metadata(&place)?, true, "folder")?;
    Ok(place)
}

/// The parts of a path, the first one last.
fn parts(path: &Path) -> Vec<OsString> {
    let named = |part: &Component<'_>| matches!(part, Component::Normal(_) | Component::ParentDir);
    path.components().rev().filter(named).map(|part| part.as_os_str().to_owned()).collect()
}

fn is_passage(metadata: &Metadata) -> bool {
    metadata.is_dir() && metadata.mode() & STICKY != 0
}
