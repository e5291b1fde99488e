//! All files of a tree against those that the reader finds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use okv_host::disk::filesystem::fat::Fat;
use okv_host::disk::filesystem::{FileImage, FileSystem};
use okv_host::io::image::Image;

/// Compares everything; the number of names.
pub(super) fn whole(fat: &Fat, volume: &Arc<dyn Image>, tree: &Path) -> usize {
    let (mut ahead, mut count) = (vec![(fat.top(), tree.to_path_buf())], 0);
    while let Some((folder, path)) = ahead.pop() {
        let shown: BTreeMap<String, PathBuf> = fs::read_dir(&path)
            .expect("a folder")
            .map(|entry| entry.expect("a name"))
            .map(|entry| (entry.file_name().into_string().expect("a name in UTF-8"), entry.path()))
            .collect();
        let entries = fat.names(folder, 1 << 16).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let ours: BTreeMap<String, u64> =
            entries.iter().map(|entry| (String::from_utf8(entry.name.clone()).expect("UTF-8"), entry.inode)).collect();
        assert!(ours.keys().eq(shown.keys()), "{}: {:?}\n{:?}", path.display(), ours.keys(), shown.keys());
        assert_eq!(entries.len(), ours.len());
        assert_eq!(fat.find(folder, b"no such name").expect("a folder"), None);
        let step = (ours.len() / 50).max(1);
        for (name, number) in ours.iter().step_by(step) {
            for asked in [name.clone(), name.to_uppercase(), name.to_lowercase(), format!("{name}.")] {
                let found = fat.find(folder, asked.as_bytes()).expect("a folder");
                // Of some letters the upper case is more than one.
                assert!(found == Some(*number) || asked.chars().count() != name.chars().count(), "{asked}");
            }
        }
        for (name, number) in ours {
            count += 1;
            let (known, path) = (fat.inode(number).expect("an inode"), &shown[&name]);
            assert_eq!((known.number, known.uid, known.gid, known.immutable), (number, 0, 0, false));
            if path.is_dir() {
                assert_eq!(known.mode, 0o040_755, "{name}");
                assert!(known.bytes > 0 && known.blocks == known.bytes / 512);
                ahead.push((number, path.clone()));
                continue;
            }
            assert_eq!(known.mode, 0o100_755, "{name}");
            let content = fat.content(number).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let file = FileImage::new(Arc::clone(volume), content).expect("extents within the volume");
            let mut bytes = vec![0; known.bytes as usize];
            file.read_at(&mut bytes, 0).expect("its bytes");
            assert!(bytes == fs::read(path).expect("a file"), "{} differs", path.display());
            assert!(known.blocks * 512 >= known.bytes && known.blocks * 512 < known.bytes + (1 << 19));
        }
    }
    count
}
