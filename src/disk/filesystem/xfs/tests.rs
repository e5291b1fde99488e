#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

mod damaged;
mod log;
mod refused;

use super::*;
use crate::disk::filesystem::FileImage;
use crate::io::image::Memory;
use crate::readers::xfs_files::{
    BLOCK_FOLDER, FIFO, FILE, LEAF_FOLDER, LONG_LINK, SHORT_LINK, TOP, TREE_FILE, inode_at, put, sample, seal,
};

const BLOCK: usize = 1024;
const VERSIONS: [u8; 2] = [4, 5];

fn opened(image: &[u8]) -> Xfs {
    Xfs::open(Arc::new(Memory::new(image.to_vec()))).unwrap()
}

/// The sample with a change, checksums made right.
fn changed(version: u8, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut image = sample(version);
    put(&mut image, at, bytes);
    seal(&mut image);
    image
}

fn refused(image: &[u8]) -> String {
    Xfs::open(Arc::new(Memory::new(image.to_vec()))).err().unwrap().to_string()
}

fn names(files: &Xfs, folder: u64) -> Vec<(Vec<u8>, u64)> {
    files.names(folder, 100).unwrap().into_iter().map(|entry| (entry.name, entry.inode)).collect()
}

fn block_at(number: u64) -> usize {
    number as usize * BLOCK
}

/// Where the data fork of an inode begins.
fn fork_at(version: u8, inode: u64) -> usize {
    inode_at(inode) + if version == 5 { 176 } else { 100 }
}

#[test]
fn each_form_of_a_folder_gives_its_names_in_both_versions() {
    for version in VERSIONS {
        let files = opened(&sample(version));
        assert_eq!(files.top(), TOP);
        let entries = files.names(TOP, 7).unwrap();
        assert_eq!(entries.iter().map(|e| e.is_folder).collect::<Vec<_>>()[..3], [Some(true), Some(true), Some(false)]);
        assert_eq!(files.find(TOP, b"tree").unwrap(), Some(TREE_FILE));
        assert_eq!(files.find(TOP, b"none").unwrap(), None);
        assert_eq!(names(&files, BLOCK_FOLDER), [(b"again".to_vec(), FILE)]);
        let leaf = [(b"one".to_vec(), FIFO), (b"two".to_vec(), FILE), (vec![b'n'; 255], FILE)];
        assert_eq!(names(&files, LEAF_FOLDER), leaf);
        let why = files.names(TOP, 6).unwrap_err().to_string();
        assert_eq!(why, "folder 8: more than 6 names");
        assert_eq!(files.names(FILE, 6).unwrap_err().to_string(), "inode 11 is no folder");
    }
}

#[test]
fn an_inode_says_what_the_kernel_says_of_it() {
    for version in VERSIONS {
        let immutable = changed(version, inode_at(FILE) + 90, &8_u16.to_be_bytes());
        let inode = opened(&immutable).inode(FILE).unwrap();
        let expected =
            Inode { number: FILE, mode: 0o100_644, uid: 3, gid: 4, bytes: 4101, blocks: 10, immutable: true };
        assert_eq!(inode, expected);
        assert!(!opened(&sample(version)).inode(FILE).unwrap().immutable);
    }
}

#[test]
fn a_file_has_the_bytes_of_its_extents_and_zeros_where_nothing_was_written() {
    for version in VERSIONS {
        let volume: Arc<dyn Image> = Arc::new(Memory::new(sample(version)));
        let files = Xfs::open(Arc::clone(&volume)).unwrap();
        let bytes = |number| {
            let file = FileImage::new(Arc::clone(&volume), files.content(number).unwrap()).unwrap();
            let mut bytes = vec![1; file.bytes() as usize];
            file.read_at(&mut bytes, 0).unwrap();
            bytes.chunks(BLOCK).map(|block| (block[0], block.len())).collect::<Vec<_>>()
        };
        assert_eq!(bytes(FILE), [(24, BLOCK), (0, BLOCK), (0, BLOCK), (26, BLOCK), (27, 5)]);
        let tree = [27, 0, 0, 0, 28, 29, 0, 0, 30];
        assert_eq!(bytes(TREE_FILE), tree.map(|first| (first, BLOCK)));
        let Content::Extents { extents, .. } = files.content(FILE).unwrap() else { panic!() };
        assert_eq!(extents.len(), 2, "what lies behind the end is left out, and what follows is one");
    }
}

#[test]
fn a_link_has_its_target_in_its_inode_or_in_a_block() {
    for version in VERSIONS {
        let files = opened(&sample(version));
        assert_eq!(files.content(SHORT_LINK).unwrap(), Content::Inline(b"target".to_vec()));
        assert_eq!(files.content(LONG_LINK).unwrap(), Content::Inline(vec![b'l'; 900]));
        assert_eq!(files.content(FIFO).unwrap_err().to_string(), "inode 15: it is neither a file nor a symbolic link");
    }
}

#[test]
fn large_counts_of_extents_are_read_where_the_inode_has_them() {
    let mut image = sample(5);
    let inode = inode_at(FILE);
    put(&mut image, inode + 24, &3_u64.to_be_bytes());
    put(&mut image, inode + 76, &[0; 4]);
    put(&mut image, inode + 120, &0x10_u64.to_be_bytes());
    seal(&mut image);
    assert_eq!(opened(&image).content(FILE).unwrap(), opened(&sample(5)).content(FILE).unwrap());
}

#[test]
fn a_realtime_file_is_an_error_that_says_so() {
    let why = opened(&changed(5, inode_at(FILE) + 90, &1_u16.to_be_bytes())).content(FILE).unwrap_err();
    assert_eq!(why.to_string(), "inode 11: it lies in the realtime section, which is not read here");
}
