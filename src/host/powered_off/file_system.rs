//! Opens the file system on a volume.

use std::sync::Arc;

use crate::base::cause::cause;
use crate::disk::filesystem::FileSystem;
use crate::disk::filesystem::ext::Ext;
use crate::disk::filesystem::fat::Fat;
use crate::disk::filesystem::xfs::{Unreplayed, Xfs};
use crate::disk::format::content::Kind;
use crate::io::image::Image;

/// A file system that was opened, and whether its journal was replayed.
pub(super) struct Mounted {
    pub(super) files: Arc<dyn FileSystem>,
    pub(super) image: Arc<dyn Image>,
    pub(super) journal: Journal,
}

/// What the journal of a file system had for the next mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Journal {
    /// Nothing, or there is none.
    Clean,
    /// Changes, which were taken into account.
    Replayed,
    /// Changes that were not, so that files may be older than what the node last wrote; why.
    Left(String),
}

/// Opens it.
///
/// # Errors
/// Where it is damaged, or its files are not read.
pub(super) fn open(kind: Kind, image: Arc<dyn Image>) -> Result<Mounted, String> {
    let volume = Arc::clone(&image);
    match kind {
        Kind::Ext2 | Kind::Ext3 | Kind::Ext4 => {
            let opened = Ext::open(volume).map_err(|e| cause(&e))?;
            let journal = if opened.replayed().is_some() { Journal::Replayed } else { Journal::Clean };
            let image = opened.volume();
            Ok(Mounted { files: Arc::new(opened), image, journal })
        }
        Kind::Xfs => {
            let opened = Xfs::open(volume).map_err(|e| cause(&e))?;
            let journal = match opened.unreplayed() {
                Unreplayed::Clean => Journal::Clean,
                Unreplayed::Dirty => Journal::Left("its log has changes that no mount has replayed".to_owned()),
                Unreplayed::Unknown(why) => Journal::Left(why),
            };
            Ok(Mounted { files: Arc::new(opened), image, journal })
        }
        Kind::Vfat => {
            let opened = Fat::open(volume).map_err(|e| cause(&e))?;
            let journal = match opened.is_dirty() {
                true => Journal::Left("it was not unmounted".to_owned()),
                false => Journal::Clean,
            };
            Ok(Mounted { files: Arc::new(opened), image, journal })
        }
        other => Err(format!("files on {} are not read", other.word())),
    }
}
