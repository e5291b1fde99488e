use super::*;
use crate::disk::filesystem::FileImage;
use crate::io::image::Memory;
use crate::readers::ext_files::{
    INLINE_FILE, INLINE_FOLDER, LINK, LOG, MAP_FILE, NAMES, NODE, NUMBERS, TOP, TREE_FILE, inode_at, put, sample, seal,
};

fn open(image: Vec<u8>) -> io::Result<Ext> {
    Ext::open(Arc::new(Memory::new(image)))
}

fn opened(has_sums: bool) -> Ext {
    open(sample(has_sums)).unwrap()
}

fn names(files: &Ext, folder: u64) -> Vec<String> {
    let names = files.names(folder, 10).unwrap().into_iter();
    names.map(|entry| format!("{} {}", String::from_utf8(entry.name).unwrap(), entry.inode)).collect()
}

/// The pieces of a file: offset, place and length in KiB.
fn pieces(files: &Ext, number: u64) -> Vec<(u64, u64, u64)> {
    let Content::Extents { extents, .. } = files.content(number).unwrap() else { panic!("no extents") };
    extents.iter().map(|extent| (extent.at, extent.range.start() >> 10, extent.range.len())).collect()
}

/// The error of what `ask` asks of an image with `part` at `at`, sealed.
fn error(has_sums: bool, at: usize, part: &[u8], ask: fn(&Ext) -> Option<io::Error>) -> String {
    let mut image = sample(has_sums);
    put(&mut image, at, part);
    seal(&mut image);
    match open(image) {
        Ok(files) => ask(&files).expect("an error").to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_tree_of_extents_and_a_block_map_give_pieces_without_holes_and_unwritten_parts() {
    for has_sums in [true, false] {
        let files = opened(has_sums);
        assert_eq!(pieces(&files, TREE_FILE), [(0, 40, 2048), (3072, 50, 1024)]);
        assert_eq!(pieces(&files, MAP_FILE), [(0, 41, 1024), (12_288, 42, 2048), (15_360, 44, 640)]);
        let inode = files.inode(MAP_FILE).unwrap();
        assert!(inode.immutable && inode.bytes == 16_000 && inode.mode == 0o100_644);
    }
}

#[test]
fn files_folders_and_links_in_inodes_are_read() {
    let files = opened(true);
    assert_eq!(files.content(LINK).unwrap(), Content::Inline(b"a/b/c".to_vec()));
    let expected = [&[b'x'; 60][..], b"0123456789"].concat();
    assert_eq!(files.content(INLINE_FILE).unwrap(), Content::Inline(expected));
    assert_eq!(names(&files, INLINE_FOLDER), ["l 14", "m 13"]);
}

#[test]
fn a_journal_that_is_needed_lies_over_the_volume_but_for_what_it_revokes() {
    let (sound, after) = (opened(true), opened(false));
    assert_eq!((sound.replayed(), after.replayed()), (None, Some(1)));
    assert_eq!(names(&sound, TOP), names(&after, TOP));
    assert_eq!(names(&after, TOP), ["later 12", "folder 16"]);
    assert_eq!(pieces(&after, TREE_FILE), pieces(&sound, TREE_FILE), "its node is revoked");
    let mut empty = sample(false);
    put(&mut empty, LOG as usize * 1024 + 28, &[0; 4]);
    let empty = open(empty).unwrap();
    assert_eq!((empty.replayed(), names(&empty, TOP).len()), (Some(0), 4));
    let mut torn = sample(false);
    put(&mut torn, (LOG as usize + 5) * 1024, &[0]);
    assert_eq!(open(torn).unwrap().replayed(), Some(0), "a transaction without a commit");
}

#[test]
fn files_that_the_check_before_the_mount_may_change_are_in_doubt() {
    const SUPERBLOCK: usize = 1024;
    let doubt = |compat: u8, state: u8| {
        let mut image = sample(true);
        put(&mut image, SUPERBLOCK + 92, &[compat]);
        put(&mut image, SUPERBLOCK + 58, &[state]);
        seal(&mut image);
        open(image).unwrap().doubt()
    };
    let (journal, none, open_state, unmounted, errors) = (4, 0, 0, 1, 2);
    assert_eq!([doubt(none, unmounted), doubt(journal, unmounted), doubt(journal, open_state)], [None; 3]);
    assert_eq!(doubt(none, open_state), Some("it has no journal, and was not unmounted"));
    for compat in [none, journal] {
        assert_eq!(doubt(compat, unmounted | errors), Some("the kernel recorded errors in it"));
    }
    let mut given_up = sample(false);
    put(&mut given_up, LOG as usize * 1024 + 32, &[255, 255, 255, 251]);
    assert!(open(given_up.clone()).err().unwrap().to_string().contains("recorded an error"));
    // Where no replay is needed, e2fsck looks there too.
    let needs = given_up[SUPERBLOCK + 96];
    assert_eq!(needs & 4, 4);
    put(&mut given_up, SUPERBLOCK + 92, &[journal]);
    put(&mut given_up, SUPERBLOCK + 96, &[needs & !4]);
    seal(&mut given_up);
    assert_eq!(open(given_up).unwrap().doubt(), Some("the kernel recorded errors in it"));
}

#[test]
fn every_wrong_checksum_is_an_error_that_says_whose() {
    let changed = |at: usize, ask: fn(&Ext) -> io::Result<()>| {
        let mut image = sample(true);
        image[at] ^= 1;
        open(image).and_then(|files| ask(&files)).unwrap_err().to_string()
    };
    let top = |files: &Ext| files.names(TOP, 10).map(drop);
    let tree = |files: &Ext| files.content(TREE_FILE).map(drop);
    assert!(changed(1024 + 500, top).contains("superblock: the checksum does not match"));
    assert!(changed(2048 + 12, top).contains("block group 0: its checksum does not match"));
    assert_eq!(changed(inode_at(TOP) + 140, top), "inode 2: its checksum does not match");
    assert_eq!(
        changed(NAMES as usize * 1024 + 90, top),
        "inode 2: the checksum of block 9 of the folder does not match"
    );
    let node = "inode 12: the checksum of block 10 of its extent tree does not match";
    assert_eq!(changed(NODE as usize * 1024 + 90, tree), node);
}

#[test]
fn what_cannot_be_is_an_error_with_the_inode_and_the_cause() {
    let tree = |files: &Ext| files.content(TREE_FILE).err();
    let map = |files: &Ext| files.content(MAP_FILE).err();
    let top = |files: &Ext| files.names(TOP, 10).err();
    let node = NODE as usize * 1024;
    for (at, part, ask, why) in [
        (inode_at(TREE_FILE) + 46, &[6, 0][..], tree as fn(&Ext) -> Option<io::Error>, "its extent tree has 6 levels"),
        (node + 6, &[1], tree, "no sound header"),
        (node + 2, &[85], tree, "impossible number of entries"),
        (node + 24, &[1], tree, "its extent at block 1 of the file is impossible"),
        (node + 20, &[63], tree, "its extent at block 0 of the file is impossible"),
        (NUMBERS as usize * 1024, &[64], map, "its block 64 cannot have data"),
        (NAMES as usize * 1024 + 28, &[10, 0], top, "the entry at byte 24 has an impossible length"),
        (inode_at(TOP) + 4, &[1], top, "a folder of 1025 bytes cannot be read"),
        (inode_at(TOP) + 5, &[8], top, "has no block at its byte 1024"),
        (inode_at(TOP) + 33, &[8], top, "inode 2: it is encrypted"),
        (1024 + 97, &[0x90], top, "unknown incompatible features 0x1000"),
        (1024 + 5, &[1], top, "the volume only 65536"),
    ] {
        let error = error(true, at, part, ask);
        assert!(error.contains(why), "{error}, not {why}");
    }
}

#[test]
fn a_journal_that_is_needed_and_damaged_is_an_error() {
    let log = LOG as usize * 1024;
    for (at, part, why) in [
        (log, &[0][..], "it has no superblock"),
        (log + 40, &[1], "unknown incompatible features 0x1000000"),
        (log + 18, &[1], "its size is impossible"),
        (log + 31, &[16], "its log begins at block 16"),
        (log + 1024 + 20, &[1], "block 23 of it is damaged"),
        (1024 + 224, &[0], "has none"),
    ] {
        let error = error(false, at, part, |_| None);
        assert!(error.contains(why) || why == "block 23 of it is damaged" && error.contains("is damaged"), "{error}");
    }
}

#[test]
fn the_bytes_of_a_replayed_block_are_the_same_however_they_are_read() {
    let files = opened(false);
    let content = Content::Extents {
        bytes: 3072,
        extents: vec![crate::disk::filesystem::Extent {
            at: 0,
            range: crate::base::units::ByteRange::new((NAMES - 1) * 1024, 3072).unwrap(),
        }],
    };
    let file = FileImage::new(files.volume(), content).unwrap();
    let mut whole = vec![0; 3072];
    file.read_at(&mut whole, 0).unwrap();
    for at in (0..3000).step_by(37) {
        let mut part = [0; 72];
        file.read_at(&mut part, at).unwrap();
        assert_eq!(part, whole[at as usize..][..72]);
    }
}
