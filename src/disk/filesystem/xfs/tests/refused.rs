//! Superblocks that are not read, each with its cause.

use super::{VERSIONS, changed, opened, refused};
use crate::disk::filesystem::FileSystem;
use crate::readers::xfs_files::{TOP, put, sample, seal};

#[test]
fn a_feature_that_is_not_read_here_is_refused_by_its_name_and_an_unknown_one_by_its_bit() {
    for bits in [0x40, 0x80, 0xef] {
        let mut image = sample(5);
        put(&mut image, 248, &[7; 16]);
        put(&mut image, 216, &(bits | 1_u32).to_be_bytes());
        put(&mut image, 212, &0x8000_000f_u32.to_be_bytes());
        seal(&mut image);
        assert_eq!(opened(&image).names(TOP, 9).unwrap().len(), 7, "{bits:#x}");
    }
    for (bits, word) in
        [(0x11, "needsrepair"), (0x101, "metadir"), (0x201, "zoned"), (0x401, "gaps"), (0x1001, "0x1000")]
    {
        let why = refused(&changed(5, 216, &u32::to_be_bytes(bits)));
        assert!(why.contains(word), "{why}");
    }
    assert!(refused(&changed(4, 100, &[0xf4])).contains("ascii-ci"));
    assert!(refused(&changed(4, 100, &[0x94])).contains("before 2001"));
}

#[test]
fn a_superblock_that_does_not_hold_is_refused_with_its_cause() {
    assert_eq!(refused(&[0; 4096]), "no xfs superblock");
    let mut image = sample(5);
    image[300] ^= 1;
    assert_eq!(refused(&image), "xfs superblock at byte 224: the checksum does not match");
    assert!(refused(&sample(5)[..60_000]).contains("the volume has 60000"));
    for (at, bytes, word) in [
        (56, &[0_u8; 8][..], "top folder"),
        (48, &[0xff; 8], "log"),
        (123, &[0], "inodes in a block"),
        (124, &[9], "do not agree"),
        (192, &[7], "do not agree"),
    ] {
        for version in VERSIONS {
            let why = refused(&changed(version, at, bytes));
            assert!(why.contains(word), "{at}: {why}");
        }
    }
}

#[test]
fn version_4_has_types_of_files_in_folders_where_either_copy_of_its_features_says_so() {
    let mut image = sample(4);
    put(&mut image, 200, &[0; 8]);
    assert!(opened(&image).names(TOP, 9).is_err(), "names are read without their types");
    put(&mut image, 204, &0x200_u32.to_be_bytes());
    assert_eq!(opened(&image).names(TOP, 9).unwrap().len(), 7);
}
