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
            if let Some(why) = opened.doubt() {
                return Err(format!(
                    "the next start may change its files: {why}; run e2fsck, then copy the disk again"
                ));
            }
            let journal = if opened.replayed().is_some() { Journal::Replayed } else { Journal::Clean };
            let image = opened.volume();
            Ok(Mounted { files: Arc::new(opened), image, journal })
        }
        Kind::Xfs => {
            let opened = Xfs::open(volume).map_err(|e| cause(&e))?;
            match opened.unreplayed() {
                Unreplayed::Clean => Ok(Mounted { files: Arc::new(opened), image, journal: Journal::Clean }),
                Unreplayed::Dirty => Err(older("its log has changes that no mount has replayed")),
                Unreplayed::Unknown(why) => Err(older(&why)),
            }
        }
        Kind::Vfat => {
            let opened = Fat::open(volume).map_err(|e| cause(&e))?;
            if opened.is_dirty() {
                return Err(older("it was not unmounted"));
            }
            Ok(Mounted { files: Arc::new(opened), image, journal: Journal::Clean })
        }
        other => Err(format!("files on {} are not read", other.word())),
    }
}

/// Files that may be older than what the node last wrote are not read: what they say may be wrong.
fn older(why: &str) -> String {
    format!("its files may be older than what the node last wrote: {why}; shut the node down, and copy its disks again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::image::Memory;
    use crate::readers::ext_files::{put, sample, seal};

    #[test]
    fn files_of_ext_that_the_start_may_change_are_not_opened() {
        let opened = |state: u8| {
            let mut image = sample(true);
            put(&mut image, 1024 + 58, &[state]);
            seal(&mut image);
            open(Kind::Ext4, Arc::new(Memory::new(image))).map(|_| ())
        };
        assert_eq!(opened(1), Ok(()));
        assert!(opened(3).unwrap_err().contains("the kernel recorded errors in it"));
    }
}
