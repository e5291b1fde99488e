//! UDF volumes by the published layout (ECMA-167, OSTA UDF): their tool is in no package that the tests use.
//!
//! `blkid` 2.38 gives the type of these images and no name, so that the names expected here are those of the layout.

use std::fs;

use crate::craft::put;
use crate::support::blkid::blkid;
use okv_host::disk::content_of;
use okv_host::disk::format::content::Kind;
use okv_host::io::image::{self, Memory};
use tempfile::NamedTempFile;

const BLOCK: usize = 512;
const SEQUENCE: u32 = 300;

/// A descriptor's tag.
fn tag(bytes: &mut [u8], block: u32, id: u16) {
    let at = block as usize * BLOCK;
    put(bytes, at, &id.to_le_bytes());
    put(bytes, at + 2, &2_u16.to_le_bytes());
    put(bytes, at + 12, &block.to_le_bytes());
}

/// A name in a field of `len` bytes: width of its letters, letters, length.
fn name(bytes: &mut [u8], at: usize, len: usize, width: u8, letters: &[u8]) {
    bytes[at] = width;
    put(bytes, at + 1, letters);
    bytes[at + len - 1] = u8::try_from(letters.len() + 1).unwrap();
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// A volume with this label and name of its set, each with the width of its letters.
fn volume(label: (u8, &[u8]), set: (u8, &[u8])) -> Vec<u8> {
    let mut bytes = vec![0; 2 << 20];
    for (number, standard) in [b"BEA01", b"NSR03", b"TEA01"].into_iter().enumerate() {
        put(&mut bytes, (32 << 10) + number * 2048 + 1, standard);
        bytes[(32 << 10) + number * 2048 + 6] = 1;
    }
    tag(&mut bytes, 256, 2);
    for extent in [16, 24] {
        put(&mut bytes, 256 * BLOCK + extent, &(16 * BLOCK as u32).to_le_bytes());
        put(&mut bytes, 256 * BLOCK + extent + 4, &SEQUENCE.to_le_bytes());
    }
    let at = |block: u32| block as usize * BLOCK;
    tag(&mut bytes, SEQUENCE, 1);
    name(&mut bytes, at(SEQUENCE) + 24, 32, 8, b"volume");
    name(&mut bytes, at(SEQUENCE) + 72, 128, set.0, set.1);
    tag(&mut bytes, SEQUENCE + 1, 6);
    name(&mut bytes, at(SEQUENCE + 1) + 84, 128, label.0, label.1);
    put(&mut bytes, at(SEQUENCE + 1) + 212, &(BLOCK as u32).to_le_bytes());
    tag(&mut bytes, SEQUENCE + 2, 8);
    bytes
}

#[test]
fn label_and_identifier_are_those_of_the_descriptors() {
    for (label, set, expected) in [
        ((8, b"OKV DATA".to_vec()), (8, b"0123456789ABCDEFmore".to_vec()), ("OKV DATA", Some("0123456789abcdef"))),
        ((8, b"padded  ".to_vec()), (8, b"4f5a1b2cLinuxUDF".to_vec()), ("padded", Some("4f5a1b2c4c696e75"))),
        ((16, utf16("Gr\u{fc}n")), (16, utf16("set of volumes")), ("Gr\u{fc}n", Some("736574206f662076"))),
        ((8, b"short".to_vec()), (8, b"short".to_vec()), ("short", None)),
    ] {
        let bytes = volume((label.0, &label.1), (set.0, &set.1));
        let file = NamedTempFile::new().unwrap();
        fs::write(file.path(), &bytes).unwrap();
        assert_eq!(blkid(file.path()).kind, "udf");
        let content = content_of(&*image::open(file.path()).unwrap());
        let names = (content.label.as_deref().unwrap(), content.uuid.map(|id| id.to_string()));
        assert_eq!((content.kind, names), (Kind::Udf, (expected.0, expected.1.map(str::to_owned))));
    }
}

#[test]
fn a_volume_whose_descriptors_are_gone_has_no_names() {
    let good = volume((8, b"a"), (8, b"0123456789abcdef"));
    for (at, len) in
        [(256 * BLOCK, BLOCK), (SEQUENCE as usize * BLOCK, 4 * BLOCK), (128 << 10, (2 << 20) - (128 << 10))]
    {
        let mut bytes = good.clone();
        bytes[at..at + len].fill(0);
        let content = content_of(&Memory::new(bytes));
        assert_eq!((content.kind, content.label, content.uuid), (Kind::Udf, None, None));
    }
}
