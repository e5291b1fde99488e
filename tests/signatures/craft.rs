//! Images of formats whose own tools need a kernel driver or a controller.
#![allow(clippy::single_range_in_vec_init)] // Most images have their magic in one place.

use std::ops::Range;

/// An image and where its magic lies, once for each copy.
pub(crate) struct Image {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) magic: Vec<Range<usize>>,
}

const MIB: usize = 1 << 20;

pub(crate) fn all() -> Vec<Image> {
    vec![
        md_0_90(false),
        md_0_90(true),
        md_1("md 1.0", 8 * MIB - 8192, 8 * MIB),
        md_1("md 1.1", 0, 8 * MIB),
        md_1("md 1.2", 4096, 8 * MIB),
        zfs(),
        ddf(1),
        ddf(257),
        imsm(0),
        imsm(1200),
        lvm1(),
        asm_with_asmlib(),
        asm_without_asmlib(),
    ]
}

pub(crate) fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

fn put32(bytes: &mut [u8], at: usize, n: u32) {
    put(bytes, at, &n.to_le_bytes());
}

fn put64(bytes: &mut [u8], at: usize, n: u64) {
    put(bytes, at, &n.to_le_bytes());
}

fn sum(words: &[u8]) -> u64 {
    words.as_chunks::<4>().0.iter().map(|w| u64::from(u32::from_le_bytes(*w))).sum()
}

fn fold(sum: u64) -> u32 {
    (sum & 0xffff_ffff) as u32 + (sum >> 32) as u32
}

/// A two-way mirror of which this is the first half.
pub(crate) fn md_0_90(big: bool) -> Image {
    let mut bytes = vec![0; 8 * MIB];
    let at = 8 * MIB - (64 << 10);
    let mut words = [0_u32; 1024];
    let size = (at / 1024) as u32;
    let start = [0xa92b_4efc, 0, 90, 0, 0, 0x1122_3344, 1_700_000_000, 1, size, 1, 2, 0, 0, 0x5566_7788, 0x99aa_bbcc];
    words[..15].copy_from_slice(&start);
    words[15] = 0xddee_ff01;
    words[32] = 1_700_000_001;
    words[33] = 1;
    words[34..38].copy_from_slice(&[1, 1, 0, 0]);
    words[39] = 7;
    // Descriptor of this disk, twice: in the list and as "this disk".
    words[128 + 3] = 0;
    words[128 + 4] = 6;
    words[992 + 4] = 6;
    words[38] = fold(words.iter().map(|w| u64::from(*w)).sum());
    for (i, word) in words.iter().enumerate() {
        put(&mut bytes, at + i * 4, &if big { word.to_be_bytes() } else { word.to_le_bytes() });
    }
    let name = if big { "md 0.90, big-endian" } else { "md 0.90" };
    Image { name, bytes, magic: vec![at..at + 4] }
}

/// The same with metadata 1.x at `at`.
pub(crate) fn md_1(name: &'static str, at: usize, size: usize) -> Image {
    let mut bytes = vec![0; size];
    let sb = &mut bytes[at..at + 4096];
    put32(sb, 0, 0xa92b_4efc);
    put32(sb, 4, 1);
    put(sb, 16, b"\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff\x01");
    put(sb, 32, b"node1:swap mirror");
    put64(sb, 64, 1_700_000_000);
    put32(sb, 72, 1);
    put64(sb, 80, 8192);
    put32(sb, 92, 2);
    put64(sb, 128, if at > 4096 { 0 } else { 2048 });
    put64(sb, 136, 8192);
    put64(sb, 144, at as u64 / 512);
    put(sb, 168, &[9; 16]);
    put64(sb, 192, 1_700_000_000);
    put64(sb, 200, 7);
    put32(sb, 220, 3);
    put(sb, 256, &[0, 0, 0xfe, 0xff, 0xfe, 0xff]);
    let total = sum(&sb[..260]) + u64::from(u16::from_le_bytes([sb[260], sb[261]]));
    put32(sb, 216, fold(total));
    Image { name, bytes, magic: vec![at..at + 8] }
}

/// A name and value as XDR writes them.
fn pair(name: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    let mut data = (name.len() as u32).to_be_bytes().to_vec();
    data.extend(name.bytes());
    data.resize(data.len().next_multiple_of(4), 0);
    data.extend(kind.to_be_bytes());
    data.extend(1_u32.to_be_bytes());
    data.extend(value);
    data.resize(data.len().next_multiple_of(4), 0);
    let size = (data.len() as u32 + 8).to_be_bytes();
    [&size[..], &size[..], &data].concat()
}

pub(crate) fn zfs() -> Image {
    let mut bytes = vec![0; 65 * MIB + 4096];
    let name = [&5_u32.to_be_bytes()[..], b"tank1"].concat();
    let list = [
        vec![1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        pair("version", 8, &5000_u64.to_be_bytes()),
        pair("name", 9, &name),
        pair("state", 8, &0_u64.to_be_bytes()),
        pair("pool_guid", 8, &12_345_678_901_234_567_890_u64.to_be_bytes()),
        pair("guid", 8, &42_u64.to_be_bytes()),
        vec![0; 8],
    ]
    .concat();
    let mut magic = Vec::new();
    for label in [0, MIB / 4, 65 * MIB - MIB / 2, 65 * MIB - MIB / 4] {
        put(&mut bytes, label + (16 << 10), &list);
        for uberblock in 0..4 {
            put64(&mut bytes, label + (128 << 10) + uberblock * 1024, 0x00ba_b10c);
            put64(&mut bytes, label + (128 << 10) + uberblock * 1024 + 8, 5000);
        }
        if label != MIB / 4 {
            magic.push(label + (16 << 10)..label + (16 << 10) + 12);
        }
    }
    Image { name: "zfs", bytes, magic }
}

/// With its anchor header this many sectors before the end.
pub(crate) fn ddf(back: usize) -> Image {
    let mut bytes = vec![0; 8 * MIB];
    let at = 8 * MIB - back * 512;
    let header = &mut bytes[at..at + 512];
    header.fill(0xff);
    put(header, 0, b"\xde\x11\xde\x11");
    put(header, 8, b"Linux-MDADM-0123456789ab");
    put(header, 32, b"01.02.00");
    put(header, 96, &((8 * MIB / 512 - 300) as u64).to_be_bytes());
    let crc = crc32(header);
    put(header, 4, &crc.to_be_bytes());
    // The primary header differs in its type only.
    let copy = header.to_vec();
    put(&mut bytes, 8 * MIB - 300 * 512, &copy);
    Image { name: if back == 1 { "ddf" } else { "ddf, adaptec" }, bytes, magic: vec![at..at + 4] }
}

/// CRC-32 bit by bit: the parser uses a crate, this shows that it uses it right.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

/// With `more` bytes of metadata before the last sectors.
pub(crate) fn imsm(more: usize) -> Image {
    let mut bytes = vec![0; 8 * MIB];
    let at = 8 * MIB - 1024;
    let length = if more == 0 { 0x108 } else { 512 + more };
    put(&mut bytes, at, b"Intel Raid ISM Cfg Sig. 1.3.00");
    put32(&mut bytes, at + 36, length as u32);
    put32(&mut bytes, at + 40, 0x1234_5678);
    put32(&mut bytes, at + 44, 9);
    bytes[at + 56] = 1;
    put(&mut bytes, at + 0xd8, b"SERIAL0123456789");
    let before = at - more.next_multiple_of(512);
    bytes[before..before + more].fill(0x5a);
    let total = sum(&bytes[at..at + length.min(512)]) + sum(&bytes[before..before + more]);
    put32(&mut bytes, at + 32, total as u32);
    Image { name: if more == 0 { "imsm" } else { "imsm, long" }, bytes, magic: vec![at..at + 24] }
}

pub(crate) fn lvm1() -> Image {
    let mut bytes = vec![0; 8 * MIB];
    put(&mut bytes, 0, b"HM\x02\0");
    put32(&mut bytes, 8, 1024);
    put(&mut bytes, 44, b"F1eDfYPyykfcfxndX2ebS94MHfsMfFyH");
    put(&mut bytes, 172, b"vg_old");
    put32(&mut bytes, 444, (8 * MIB / 512) as u32);
    Image { name: "lvm1", bytes, magic: vec![0..2] }
}

pub(crate) fn asm_with_asmlib() -> Image {
    let mut bytes = vec![0; 8 * MIB];
    put(&mut bytes, 32, b"ORCLDISKDATA01");
    Image { name: "oracle asm, labelled", bytes, magic: vec![32..40] }
}

pub(crate) fn asm_without_asmlib() -> Image {
    let mut bytes = vec![0; 8 * MIB];
    put(&mut bytes, 0, b"\x01\x82\x01\x01");
    put(&mut bytes, 32, b"ORCLDISK");
    put32(&mut bytes, 64, 0x0a10_0000);
    put(&mut bytes, 70, &[1, 3]);
    put(&mut bytes, 72, b"DATA_0000");
    put(&mut bytes, 104, b"DATA");
    put(&mut bytes, 136, b"DATA_0000");
    put(&mut bytes, 184 + 32, &[0, 2, 0, 16]);
    put32(&mut bytes, 220, MIB as u32);
    put32(&mut bytes, 228, 8);
    Image { name: "oracle asm, in use", bytes, magic: vec![32..40] }
}
