//! Verifies the kernels and images of a host. Each file is read once, whatever names lead to it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::initramfs::{self, Contents};
use super::kernel_image::{self, KernelImage};
use super::verdict::Verdict;
use crate::base::cause::cause;
use crate::host::{Place, Probed, Root};
use crate::io::image::Reader;

/// What was found, by the path that was asked for.
pub type Verified<T> = BTreeMap<String, Probed<Verdict<T>>>;

/// What was verified in one look at a host, so that who asks for a file again does not have it read again. By the path
/// behind all links.
#[derive(Debug, Default)]
pub struct Images {
    initramfs: Mutex<Verified<Contents>>,
    kernels: Mutex<Verified<KernelImage>>,
}

impl Images {
    /// The initramfs at one place, which no link leads to.
    pub fn initramfs_at(&self, place: &Place<'_>) -> Probed<Verdict<Contents>> {
        once(&self.initramfs, place, "initramfs", initramfs::verify)
    }

    /// The kernel image at one place.
    pub fn kernel_at(&self, place: &Place<'_>) -> Probed<Verdict<KernelImage>> {
        once(&self.kernels, place, "kernel", kernel_image::verify)
    }

    /// The initramfs that a path leads to.
    pub fn initramfs(&self, root: &Root, path: &str) -> Probed<Verdict<Contents>> {
        root.at(path).map_or_else(Probed::Unreadable, |place| self.initramfs_at(&place))
    }

    /// The kernel image that a path leads to.
    pub fn kernel(&self, root: &Root, path: &str) -> Probed<Verdict<KernelImage>> {
        root.at(path).map_or_else(Probed::Unreadable, |place| self.kernel_at(&place))
    }
}

fn once<T: Clone + Serialize + DeserializeOwned>(
    seen: &Mutex<Verified<T>>,
    place: &Place<'_>,
    what: &str,
    read: impl Fn(Reader, u64) -> Verdict<T>,
) -> Probed<Verdict<T>> {
    let path = place.host_path();
    let known = seen.lock().ok().and_then(|seen| seen.get(&path).cloned());
    known.unwrap_or_else(|| {
        let found = one(place, what, read);
        if let Ok(mut seen) = seen.lock() {
            seen.insert(path, found.clone());
        }
        found
    })
}

/// What `read` finds of the file at a place. A capture keeps that, and not the file, which has tens of MiB.
pub(super) fn one<T>(place: &Place<'_>, what: &str, read: impl Fn(Reader, u64) -> Verdict<T>) -> Probed<Verdict<T>>
where
    T: Serialize + DeserializeOwned,
{
    let ask = || match place.unkept() {
        Ok(file) => {
            let bytes = file.bytes();
            Probed::Known(read(Reader::new(file), bytes))
        }
        Err(why) if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Probed::Absent,
        Err(why) => Probed::Unreadable(format!("{}: {}", place.host_path(), cause(&why))),
    };
    place.answer(what, ask).unwrap_or_else(Probed::Unreadable)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn files_are_found_through_links_of_the_host_and_never_outside_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let boot = dir.path().join("boot");
        fs::create_dir_all(boot.join("folder")).unwrap();
        fs::write(boot.join("cut"), b"070701").unwrap();
        fs::write(dir.path().join("outside"), b"070701").unwrap();
        symlink("/boot/cut", boot.join("link")).unwrap();
        symlink("../../../../../../../../etc/passwd", boot.join("out")).unwrap();
        let root = Root::fixture(dir.path()).unwrap();
        let images = Images::default();
        let found = |path: &str| images.initramfs(&root, path);
        for path in ["/boot/cut", "/boot/link"] {
            assert!(matches!(found(path), Probed::Known(Verdict::Broken { at: 6, .. })), "{path}: {:?}", found(path));
        }
        assert_eq!(found("/boot/out"), Probed::Absent);
        assert_eq!(found("/boot/none"), Probed::Absent);
        assert_eq!(found("/boot/cut/x"), Probed::Absent);
        assert!(matches!(found("/boot/folder"), Probed::Unreadable(why) if why.starts_with("/boot/folder: ")));
        assert!(matches!(images.kernel(&root, "/boot/cut"), Probed::Known(Verdict::Broken { .. })));
    }

    #[test]
    fn a_file_of_two_names_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), b"x").unwrap();
        symlink("file", dir.path().join("link")).unwrap();
        let root = Root::fixture(dir.path()).unwrap();
        let reads = std::cell::Cell::new(0);
        let seen = Mutex::default();
        for path in ["/file", "/link"] {
            let found = once(&seen, &root.at(path).unwrap(), "x", |_, bytes| {
                reads.set(reads.get() + 1);
                Verdict::Whole(bytes)
            });
            assert_eq!(found, Probed::Known(Verdict::Whole(1)));
        }
        assert_eq!(reads.get(), 1);
    }
}
