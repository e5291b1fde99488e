//! Verifies the kernels and images of a host. Each file is read once, whatever names lead to it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;

use super::initramfs::{self, Contents};
use super::kernel_image::{self, KernelImage};
use super::verdict::Verdict;
use crate::host::{Place, Probed, Root};
use crate::io::sys;

/// What was found, by the path that was asked for.
pub type Verified<T> = BTreeMap<String, Probed<Verdict<T>>>;

/// The initramfs files at these paths of the host, such as `/boot/initramfs-RELEASE.img`.
pub fn verify_initramfs(root: &Root, paths: &[String]) -> Verified<Contents> {
    verify(root, paths, initramfs::verify)
}

/// The kernel images at these paths.
pub fn verify_kernels(root: &Root, paths: &[String]) -> Verified<KernelImage> {
    verify(root, paths, kernel_image::verify)
}

/// The initramfs at one place, which no link leads to.
pub fn initramfs_at(place: &Place<'_>) -> Probed<Verdict<Contents>> {
    one(place, initramfs::verify)
}

/// The kernel image at one place.
pub fn kernel_at(place: &Place<'_>) -> Probed<Verdict<KernelImage>> {
    one(place, kernel_image::verify)
}

fn verify<T: Clone>(root: &Root, paths: &[String], read: impl Fn(File, u64) -> Verdict<T>) -> Verified<T> {
    let mut files: BTreeMap<String, Probed<Verdict<T>>> = BTreeMap::new();
    let look = |path: &String| {
        let found = match root.at(path) {
            Ok(place) => files.entry(place.host_path()).or_insert_with(|| one(&place, &read)).clone(),
            Err(why) => Probed::Unreadable(why),
        };
        (path.clone(), found)
    };
    paths.iter().map(look).collect()
}

fn one<T>(place: &Place<'_>, read: impl Fn(File, u64) -> Verdict<T>) -> Probed<Verdict<T>> {
    match open(place) {
        Ok((file, bytes)) => Probed::Known(read(file, bytes)),
        Err(why) if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Probed::Absent,
        Err(why) => Probed::Unreadable(format!("{}: {why}", place.host_path())),
    }
}

/// The place has no links: one that is there now was put there meanwhile. A FIFO is not waited for.
fn open(place: &Place<'_>) -> io::Result<(File, u64)> {
    let flags = sys::O_NONBLOCK | sys::O_NOFOLLOW;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(place.real_path())?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    Ok((file, meta.len()))
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
        let paths = ["/boot/cut", "/boot/link", "/boot/out", "/boot/folder", "/boot/none", "/boot/cut/x"];
        let found = verify_initramfs(&root, &paths.map(str::to_owned));
        for path in ["/boot/cut", "/boot/link"] {
            assert!(matches!(&found[path], Probed::Known(Verdict::Broken { at: 6, .. })), "{path}: {:?}", found[path]);
        }
        assert_eq!(found["/boot/out"], Probed::Absent);
        assert_eq!(found["/boot/none"], Probed::Absent);
        assert_eq!(found["/boot/cut/x"], Probed::Absent);
        assert!(matches!(&found["/boot/folder"], Probed::Unreadable(why) if why.starts_with("/boot/folder: ")));
        let kernels = verify_kernels(&root, &["/boot/cut".into()]);
        assert!(matches!(&kernels["/boot/cut"], Probed::Known(Verdict::Broken { .. })));
    }

    #[test]
    fn a_file_of_two_names_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), b"x").unwrap();
        symlink("file", dir.path().join("link")).unwrap();
        let root = Root::fixture(dir.path()).unwrap();
        let reads = std::cell::Cell::new(0);
        let found = verify(&root, &["/file".into(), "/link".into()], |_, bytes| {
            reads.set(reads.get() + 1);
            Verdict::Whole(bytes)
        });
        assert_eq!((found.len(), reads.get()), (2, 1));
    }
}
