//! FAT: every file of trees that mtools(1) put on file systems of many shapes.

mod compare;
mod damage;
mod plant;

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use okv_host::disk::filesystem::fat::Fat;
use okv_host::disk::filesystem::{Content, FileSystem};
use okv_host::io::image::{self, Image};

use crate::support::mkfs;
use crate::support::tools::Tool;

fn volume(image: &Path) -> Arc<dyn Image> {
    image::open(image).map(Arc::from).expect("an image")
}

fn opened(image: &Path) -> Fat {
    Fat::open(volume(image)).unwrap_or_else(|e| panic!("{}: {e}", image.display()))
}

/// Makes a file system in an image of its own.
fn made(folder: &Path, options: &str, kib: u64) -> PathBuf {
    let path = mkfs::sparse_file(folder, "image", kib << 10);
    mkfs::make(&format!("mkfs.vfat {options}"), &path);
    path
}

/// Runs one of the mtools on an image.
fn mtool(program: &str, image: &Path, args: &[&str]) {
    let tool = Tool::new(program).env("MTOOLS_SKIP_CHECK", "1").arg("-i").arg(image).args(args);
    tool.run().unwrap_or_else(|e| panic!("{e}"));
}

/// Copies all that is in a folder to the top folder of an image.
fn copy(image: &Path, tree: &Path) {
    let names = fs::read_dir(tree).expect("a folder").map(|entry| entry.expect("a name").path());
    let mut paths: Vec<String> = names.map(|path| path.to_str().expect("a path in UTF-8").to_owned()).collect();
    paths.sort();
    let args: Vec<&str> = ["-s", "-Q"].into_iter().chain(paths.iter().map(String::as_str)).chain(["::/"]).collect();
    mtool("mcopy", image, &args);
}

/// The longest name that mtools(1) writes: its entries have to fit in one cluster.
fn longest(options: &str) -> usize {
    if options.ends_with("-s 1") && !options.contains("-S") { 150 } else { 255 }
}

/// Makes a file system with these options and a tree on it; compares all of it.
fn matches(options: &str, kib: u64, many: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), options, kib);
    let tree = folder.path().join("tree");
    fs::create_dir(&tree).expect("a folder");
    plant::tree(&tree, many, longest(options));
    copy(&path, &tree);
    Tool::new("fsck.fat").arg("-n").arg(&path).run().unwrap_or_else(|e| panic!("{e}"));
    let fat = opened(&path);
    assert!(!fat.is_dirty(), "{options}");
    let files = compare::whole(&fat, &volume(&path), &tree);
    assert!(files > many, "{files}: {options}");
    println!("{files} files: mkfs.vfat {options}");
}

#[test]
fn files_are_those_that_were_copied_to_a_fat12() {
    matches("-F 12", 4 << 10, 300);
    matches("-F 12 -s 1", 2000, 40);
    matches("-F 12 -s 128 -f 1", 64 << 10, 300);
    matches("-F 12 -S 4096 -s 1", 15 << 10, 100);
}

#[test]
fn files_are_those_that_were_copied_to_a_fat16() {
    matches("-F 16", 32 << 10, 500);
    matches("-F 16 -s 1", 8 << 10, 500);
    matches("-F 16 -s 64 -r 2048", 256 << 10, 500);
    matches("-F 16 -S 2048 -s 2", 64 << 10, 300);
}

#[test]
fn files_are_those_that_were_copied_to_a_fat32() {
    matches("-F 32", 300 << 10, 700);
    matches("-F 32 -f 1 -s 1", 40 << 10, 300);
    // mtools(1) takes none for a FAT32 that has less than 65525 clusters.
    matches("-F 32 -s 64 -R 100", 3 << 20, 200);
    matches("-F 32 -S 4096 -s 2 -n EFI", 600 << 10, 200);
}

#[test]
fn a_file_in_many_pieces_is_read_in_their_order() {
    for (options, kib) in [("-F 12 -s 2", 4000), ("-F 16 -s 4", 16 << 10), ("-F 32 -s 1", 40 << 10)] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = made(folder.path(), options, kib);
        let tree = folder.path().join("tree");
        fs::create_dir(&tree).expect("a folder");
        let name = |n: usize| format!("piece number {n}.bin");
        (0..120).for_each(|n| fs::write(tree.join(name(n)), plant::bytes(2048, n as u64)).expect("a file"));
        copy(&path, &tree);
        for n in (0..120).filter(|n| n % 2 == 1) {
            fs::remove_file(tree.join(name(n))).expect("it goes away");
            mtool("mdel", &path, &[&format!("::/{}", name(n))]);
        }
        if options.contains("32") {
            // Where to look for a free cluster is unknown, so from the first.
            let image = OpenOptions::new().write(true).open(&path).expect("an image");
            image.write_all_at(&[0xff; 4], 512 + 492).expect("written");
        }
        let large = tree.join("Large file in pieces");
        fs::write(&large, plant::bytes(100_001, 7)).expect("a file");
        mtool("mcopy", &path, &[large.to_str().expect("a path in UTF-8"), "::/"]);
        let fat = opened(&path);
        let number = fat.find(fat.top(), b"large FILE in pieces").expect("a folder").expect("the file");
        let content = fat.content(number).expect("its bytes");
        assert!(matches!(&content, Content::Extents { extents, .. } if extents.len() > 20), "{options}: {content:?}");
        compare::whole(&fat, &volume(&path), &tree);
    }
}
