//! A small ext4 with every kind of metadata that leads to files, made by hand; and checksums that are made right on it.
//!
//! It has 64 blocks of 1 KiB in one group, and 16 inodes of 256 bytes; what it has is at the constants below.

use std::sync::Arc;

use super::Reader;
use crate::disk::filesystem::ext::Ext;
use crate::disk::filesystem::{Content, FileImage, FileSystem, LONGEST_LINK};
use crate::io::image::{Image, Memory};

pub(super) const READERS: &[Reader] = &[Reader {
    name: "ext-files",
    sources: &[
        "disk/filesystem/ext/block_map",
        "disk/filesystem/ext/descriptor",
        "disk/filesystem/ext/extent_tree",
        "disk/filesystem/ext/folder_block",
        "disk/filesystem/ext/inode",
        "disk/filesystem/ext/journal/descriptor",
        "disk/filesystem/ext/journal/head",
        "disk/filesystem/ext/journal/log",
        "disk/filesystem/ext/journal/replayed",
        "disk/filesystem/ext/journal/revoked",
        "disk/filesystem/ext/journal/scan",
        "disk/filesystem/ext/mod",
        "disk/filesystem/ext/sums",
    ],
    seeds: || [true, false].map(sample).to_vec(),
    read,
}];

const BLOCK: usize = 1024;
const BLOCKS: usize = 64;
const INODES: u32 = 16;
const UUID: [u8; 16] = [7; 16];
const TABLE: usize = 5;

/// Inodes by what they are.
pub const TOP: u64 = 2;
pub const JOURNAL: u64 = 8;
pub const TREE_FILE: u64 = 12;
pub const MAP_FILE: u64 = 13;
pub const LINK: u64 = 14;
pub const INLINE_FILE: u64 = 15;
pub const INLINE_FOLDER: u64 = 16;
/// Blocks of metadata: the top folder, a node of extents, a block of numbers, and the journal.
pub const NAMES: u64 = 9;
pub const NODE: u64 = 10;
pub const NUMBERS: u64 = 11;
pub const LOG: u64 = 20;
const LOG_BLOCKS: u64 = 16;

pub fn put(bytes: &mut [u8], at: usize, part: &[u8]) {
    bytes[at..at + part.len()].copy_from_slice(part);
}

/// Where an inode lies.
pub fn inode_at(number: u64) -> usize {
    TABLE * BLOCK + (number as usize - 1) * 256
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn high_words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A node of extents: depth, and entries of 12 bytes.
fn extents(depth: u16, room: u16, entries: &[[u32; 3]]) -> Vec<u8> {
    let head = [0xf30a, entries.len() as u16, room, depth, 0, 0];
    let head: Vec<u8> = head.iter().flat_map(|word: &u16| word.to_le_bytes()).collect();
    [head, entries.iter().flat_map(|entry| words(entry)).collect()].concat()
}

fn entry(inode: u64, len: usize, kind: u8, name: &[u8]) -> Vec<u8> {
    let mut raw = words(&[inode as u32, len as u32 | (name.len() as u32) << 16 | u32::from(kind) << 24]);
    raw.extend(name);
    raw.resize(len, 0);
    raw
}

/// The file system, with checksums, or with a journal that has to be replayed.
pub fn sample(has_sums: bool) -> Vec<u8> {
    let mut image = vec![0; BLOCKS * BLOCK];
    superblock(&mut image, has_sums);
    put(&mut image, 2 * BLOCK, &words(&[3, 4, TABLE as u32]));
    let folder = names(&[(TREE_FILE, 1, "tree"), (MAP_FILE, 1, "map"), (LINK, 7, "link"), (INLINE_FILE, 1, "inline")]);
    let later = names(&[(TREE_FILE, 1, "later"), (INLINE_FOLDER, 2, "folder")]);
    put(&mut image, NAMES as usize * BLOCK, if has_sums { &later } else { &folder });
    put(&mut image, NODE as usize * BLOCK, &extents(0, 84, &[[0, 2, 40], [3, 1, 50], [4, 0x8001, 51]]));
    put(&mut image, NUMBERS as usize * BLOCK, &words(&[42, 43, 0, 44]));
    log(&mut image, &later);
    let extent = |first: u64, blocks: u64| extents(0, 4, &[[0, blocks as u32, first as u32]]);
    let mut map = vec![41; 1];
    map.extend([0; 11]);
    map.push(NUMBERS as u32);
    inode(&mut image, TOP, 0o040_755, BLOCK, 0x8_0000, &extent(NAMES, 1));
    inode(&mut image, JOURNAL, 0o100_600, LOG_BLOCKS as usize * BLOCK, 0x8_0000, &extent(LOG, LOG_BLOCKS));
    inode(&mut image, TREE_FILE, 0o100_644, 5000, 0x8_0000, &extents(1, 4, &[[0, NODE as u32, 0]]));
    inode(&mut image, MAP_FILE, 0o100_644, 16_000, 0x10, &words(&map));
    inode(&mut image, LINK, 0o120_777, 5, 0, b"a/b/c");
    inode(&mut image, INLINE_FILE, 0o100_644, 70, 0x1000_0000, &[b'x'; 60]);
    let inline = [words(&[TOP as u32]), entry(LINK, 12, 7, b"l"), entry(MAP_FILE, 44, 1, b"m")].concat();
    inode(&mut image, INLINE_FOLDER, 0o040_755, 60, 0x1000_0000, &inline);
    seal(&mut image);
    image
}

fn superblock(image: &mut [u8], has_sums: bool) {
    let incompat = 0x8042 | if has_sums { 0 } else { 4 };
    let fields: [(usize, u32); 13] = [
        (0, INODES),
        (4, BLOCKS as u32),
        (20, 1),
        (32, 8192),
        (36, 8192),
        (40, INODES),
        (56, 0xef53),
        (76, 1),
        (88, 256),
        (92, 4),
        (96, incompat),
        (100, if has_sums { 0x400 } else { 0 }),
        (224, JOURNAL as u32),
    ];
    fields.into_iter().for_each(|(at, value)| put(image, BLOCK + at, &value.to_le_bytes()));
    put(image, BLOCK + 104, &UUID);
    image[BLOCK + 373] = u8::from(has_sums);
}

/// A block of names, with room for its sum.
fn names(names: &[(u64, u8, &str)]) -> Vec<u8> {
    let mut block = [entry(TOP, 12, 2, b"."), entry(TOP, 12, 2, b"..")].concat();
    for (n, (inode, kind, name)) in names.iter().enumerate() {
        let rest = BLOCK - 12 - block.len();
        block.extend(entry(*inode, if n + 1 == names.len() { rest } else { 16 }, *kind, name.as_bytes()));
    }
    block.extend([0, 0, 0, 0, 12, 0, 0, 0xde, 0, 0, 0, 0]);
    block
}

/// A journal with one transaction, which has the top folder, and revokes the node of extents.
fn log(image: &mut [u8], folder: &[u8]) {
    const MAGIC: u32 = 0xc03b_3998;
    let at = |block: u64| (LOG + block) as usize * BLOCK;
    put(image, at(0), &high_words(&[MAGIC, 4, 0, BLOCK as u32, LOG_BLOCKS as u32, 1, 5, 1, 0, 0, 1]));
    let tag = |block: u64, flags| [block as u32, flags];
    put(image, at(1), &high_words(&[MAGIC, 1, 5]));
    put(image, at(1) + 12, &high_words(&[tag(NODE, 2), tag(NAMES, 8 | 2)].concat()));
    put(image, at(3), folder);
    put(image, at(4), &high_words(&[MAGIC, 5, 5, 20, NODE as u32]));
    put(image, at(5), &high_words(&[MAGIC, 2, 5]));
}

fn inode(image: &mut [u8], number: u64, mode: u32, bytes: usize, flags: u32, map: &[u8]) {
    let at = inode_at(number);
    put(image, at, &words(&[mode, bytes as u32]));
    put(image, at + 26, &[1]);
    put(image, at + 32, &flags.to_le_bytes());
    put(image, at + 40, map);
    put(image, at + 128, &[32, 0]);
    // `system.data`, with its value at the end.
    put(image, at + 160, &words(&[0xea02_0000, 0x0000_0704 | 76 << 16, 0, 10, 0]));
    put(image, at + 180, b"data");
    put(image, at + 164 + 76, b"0123456789");
    if mode & 0o040_000 != 0 {
        put(image, at + 160, &words(&[0xea02_0000, 0x0000_0704, 0, 0, 0]));
    }
}

fn sum(before: u32, bytes: &[u8]) -> u32 {
    !crc32c::crc32c_append(!before, bytes)
}

/// Makes the checksums right: of the superblock, the descriptor, all inodes, and the blocks of the top folder and of
/// extents.
pub fn seal(image: &mut [u8]) {
    let seed = sum(u32::MAX, &image[BLOCK + 104..BLOCK + 120]);
    let own = sum(u32::MAX, &image[BLOCK..2 * BLOCK - 4]);
    put(image, 2 * BLOCK - 4, &own.to_le_bytes());
    let descriptor = &mut image[2 * BLOCK..2 * BLOCK + 32];
    put(descriptor, 30, &[0, 0]);
    let own = sum(sum(seed, &[0; 4]), descriptor) as u16;
    put(descriptor, 30, &own.to_le_bytes());
    for number in 1..=u64::from(INODES) {
        let raw = &mut image[inode_at(number)..][..256];
        let seed = sum(sum(seed, &(number as u32).to_le_bytes()), &raw[100..104]);
        put(raw, 124, &[0, 0]);
        put(raw, 130, &[0, 0]);
        let own = sum(seed, raw).to_le_bytes();
        put(raw, 124, &own[..2]);
        put(raw, 130, &own[2..]);
        for (block, owner, covered) in [(NAMES, TOP, BLOCK - 12), (NODE, TREE_FILE, BLOCK - 4)] {
            if owner == number {
                let raw = &mut image[block as usize * BLOCK..][..BLOCK];
                let own = sum(seed, &raw[..covered]);
                put(raw, BLOCK - 4, &own.to_le_bytes());
            }
        }
    }
}

/// The input as the first bytes of the volume, as it is and with right checksums.
fn read(data: &[u8]) {
    let mut image = data.to_vec();
    image.resize(BLOCKS * BLOCK, 0);
    walk(image.clone());
    seal(&mut image);
    walk(image);
}

fn walk(image: Vec<u8>) {
    let Ok(files) = Ext::open(Arc::new(Memory::new(image))) else { return };
    assert!(files.replayed().is_none_or(|count| count <= BLOCKS));
    let mut ahead = vec![files.top()];
    ahead.extend((1..=u64::from(INODES)).filter(|number| files.inode(*number).is_ok_and(|inode| inode.is_folder())));
    for folder in ahead {
        for entry in files.names(folder, 500).unwrap_or_default() {
            assert!(!entry.name.is_empty() && entry.name.len() <= 255);
            assert!(files.find(folder, &entry.name).is_ok_and(|found| found.is_some()), "{entry:?}");
        }
    }
    for number in 1..=u64::from(INODES) {
        let (Ok(inode), Ok(content)) = (files.inode(number), files.content(number)) else { continue };
        if let Content::Extents { bytes, extents } = &content {
            let len: u64 = extents.iter().map(|extent| extent.range.len()).sum();
            assert!(*bytes == inode.bytes && len <= *bytes, "{inode:?}, {len} bytes in extents");
        }
        let file = FileImage::new(files.volume(), content).expect("extents in their order, on the volume");
        let mut start = vec![0; file.bytes().min(LONGEST_LINK) as usize];
        file.read_at(&mut start, 0).expect("bytes on the volume");
    }
}
