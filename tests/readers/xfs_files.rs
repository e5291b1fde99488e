//! A small xfs with every kind of metadata that leads to files, made by hand; and checksums that are made right on it.
//!
//! It has 64 blocks of 1 KiB in two groups, and inodes of 512 bytes; what it has is at the constants below.

use std::sync::Arc;

use super::Reader;
use crate::disk::filesystem::xfs::{Unreplayed, Xfs};
use crate::disk::filesystem::{Content, FileImage, FileSystem, LONGEST_LINK, MOST_EXTENTS};
use crate::io::image::{Image, Memory};

pub(super) const READERS: &[Reader] = &[Reader {
    name: "xfs-files",
    sources: &[
        "disk/filesystem/xfs/bmap_btree",
        "disk/filesystem/xfs/checksum",
        "disk/filesystem/xfs/extents",
        "disk/filesystem/xfs/features",
        "disk/filesystem/xfs/folder/block",
        "disk/filesystem/xfs/folder/mod",
        "disk/filesystem/xfs/folder/short_form",
        "disk/filesystem/xfs/geometry",
        "disk/filesystem/xfs/inode",
        "disk/filesystem/xfs/log",
        "disk/filesystem/xfs/mod",
        "disk/filesystem/xfs/volume",
    ],
    seeds: || [4, 5].map(sample).to_vec(),
    read,
}];

const BLOCK: usize = 1024;
const INODE: usize = 512;
const BLOCKS: usize = 64;
const CHECKSUM_UUID: [u8; 16] = [7; 16];

/// Inodes by what they are, two a block from block 4 on.
pub const TOP: u64 = 8;
pub const BLOCK_FOLDER: u64 = 9;
pub const LEAF_FOLDER: u64 = 10;
pub const FILE: u64 = 11;
pub const TREE_FILE: u64 = 12;
pub const SHORT_LINK: u64 = 13;
pub const LONG_LINK: u64 = 14;
pub const FIFO: u64 = 15;
/// Blocks of metadata.
pub const NODE: u64 = 12;
pub const LEAF: u64 = 11;
pub const LINK_BLOCK: u64 = 13;
pub const NAMES: u64 = 8;
/// The log, of 16 blocks of 512 bytes.
pub const LOG: u64 = 40;
pub const LOG_BLOCKS: u64 = 8;

pub fn put(bytes: &mut [u8], at: usize, part: &[u8]) {
    bytes[at..at + part.len()].copy_from_slice(part);
}

/// Where an inode lies.
pub fn inode_at(number: u64) -> usize {
    number as usize * INODE
}

/// An extent of a file.
pub fn extent(at: u64, first: u64, blocks: u64, written: bool) -> [u8; 16] {
    let bits = (u128::from(!written) << 127) | (u128::from(at) << 73) | (u128::from(first) << 21) | u128::from(blocks);
    bits.to_be_bytes()
}

/// The file system in this version.
pub fn sample(version: u8) -> Vec<u8> {
    let mut image = vec![0; BLOCKS * BLOCK];
    superblock(&mut image, version);
    let kib = BLOCK as u64;
    let names = [(BLOCK_FOLDER, "block", 2), (LEAF_FOLDER, "leaf", 2), (FILE, "file", 1), (TREE_FILE, "tree", 1)];
    let more = [(SHORT_LINK, "short", 7), (LONG_LINK, "long", 7), (FIFO, "fifo", 5)];
    let short_form: Vec<(u64, &str, u8)> = names.into_iter().chain(more).collect();
    let top = short_form_folder(&short_form);
    inode(&mut image, version, TOP, 0o040_755, (1, top.len() as u64, 0, 0), &top);
    inode(&mut image, version, BLOCK_FOLDER, 0o040_755, (2, kib, 1, 1), &extent(0, NAMES, 1, true));
    let two = [extent(0, 9, 1, true), extent(1, 10, 1, true), extent((32 << 30) / kib, 16, 1, true)];
    inode(&mut image, version, LEAF_FOLDER, 0o040_700, (2, 2 * kib, 3, 3), two.as_flattened());
    let file = [extent(0, 24, 1, true), extent(2, 25, 1, false), extent(3, 26, 3, true)];
    inode(&mut image, version, FILE, 0o100_644, (2, 4 * kib + 5, 5, 3), file.as_flattened());
    let tree = tree_root(version);
    inode(&mut image, version, TREE_FILE, 0o100_600, (3, 9 * kib, 6, 3), &tree);
    inode(&mut image, version, SHORT_LINK, 0o120_777, (1, 6, 0, 0), b"target");
    inode(&mut image, version, LONG_LINK, 0o120_777, (2, 900, 1, 1), &extent(0, LINK_BLOCK, 1, true));
    inode(&mut image, version, FIFO, 0o010_600, (0, 0, 0, 0), &[]);
    block(
        &mut image,
        version,
        NAMES,
        BLOCK_FOLDER,
        &names_block(version, true, &[(BLOCK_FOLDER, b"."), (TOP, b".."), (FILE, b"again")]),
    );
    block(
        &mut image,
        version,
        9,
        LEAF_FOLDER,
        &names_block(version, false, &[(LEAF_FOLDER, b"."), (TOP, b".."), (FIFO, b"one")]),
    );
    block(&mut image, version, 10, LEAF_FOLDER, &names_block(version, false, &[(FILE, b"two"), (FILE, &[b'n'; 255])]));
    block(&mut image, version, NODE, TREE_FILE, &node(version));
    let leaf = [extent(0, 27, 1, true), extent(4, 28, 2, true), extent(8, 30, 1, true)];
    block(&mut image, version, LEAF, TREE_FILE, &bmap_block(version, 0, 3, leaf.as_flattened()));
    block(&mut image, version, LINK_BLOCK, LONG_LINK, &link_block(version));
    for number in 24..32 {
        image[number * BLOCK..][..BLOCK].fill(number as u8);
    }
    log(&mut image);
    seal(&mut image);
    image
}

fn superblock(image: &mut [u8], version: u8) {
    put(image, 0, b"XFSB");
    put(image, 4, &(BLOCK as u32).to_be_bytes());
    put(image, 8, &(BLOCKS as u64).to_be_bytes());
    put(image, 32, &CHECKSUM_UUID);
    put(image, 48, &LOG.to_be_bytes());
    put(image, 56, &TOP.to_be_bytes());
    put(image, 84, &32_u32.to_be_bytes());
    put(image, 88, &2_u32.to_be_bytes());
    put(image, 96, &(LOG_BLOCKS as u32).to_be_bytes());
    put(image, 100, &[0xb4, 0xa0 | version]);
    put(image, 102, &512_u16.to_be_bytes());
    put(image, 104, &(INODE as u16).to_be_bytes());
    put(image, 120, &[10, 9, 9, 1, 5]);
    if version == 4 {
        put(image, 200, &0x200_u32.to_be_bytes());
    } else {
        put(image, 216, &1_u32.to_be_bytes());
    }
}

/// `data` is the format of the data fork, the size, the blocks and the extents.
fn inode(image: &mut [u8], version: u8, number: u64, mode: u16, data: (u8, u64, u64, u32), fork: &[u8]) {
    let (format, size, blocks, extents) = data;
    let raw = &mut image[inode_at(number)..][..INODE];
    put(raw, 0, b"IN");
    put(raw, 2, &mode.to_be_bytes());
    put(raw, 4, &[version - 2, format]);
    put(raw, 8, &[0, 0, 0, 3, 0, 0, 0, 4]);
    put(raw, 56, &size.to_be_bytes());
    put(raw, 64, &blocks.to_be_bytes());
    put(raw, 76, &extents.to_be_bytes());
    if version == 5 {
        put(raw, 152, &number.to_be_bytes());
        put(raw, 160, &CHECKSUM_UUID);
    }
    put(raw, if version == 5 { 176 } else { 100 }, fork);
}

fn short_form_folder(names: &[(u64, &str, u8)]) -> Vec<u8> {
    let mut bytes = vec![names.len() as u8, 0];
    bytes.extend((TOP as u32).to_be_bytes());
    for (number, name, kind) in names {
        bytes.extend([name.len() as u8, 0, 0]);
        bytes.extend(name.as_bytes());
        bytes.push(*kind);
        bytes.extend((*number as u32).to_be_bytes());
    }
    bytes
}

/// Puts a block, and in version 5 what it says of itself.
fn block(image: &mut [u8], version: u8, number: u64, owner: u64, bytes: &[u8]) {
    let place = (number * BLOCK as u64 / 512).to_be_bytes();
    let raw = &mut image[number as usize * BLOCK..][..BLOCK];
    put(raw, 0, bytes);
    let fields = if version == 5 { stamp(raw) } else { None };
    if let Some((_, place_at, uuid_at, owner_at)) = fields {
        put(raw, place_at, &place);
        put(raw, uuid_at, &CHECKSUM_UUID);
        put(raw, owner_at, &owner.to_be_bytes());
    }
}

/// Offsets of the checksum, the place, the UUID and the owner in a block of version 5.
fn stamp(raw: &[u8]) -> Option<(usize, usize, usize, usize)> {
    match raw.first_chunk()? {
        b"XDB3" | b"XDD3" => Some((4, 8, 24, 40)),
        b"BMA3" => Some((64, 24, 40, 56)),
        b"XSLM" => Some((12, 40, 16, 32)),
        _ => None,
    }
}

fn names_block(version: u8, is_only: bool, names: &[(u64, &[u8])]) -> Vec<u8> {
    let magic: &[u8] = match (version, is_only) {
        (4, true) => b"XD2B",
        (4, false) => b"XD2D",
        (_, true) => b"XDB3",
        (_, false) => b"XDD3",
    };
    let mut bytes = magic.to_vec();
    bytes.resize(if version == 5 { 64 } else { 16 }, 0);
    for (number, name) in names {
        let begun = bytes.len();
        bytes.extend(number.to_be_bytes());
        bytes.push(name.len() as u8);
        bytes.extend(*name);
        bytes.push(0);
        bytes.resize((bytes.len() + 2).next_multiple_of(8) - 2, 0);
        bytes.extend((begun as u16).to_be_bytes());
    }
    let (begun, hashes) = (bytes.len(), if is_only { names.len() } else { 0 });
    let end = BLOCK - if is_only { 8 + 8 * hashes } else { 0 };
    bytes.extend([0xff, 0xff]);
    bytes.extend(((end - begun) as u16).to_be_bytes());
    bytes.resize(end - 2, 0);
    bytes.extend((begun as u16).to_be_bytes());
    bytes.resize(BLOCK, 0);
    if is_only {
        put(&mut bytes, BLOCK - 8, &(hashes as u32).to_be_bytes());
    }
    bytes
}

/// The root of a tree of two levels in an inode.
fn tree_root(version: u8) -> Vec<u8> {
    let fork = INODE - if version == 5 { 176 } else { 100 };
    let mut root = vec![0, 2, 0, 1];
    root.resize(4 + (fork - 4) / 16 * 8, 0);
    root.extend(NODE.to_be_bytes());
    root
}

fn bmap_block(version: u8, level: u16, count: u16, records: &[u8]) -> Vec<u8> {
    let mut bytes = if version == 5 { b"BMA3" } else { b"BMAP" }.to_vec();
    bytes.extend(level.to_be_bytes());
    bytes.extend(count.to_be_bytes());
    bytes.extend([0xff; 16]);
    bytes.resize(if version == 5 { 72 } else { 24 }, 0);
    bytes.extend(records);
    bytes
}

fn node(version: u8) -> Vec<u8> {
    let header = if version == 5 { 72 } else { 24 };
    let mut keys = vec![0; (BLOCK - header) / 16 * 8];
    keys.extend(LEAF.to_be_bytes());
    bmap_block(version, 1, 1, &keys)
}

fn link_block(version: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    if version == 5 {
        bytes.extend(b"XSLM\0\0\0\0");
        bytes.extend(900_u32.to_be_bytes());
        bytes.resize(56, 0);
    }
    bytes.extend([b'l'; 900]);
    bytes
}

/// The record of an unmount in the first round, and zeros behind it.
fn log(image: &mut [u8]) {
    let at = LOG as usize * BLOCK;
    log_record(&mut image[at..], 0, 1, 0x20);
}

/// A record of one operation with these flags at a block of the log.
pub fn log_record(log: &mut [u8], at: usize, cycle: u32, flags: u8) {
    let raw = &mut log[at * 512..][..1024];
    put(raw, 0, &0xfeed_babe_u32.to_be_bytes());
    put(raw, 4, &cycle.to_be_bytes());
    put(raw, 8, &2_u32.to_be_bytes());
    put(raw, 12, &512_u32.to_be_bytes());
    put(raw, 40, &1_u32.to_be_bytes());
    put(raw, 304, &CHECKSUM_UUID);
    put(raw, 320, &(32_u32 << 10).to_be_bytes());
    put(raw, 512, &cycle.to_be_bytes());
    put(raw, 512 + 8, &[0xaa, flags]);
}

/// Makes all checksums of version 5 right.
pub fn seal(image: &mut [u8]) {
    if image.len() < BLOCKS * BLOCK || image[101] & 0xf != 5 {
        return;
    }
    sum(&mut image[..512], 224);
    for raw in image[BLOCK..].chunks_exact_mut(BLOCK) {
        if let Some((crc, ..)) = stamp(raw) {
            sum(raw, crc);
            continue;
        }
        raw.chunks_exact_mut(INODE).filter(|raw| raw.starts_with(b"IN")).for_each(|raw| sum(raw, 100));
    }
}

fn sum(raw: &mut [u8], at: usize) {
    raw[at..at + 4].fill(0);
    let crc = crc32c::crc32c(raw);
    put(raw, at, &crc.to_le_bytes());
}

/// The bytes are an image, with zeros behind them.
fn read(data: &[u8]) {
    let mut image = data.to_vec();
    image.resize(BLOCKS * BLOCK, 0);
    put(&mut image, 0, b"XFSB");
    seal(&mut image);
    let volume: Arc<dyn Image> = Arc::new(Memory::new(image));
    let Ok(files) = Xfs::open(Arc::clone(&volume)) else { return };
    if let Unreplayed::Unknown(why) = files.unreplayed() {
        assert!(!why.is_empty());
    }
    let (mut ahead, mut seen) = (vec![files.top()], 0);
    while let Some(number) = ahead.pop().filter(|_| seen < 64) {
        seen += 1;
        let Ok(known) = files.inode(number) else { continue };
        if let Ok(names) = files.names(number, 1000) {
            assert!(known.is_folder() && names.len() <= 1000);
            let named = |name: &Vec<u8>| !name.is_empty() && !name.contains(&b'/') && !name.contains(&0);
            assert!(names.iter().all(|entry| named(&entry.name)));
            if let Some(last) = names.last() {
                assert!(matches!(files.find(number, &last.name), Ok(Some(_))));
            }
            ahead.extend(names.iter().map(|entry| entry.inode));
        }
        match files.content(number) {
            Ok(Content::Inline(target)) => assert!(known.is_link() && target.len() as u64 <= LONGEST_LINK),
            Ok(content) => {
                assert!(known.is_file());
                assert!(matches!(&content, Content::Extents { extents, .. } if extents.len() <= MOST_EXTENTS));
                let file = FileImage::new(Arc::clone(&volume), content).expect("extents in order, within the volume");
                let _ = file.read_at(&mut [0; 4096], 0);
            }
            Err(_) => {}
        }
    }
}
