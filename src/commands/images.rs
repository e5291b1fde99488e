//! A powered-off node, by the disks that `--image` names.

use std::io::ErrorKind;

use anyhow::{Result, bail};

use super::usage_error::UsageError;
use crate::base::cause::cause;
use crate::cli::Images;
use crate::disk::Source;
use crate::profile::Profile;
use crate::subjects::{Facts, of_disks_at};

/// The facts of the node.
///
/// # Errors
/// Where one of its disks is none, or may not be read.
pub(super) fn facts_of(images: &Images, profile: &Profile) -> Result<Facts> {
    let open = |path: &std::path::PathBuf| Source::open(path).reaching(images.reach());
    let sources: Vec<Source> = images.image.iter().map(open).collect();
    sources.iter().try_for_each(can_be_a_disk)?;
    Ok(of_disks_at(sources, &profile.places))
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
