#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, clippy::single_range_in_vec_init)]

use super::*;
use crate::disk::format::damage;

const VOLUME: u64 = 512 << 20;

/// What mkfs.xfs 6.1 writes on 512 MiB, as far as it is read here: version 5, four groups, a log of 16384 blocks.
fn version5(sector: u16) -> Vec<u8> {
    let mut head = vec![0; 8192];
    let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"XFSB");
    put(4, &4096_u32.to_be_bytes());
    put(8, &131_072_u64.to_be_bytes());
    put(32, &[9; 16]);
    put(48, &65542_u64.to_be_bytes());
    put(84, &32768_u32.to_be_bytes());
    put(88, &4_u32.to_be_bytes());
    put(96, &16384_u32.to_be_bytes());
    put(100, &0xb4a5_u16.to_be_bytes());
    put(102, &sector.to_be_bytes());
    put(104, &512_u16.to_be_bytes());
    put(108, b"boot");
    put(120, &[12, sector.trailing_zeros() as u8, 9]);
    put(248, &[8; 16]);
    seal(&mut head, sector);
    head
}

/// The same of version 4, which has no checksum.
fn version4() -> Vec<u8> {
    let mut head = version5(512);
    head[101] = 0xa4;
    head[208..264].fill(0);
    head
}

fn seal(head: &mut [u8], sector: u16) {
    head[224..228].fill(0);
    let crc = crc32c::crc32c(&head[..usize::from(sector)]);
    head[224..228].copy_from_slice(&crc.to_le_bytes());
}

fn found(head: &[u8]) -> Found {
    find(&Windows::new(VOLUME).with(0, head)).unwrap()
}

fn problems(head: &[u8]) -> Vec<String> {
    found(head).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn both_versions_give_identity_and_size() {
    for (head, version) in [(version5(512), "5"), (version5(4096), "5"), (version4(), "4")] {
        let Found { content, problems, .. } = found(&head);
        assert_eq!(problems, []);
        assert_eq!((content.kind, content.version), (Kind::Xfs, Some(version)));
        assert_eq!(content.uuid, Some(Id::Uuid([9; 16])), "the user's, not the metadata's");
        assert_eq!(content.label.as_deref(), Some("boot"));
        assert_eq!((content.bytes, content.df_bytes), (Some(VOLUME), Some(448 << 20)));
    }
}

#[test]
fn a_log_on_another_device_takes_no_space() {
    let mut head = version5(512);
    head[48..56].fill(0);
    seal(&mut head, 512);
    assert_eq!(found(&head).content.df_bytes, Some(VOLUME));
}

#[test]
fn the_checksum_covers_the_whole_sector() {
    let mut head = version5(4096);
    head[4095] = 1;
    assert_eq!(problems(&head), ["xfs superblock at byte 224: the checksum does not match"]);
    assert_eq!(found(&head).content.df_bytes, None);
    let mut head = version5(512);
    head[512] = 1;
    assert_eq!(problems(&head), [""; 0]);
}

#[test]
fn a_checksum_that_cannot_be_checked_is_not_taken_for_right() {
    let head = version5(4096);
    assert_eq!(
        problems(&head[..2048]),
        ["xfs superblock at byte 224: its sector was not read whole, so the checksum was not checked"]
    );
}

#[test]
fn a_version_4_with_old_garbage_where_version_5_has_a_checksum_is_sound() {
    let mut head = version4();
    head[208..300].fill(0x5a);
    assert_eq!(problems(&head), [""; 0]);
}

#[test]
fn a_file_system_that_mkfs_did_not_finish_or_that_outgrows_its_volume_is_a_problem() {
    let mut head = version5(512);
    head[126] = 1;
    seal(&mut head, 512);
    assert_eq!(problems(&head), ["xfs superblock at byte 126: mkfs.xfs has not finished it"]);
    let outgrown = find(&Windows::new(VOLUME - 1).with(0, &version5(512))).unwrap();
    assert_eq!((outgrown.problems.len(), outgrown.content.df_bytes), (1, None));
}

#[test]
fn no_damage_to_a_superblock_makes_it_panic_or_goes_unseen_by_its_checksum() {
    for sector in [512, 4096] {
        let head = version5(sector);
        damage::every_flip(&head, VOLUME, 0..usize::from(sector), find, |found, which| {
            let magic = ["byte 0 ", "byte 1 ", "byte 2 ", "byte 3 "].iter().any(|byte| which.starts_with(byte));
            assert_eq!(found.is_none(), magic, "{which}");
            if let Some(found) = found {
                assert!(!found.problems.is_empty() && found.content.df_bytes.is_none(), "{which}");
            }
        });
    }
    damage::every_truncation(&version5(512), VOLUME, 512, find);
    damage::every_flip(&version4(), VOLUME, 0..512, find, |_, _| ());
    damage::noise(&version4(), u64::MAX, 0..512, &[0..4], find);
    damage::noise(&version4(), u64::MAX, 0..512, &[0..8, 100..106, 120..127], find);
}

fn with_features(at: usize, bits: u32) -> Found {
    let mut head = version5(512);
    head[at..at + 4].copy_from_slice(&bits.to_be_bytes());
    seal(&mut head, 512);
    found(&head)
}

#[test]
fn a_file_system_that_no_kernel_of_the_appliance_mounts_has_a_problem_and_no_size() {
    for (at, bits, word) in [(216, 0x1f, "needsrepair"), (216, 0x107, "0x100"), (212, 0x1000, "only for reading")] {
        let found = with_features(at, bits);
        let why = found.problems[0].to_string();
        assert!(found.content.df_bytes.is_none() && why.contains(word), "{why}");
    }
    let sound = with_features(216, 0x7);
    assert_eq!((sound.problems, sound.content.refusals), (vec![], vec![]));
}

#[test]
fn a_feature_of_newer_kernels_is_stated_with_the_kernels_that_refuse_it() {
    let found = with_features(216, 0xf);
    assert_eq!((found.problems.len(), found.content.df_bytes), (0, Some(448 << 20)));
    let why = found.content.refusals[0].to_string();
    assert_eq!(why, "not mounted for writing by Linux 4.14 and 5.4, but by 5.10 and newer: bigtime");
}

#[test]
fn sectors_smaller_than_those_of_the_device_are_a_problem_and_larger_ones_are_not() {
    let on = |device: u64, sector: u16| {
        find(&Windows::new(VOLUME).on_sectors(Some(device)).with(0, &version5(sector))).unwrap()
    };
    let small = on(4096, 512);
    assert!(small.content.df_bytes.is_none() && small.problems[0].why.contains("logical blocks of 4096"));
    assert!(on(512, 4096).problems.is_empty() && on(4096, 4096).problems.is_empty());
}
