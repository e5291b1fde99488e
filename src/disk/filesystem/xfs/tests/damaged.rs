//! Metadata that cannot be as it is: an error with the inode and the cause, also where its checksum is right.

use super::{BLOCK, VERSIONS, block_at, changed, fork_at, opened};
use crate::disk::filesystem::FileSystem;
use crate::readers::xfs_files::{
    BLOCK_FOLDER, FILE, LEAF, LEAF_FOLDER, LINK_BLOCK, LONG_LINK, NAMES, NODE, TOP, TREE_FILE, extent, inode_at, put,
    sample, seal,
};

#[test]
fn extents_that_cannot_be_are_errors() {
    for version in VERSIONS {
        let at = fork_at(version, FILE);
        for (record, word) in [
            (extent(0, 26, 3, true), "lies over the one before"),
            (extent(3, 62, 3, true), "not within the volume"),
            (extent(3, 31, 2, true), "not within the volume"),
            (extent(3, 26, 0, true), "not within the volume"),
            (extent(3, 1, 1, true), "not within the volume"),
            (extent(3, 1 << 50, 1, true), "not within the volume"),
        ] {
            let why = opened(&changed(version, at + 32, &record)).content(FILE).unwrap_err().to_string();
            assert!(why.starts_with("inode 11: its extent at block ") && why.contains(word), "{why}");
        }
        let mut image = sample(version);
        put(&mut image, inode_at(FILE) + 64, &u64::MAX.to_be_bytes()[1..]);
        put(&mut image, inode_at(FILE) + 76, &u32::MAX.to_be_bytes());
        seal(&mut image);
        assert!(opened(&image).content(FILE).is_err());
    }
}

#[test]
fn a_tree_of_extents_that_goes_in_a_circle_or_lacks_some_ends() {
    for version in VERSIONS {
        let header = if version == 5 { 72 } else { 24 };
        let pointer = block_at(NODE) + header + (BLOCK - header) / 16 * 8;
        for (at, bytes, word) in [
            (pointer, &NODE.to_be_bytes()[..], "it has level 1, not 0"),
            (pointer, &[0xff; 8], "leads to block"),
            (block_at(LEAF) + 6, &2_u16.to_be_bytes(), "1 of its 3 extents are missing"),
            (block_at(LEAF) + 6, &0_u16.to_be_bytes(), "impossible number of extents"),
            (block_at(LEAF) + 6, &99_u16.to_be_bytes(), "impossible number of extents"),
            (block_at(NODE) + 6, &99_u16.to_be_bytes(), "impossible number of pointers"),
            (fork_at(version, TREE_FILE), &99_u16.to_be_bytes(), "impossible height"),
            (inode_at(TREE_FILE) + 76, &2_u32.to_be_bytes(), "more extents than it says"),
            (block_at(LEAF), b"XXXX", "it is none"),
        ] {
            let why = opened(&changed(version, at, bytes)).content(TREE_FILE).unwrap_err().to_string();
            assert!(why.contains(word), "{word}: {why}");
        }
        // Twice the same leaf.
        let mut image = sample(version);
        put(&mut image, block_at(NODE) + 6, &2_u16.to_be_bytes());
        put(&mut image, pointer + 8, &LEAF.to_be_bytes());
        seal(&mut image);
        assert!(opened(&image).content(TREE_FILE).is_err());
    }
}

#[test]
fn metadata_of_another_place_owner_or_file_system_is_an_error() {
    let cases = [(NAMES, BLOCK_FOLDER, 8, 24, 40), (LEAF, TREE_FILE, 24, 40, 56), (LINK_BLOCK, LONG_LINK, 40, 16, 32)];
    for (block, inode, place, uuid, owner) in cases {
        for (field, word) in [(place, "another place"), (uuid, "another file system"), (owner, "belongs to inode")] {
            let files = opened(&changed(5, block_at(block) + field, &[1; 8]));
            let why = files.names(inode, 9).map(drop).and(files.content(inode).map(drop)).unwrap_err();
            let why = if inode == BLOCK_FOLDER { why } else { files.content(inode).unwrap_err() };
            assert!(why.to_string().contains(word), "{why}");
        }
    }
    let inode = |at, bytes: &[u8]| opened(&changed(5, inode_at(FILE) + at, bytes)).inode(FILE).unwrap_err().to_string();
    assert_eq!(inode(152, &12_u64.to_be_bytes()), "inode 11: inode 12 is in its place");
    assert_eq!(inode(160, &[1]), "inode 11: it belongs to another file system");
    assert_eq!(inode(4, &[2]), "inode 11: unknown version 2");
    assert_eq!(inode(0, b"XX"), "inode 11: there is none with this number");
    assert_eq!(inode(2, &[0, 0]), "inode 11: it is not in use");
}

#[test]
fn a_folder_that_is_not_whole_is_an_error_and_no_shorter_list() {
    for version in VERSIONS {
        let fork = fork_at(version, LEAF_FOLDER);
        let header = block_at(NAMES) + if version == 5 { 64 } else { 16 };
        for (folder, at, bytes, word) in [
            (LEAF_FOLDER, fork, &extent(0, 9, 1, false)[..], "never written"),
            (LEAF_FOLDER, fork, &extent(1, 9, 1, true), "its first block is missing"),
            (LEAF_FOLDER, fork, &extent(40 << 20, 9, 1, true), "it has no block with names"),
            (BLOCK_FOLDER, header, &TOP.to_be_bytes(), "does not begin with . and .."),
            (BLOCK_FOLDER, header + 14, &[9, 9], "has no end"),
            (BLOCK_FOLDER, header + 32, &[0xfe; 8], "which cannot be"),
            (BLOCK_FOLDER, header + 41, b"a/b", "impossible name"),
            (BLOCK_FOLDER, block_at(NAMES) + BLOCK - 8, &[0xff; 4], "index of hashes"),
            (TOP, fork_at(version, TOP), &[6], "its size is not that of its names"),
            (TOP, fork_at(version, TOP), &[8], "it ends before its field"),
        ] {
            let why = opened(&changed(version, at, bytes)).names(folder, 99).unwrap_err().to_string();
            assert!(why.contains(word), "{word}: {why}");
        }
    }
}
