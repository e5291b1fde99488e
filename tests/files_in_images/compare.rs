//! All files of a mount against those that a reader finds.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use okv_host::base::units::ByteRange;
use okv_host::disk::filesystem::{FileImage, FileSystem};
use okv_host::io::image::Image;

const PIECE: usize = 1 << 20;

/// Compares everything; the number of names.
pub(super) fn whole(files: &dyn FileSystem, volume: &Arc<dyn Image>, mount: &Path) -> usize {
    let (mut ahead, mut count) = (vec![(files.top(), PathBuf::new())], 0);
    one(files, volume, files.top(), mount);
    while let Some((number, path)) = ahead.pop() {
        let shown = fs::read_dir(mount.join(&path)).expect("a folder").map(|entry| {
            let entry = entry.expect("a name");
            (entry.file_name().into_vec(), entry.file_type().expect("a type").is_dir())
        });
        let shown: BTreeMap<Vec<u8>, bool> = shown.collect();
        let names = files.names(number, 1 << 20).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let ours: BTreeMap<Vec<u8>, u64> = names.iter().map(|entry| (entry.name.clone(), entry.inode)).collect();
        assert!(ours.keys().eq(shown.keys()), "{}: {ours:?}, {shown:?}", path.display());
        assert_eq!(ours.len(), names.len(), "{}", path.display());
        for entry in &names {
            assert!(entry.is_folder.is_none_or(|is_folder| is_folder == shown[&entry.name]), "{entry:?}");
            let path = path.join(std::ffi::OsStr::from_bytes(&entry.name));
            if count % 97 == 0 || names.len() < 100 {
                assert_eq!(files.find(number, &entry.name).expect("a name"), Some(entry.inode), "{}", path.display());
            }
            count += 1;
            one(files, volume, entry.inode, &mount.join(&path));
            if shown[&entry.name] {
                ahead.push((entry.inode, path));
            }
        }
        assert_eq!(files.find(number, b"no such name").expect("a folder"), None);
    }
    count
}

fn one(files: &dyn FileSystem, volume: &Arc<dyn Image>, number: u64, path: &Path) {
    let shown = fs::symlink_metadata(path).expect("a file");
    let inode = files.inode(number).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(
        (inode.number, inode.mode, inode.uid, inode.gid, inode.bytes, inode.blocks),
        (shown.ino(), shown.mode(), shown.uid(), shown.gid(), shown.size(), shown.blocks()),
        "{}",
        path.display()
    );
    assert_eq!(inode.immutable, path.ends_with("immutable"), "{}", path.display());
    if inode.is_link() {
        let target = fs::read_link(path).expect("a link").into_os_string().into_vec();
        let content = files.content(number).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let file = FileImage::new(Arc::clone(volume), content).expect("sound extents");
        let mut ours = vec![0; file.bytes() as usize];
        file.read_at(&mut ours, 0).expect("a target");
        assert_eq!(ours, target, "{}", path.display());
    } else if inode.is_file() {
        let content = files.content(number).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        same_bytes(FileImage::new(Arc::clone(volume), content).expect("sound extents"), path);
    } else {
        assert!(files.content(number).is_err());
    }
}

fn same_bytes(ours: FileImage, path: &Path) {
    let file = File::open(path).expect("a file");
    let (mut at, mut both) = (0, [vec![0; PIECE], vec![0; PIECE]]);
    while at < ours.bytes() {
        let len = PIECE.min((ours.bytes() - at) as usize);
        let [left, right] = both.each_mut().map(|bytes| &mut bytes[..len]);
        file.read_exact_at(left, at).expect("bytes");
        if ours.is_hole(ByteRange::new(at, len as u64).expect("a range")) {
            right.fill(0);
        } else {
            ours.read_at(right, at).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        }
        assert!(left == right, "{} at {at}", path.display());
        at += len as u64;
    }
}
