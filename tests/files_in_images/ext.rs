//! ext2, ext3 and ext4: every file of trees on file systems of many shapes, as the kernel shows them in a mount.

mod damage;
mod journal;
mod limits;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use okv_host::disk::filesystem::FileSystem;
use okv_host::disk::filesystem::ext::Ext;
use okv_host::io::image::{self, Image};

use crate::support::loopdev::Loop;
use crate::support::mkfs;
use crate::support::mount::Mounted;
use crate::{compare, plant};

const MIB: u64 = 1 << 20;

fn volume(image: &Path) -> Arc<dyn Image> {
    image::open(image).map(Arc::from).expect("an image")
}

fn opened(image: &Path) -> Ext {
    Ext::open(volume(image)).unwrap_or_else(|e| panic!("{}: {e}", image.display()))
}

fn made(folder: &Path, options: &str, mib: u64) -> PathBuf {
    let path = mkfs::sparse_file(folder, "image", mib * MIB);
    mkfs::make(&format!("mke2fs {options}"), &path);
    path
}

/// Compares all files of an image with what the kernel shows; the number of files.
fn compared(image: &Path, files: &Ext) -> usize {
    let device = Loop::read_only(image).expect("a loop device");
    let mounted = Mounted::read_only(&device, "ext4", "");
    compare::whole(files, &files.volume(), mounted.path())
}

/// Makes a file system with these options and a tree on it; compares all of it.
fn matches(options: &str, many: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), options, 1024);
    {
        let device = Loop::attach(&path, 512).expect("a loop device");
        let mounted = Mounted::writable(&device, "ext4", "");
        plant::tree(mounted.path(), many);
        let has_extents = !options.contains("ext2") && !options.contains("ext3") && !options.contains("^extent");
        if has_extents {
            plant::preallocated(mounted.path());
        }
    }
    let files = opened(&path);
    assert_eq!(files.replayed(), None, "{options}");
    println!("{} files: mke2fs {options}", compared(&path, &files));
}

#[test]
fn files_of_ext2_and_ext3_are_those_that_the_kernel_shows() {
    for options in
        ["-t ext2 -b 1024 -I 128", "-t ext2 -b 4096 -I 256", "-t ext3 -b 1024", "-t ext3 -b 2048 -O ^dir_index"]
    {
        matches(options, 3000);
    }
}

#[test]
fn files_of_ext4_are_those_that_the_kernel_shows_with_each_size_of_blocks_and_inodes() {
    for options in [
        "-t ext4",
        "-t ext4 -b 1024 -O metadata_csum,64bit -I 128",
        "-t ext4 -b 2048 -O ^metadata_csum,uninit_bg,^64bit -I 1024",
    ] {
        matches(options, 6000);
    }
}

#[test]
fn files_of_ext4_are_those_that_the_kernel_shows_with_each_feature() {
    for options in [
        "-t ext4 -O ^extents,^64bit",
        "-t ext4 -O inline_data -I 256",
        "-t ext4 -b 1024 -O inline_data -I 1024",
        "-t ext4 -b 1024 -O meta_bg,^resize_inode",
        "-t ext4 -O bigalloc -C 65536 -b 4096 -N 30000",
        "-t ext4 -O ^flex_bg,^metadata_csum,^uninit_bg,^dir_index,^filetype",
        "-t ext4 -O metadata_csum_seed,large_dir,ea_inode,uninit_bg",
    ] {
        matches(options, 2000);
    }
}

#[test]
fn the_seed_of_the_checksums_stays_where_the_uuid_is_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), "-t ext4 -O metadata_csum_seed", 64);
    mkfs::make("tune2fs -U random", &path);
    let files = opened(&path);
    assert_eq!(compared(&path, &files), 1, "lost+found");
}

#[test]
fn a_tree_of_a_hundred_thousand_files_is_read_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), "-t ext4 -N 120000", 1024);
    {
        let device = Loop::attach(&path, 512).expect("a loop device");
        plant::crowd(Mounted::writable(&device, "ext4", "").path(), &[50_000, 20_000, 20_000, 10_000]);
    }
    let files = opened(&path);
    let begun = std::time::Instant::now();
    let mut seen = 0;
    for folder in files.names(files.top(), 9).expect("folders") {
        for entry in files.names(folder.inode, 1 << 20).expect("names") {
            files.inode(entry.inode).expect("an inode");
            seen += 1;
        }
    }
    println!("{seen} names and inodes in {:?}", begun.elapsed());
    assert_eq!(compared(&path, &files), 100_005);
}
