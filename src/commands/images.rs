//! A powered-off node, by the disks that `--image` names.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::usage_error::UsageError;
use crate::base::cause::cause;
use crate::cli::Images;
use crate::disk::Source;
use crate::io::image::vm::{lies_over, parts};
use crate::profile::Profile;
use crate::subjects::{Facts, of_disks_at};

/// The facts of the node.
///
/// # Errors
/// Where one of its disks is none, or may not be read.
pub(super) fn facts_of(images: &Images, profile: &Profile) -> Result<Facts> {
    refuse_twice(&images.image)?;
    images.image.iter().try_for_each(|disk| refuse_older(disk))?;
    let open = |path: &PathBuf| Source::open(path).reaching(images.reach());
    let sources: Vec<Source> = images.image.iter().map(open).collect();
    sources.iter().try_for_each(can_be_a_disk)?;
    Ok(of_disks_at(sources, &profile.places))
}

/// A disk that is given twice would be a copy beside itself, with every name on it ambiguous. So is one that is given
/// by its descriptor and by its extents.
fn refuse_twice(disks: &[PathBuf]) -> Result<()> {
    let mut seen: HashMap<(u64, u64), &PathBuf> = HashMap::new();
    for disk in disks {
        for file in std::iter::once(disk.clone()).chain(parts(disk)) {
            let Ok(file) = std::fs::metadata(file) else { continue };
            let id = if file.rdev() == 0 { (file.dev(), file.ino()) } else { (0, file.rdev()) };
            if let Some(earlier) = seen.insert(id, disk).filter(|earlier| !std::ptr::eq(*earlier, disk)) {
                let (earlier, disk) = (earlier.display(), disk.display());
                let why = format!("--image: {earlier} and {disk} are one disk. Give each disk once");
                return Err(UsageError(why).into());
            }
        }
    }
    Ok(())
}

/// Most snapshots over one another that are followed.
const MOST_SNAPSHOTS: usize = 64;

/// A disk of which a snapshot was made has nothing that the node wrote since, and looks no different.
fn refuse_older(disk: &Path) -> Result<()> {
    let Some(newer) = lies_over(disk) else { return Ok(()) };
    let newer = std::iter::successors(Some(newer), |newer| lies_over(newer)).take(MOST_SNAPSHOTS).last();
    let (disk, newer) = (disk.display(), newer.unwrap_or_default());
    let newer = newer.display();
    Err(UsageError(format!(
        "--image {disk}: {newer} lies over it, and has what was written since a snapshot was made. Give {newer} \
         instead; if it cannot be read, merge the snapshots first. To judge the node as it was before, copy {disk} to \
         another folder"
    ))
    .into())
}

/// A file that is missing, empty or no disk is a wrong argument; one that cannot be read is a part of the answer.
fn can_be_a_disk(source: &Source) -> Result<()> {
    let how = "Name the disks of the powered-off node, or images of them";
    match source.why_not_open() {
        Some(why) if why.kind() == ErrorKind::PermissionDenied => {
            bail!("cannot open {}: {}. Run as root", source.path(), cause(why))
        }
        Some(why) if why.kind() == ErrorKind::UnexpectedEof => {
            Err(UsageError(format!("--image {}: {}. {how}", source.path(), cause(why))).into())
        }
        Some(why) if matches!(why.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) => {
            Err(UsageError(format!("--image: cannot open {}: {}. {how}", source.path(), cause(why))).into())
        }
        _ => Ok(()),
    }
}
