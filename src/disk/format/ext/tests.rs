#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, clippy::single_range_in_vec_init)]

use super::*;
use crate::base::ids::Id;
use crate::disk::format::damage;

const VOLUME: u64 = 512 << 20;

struct Head(Vec<u8>);

impl Head {
    /// What mke2fs 1.47 writes for ext4 on 512 MiB, as far as it is read here.
    fn ext4() -> Self {
        let mut head = Self(vec![0; 8192]);
        for (at, value) in [(4, 131_072), (24, 2), (28, 2), (32, 32768), (36, 32768), (40, 8192), (76, 1)] {
            head.le32(at, value);
        }
        head.le16(56, 0xef53);
        head.le16(88, 256);
        head.le32(92, 0x3c);
        head.le32(96, 0x2c2);
        head.le32(100, 0x46b);
        head.bytes(104, &[7; 16]);
        head.bytes(120, b"boot");
        head.le16(206, 63);
        head.le32(224, 8);
        head.bytes(253, &[1]);
        head.le16(254, 64);
        head.le32(332, 16 << 20);
        head.bytes(373, &[1]);
        head.sealed()
    }

    /// The same without journal, checksum and what else came after ext2.
    fn ext2() -> Self {
        let mut head = Self::ext4();
        head.le32(92, 0x38);
        head.le32(96, 0x2);
        head.le32(100, 0x3);
        head.bytes(373, &[0]);
        head.le16(206, 31);
        head
    }

    fn bytes(&mut self, at: usize, bytes: &[u8]) {
        self.0[1024 + at..1024 + at + bytes.len()].copy_from_slice(bytes);
    }

    fn le16(&mut self, at: usize, value: u16) {
        self.bytes(at, &value.to_le_bytes());
    }

    fn le32(&mut self, at: usize, value: u32) {
        self.bytes(at, &value.to_le_bytes());
    }

    /// With a checksum that is right.
    fn sealed(mut self) -> Self {
        let crc = !crc32c::crc32c(&self.0[1024..2044]);
        self.le32(1020, crc);
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn found_in(&self, volume: u64) -> Option<Found> {
        find(&Windows::new(volume).with(0, &self.0))
    }

    fn found(&self) -> Option<Found> {
        self.found_in(VOLUME)
    }

    fn content(&self) -> Content {
        let found = self.found().unwrap();
        assert_eq!(found.problems, []);
        found.content
    }

    fn problems(&self) -> Vec<String> {
        self.found().unwrap().problems.iter().map(ToString::to_string).collect()
    }
}

#[test]
fn an_ext4_superblock_gives_identity_and_size() {
    let content = Head::ext4().content();
    assert_eq!(content.kind, Kind::Ext4);
    assert_eq!(content.uuid, Some(Id::Uuid([7; 16])));
    assert_eq!(content.label.as_deref(), Some("boot"));
    assert_eq!(content.bytes, Some(VOLUME));
    // Four groups with an inode table of 512 blocks and two bitmaps, three of them with a superblock, a block of
    // descriptors and 63 reserved; and a journal of 4096 blocks.
    let overhead = 4 * (512 + 2) + 3 * (1 + 1 + 63) + 4096;
    assert_eq!(content.df_bytes, Some(VOLUME - overhead * 4096));
}

#[test]
fn the_kind_follows_from_the_features_as_in_libblkid() {
    let kind = |change: fn(&mut Head)| Head::ext2().with(change).content().kind;
    assert_eq!(kind(|_| ()), Kind::Ext2);
    assert_eq!(kind(|head| head.le32(92, 0x3c)), Kind::Ext3);
    assert_eq!(kind(|head| head.le32(96, 0x12)), Kind::Ext2, "meta_bg is older than ext4");
    assert_eq!(kind(|head| head.le32(96, 0x42)), Kind::Ext4, "extents without a journal");
    assert_eq!(kind(|head| head.le32(100, 0x13)), Kind::Ext4, "uninit_bg without a journal");
    assert_eq!(kind(|head| head.le32(96, 0x0a)), Kind::Jbd);
    assert_eq!(
        kind(|head| {
            head.le32(92, 0x3c);
            head.le32(96, 0x06);
        }),
        Kind::Ext3,
        "a journal to replay"
    );
}

#[test]
fn an_external_journal_has_a_size_and_nothing_that_df_shows() {
    let content = Head::ext2().with(|head| head.le32(96, 0x0a)).content();
    assert_eq!((content.bytes, content.df_bytes), (Some(VOLUME), None));
}

#[test]
fn a_journal_whose_size_is_not_in_the_superblock_leaves_the_size_unknown() {
    let head = Head::ext4().with(|head| head.bytes(253, &[0])).sealed();
    assert_eq!(head.content().df_bytes, None);
    let outside = Head::ext4().with(|head| head.le32(224, 0)).sealed();
    assert_eq!(outside.content().df_bytes, Some(VOLUME - (4 * 514 + 3 * 65) * 4096));
}

#[test]
fn the_upper_half_of_the_block_count_counts_only_with_the_64bit_feature() {
    let large = Head::ext4().with(|head| head.le32(336, 1)).sealed();
    assert_eq!(large.found_in(u64::MAX).unwrap().content.bytes, Some(((1 << 32) + 131_072) * 4096));
    assert_eq!(Head::ext2().with(|head| head.le32(336, 1)).content().bytes, Some(VOLUME));
}

#[test]
fn a_stored_overhead_counts_with_clusters_and_only_then() {
    let computed = Head::ext4().content().df_bytes;
    let stored = |change: fn(&mut Head)| Head::ext4().with(|head| head.le32(584, 100)).with(change).sealed();
    assert_eq!(stored(|_| ()).content().df_bytes, computed);
    let clusters = stored(|head| {
        head.le32(100, 0x66b);
        head.le32(28, 6);
        head.le32(36, 2048);
    });
    assert_eq!(clusters.content().df_bytes, Some(VOLUME - 100 * 65536));
    let absurd = clusters.with(|head| head.le32(584, 131_073)).sealed();
    let counted = absurd.content().df_bytes;
    assert!(counted.is_some());
    assert_eq!(absurd.with(|head| head.le32(584, 0)).sealed().content().df_bytes, counted, "as if it were not there");
}

#[test]
fn clusters_that_several_pieces_of_metadata_share_count_once() {
    let mut head = Head::ext4().with(|head| {
        head.le32(100, 0x66b);
        head.le32(28, 6);
        head.le32(36, 2048);
        head.le32(40, 4096);
        head.le32(92, 0x38); // no journal
    });
    // Four groups of 128 MiB. All bitmaps and inode tables (256 blocks) of the first two groups lie in group 0,
    // after the superblock and one block of descriptors; those of the others in clusters of their own.
    for (group, [blocks, inodes, table]) in
        [[2, 3, 16], [4, 5, 272], [65536, 65537, 65552], [98_320, 98_336, 98_352]].into_iter().enumerate()
    {
        for (at, block) in [(0, blocks), (4, inodes), (8, table)] {
            let at = 4096 + group * 64 + at;
            head.0[at..at + 4].copy_from_slice(&u32::to_le_bytes(block));
        }
    }
    // Group 0: the first cluster, and 2 * 16 of tables. Group 1: its superblock. Group 2: one and 16.
    // Group 3: its superblock, two bitmaps apart, 16 of the table.
    let clusters = (1 + 32) + 1 + (1 + 16) + (1 + 2 + 16);
    assert_eq!(head.sealed().content().df_bytes, Some(VOLUME - clusters * 65536));
}

#[test]
fn a_wrong_checksum_is_a_problem_and_takes_the_size_away() {
    let head = Head::ext4().with(|head| head.bytes(120, b"root"));
    assert_eq!(head.problems(), ["ext superblock at byte 2044: the checksum does not match"]);
    let content = head.found().unwrap().content;
    assert_eq!((content.kind, content.df_bytes), (Kind::Ext4, None));
}

#[test]
fn one_impossible_field_is_damage_and_two_are_no_superblock() {
    let one = Head::ext2().with(|head| head.le32(24, 7));
    assert_eq!(one.problems(), ["ext superblock at byte 1048: impossible block size"]);
    assert_eq!(one.found().unwrap().content.bytes, None);
    assert_eq!(one.with(|head| head.le32(76, 2)).found(), None);
}

#[test]
fn a_file_system_larger_than_its_volume_is_a_problem() {
    let found = Head::ext4().found_in(VOLUME - 512).unwrap();
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.content.df_bytes, None);
}

#[test]
fn no_damage_to_a_superblock_makes_it_panic_or_goes_unseen_by_its_checksum() {
    let head = Head::ext4().0;
    damage::every_truncation(&head, VOLUME, 2048, find);
    damage::every_flip(&head, VOLUME, 1024..2048, find, |found, which| {
        let magic = which.starts_with("byte 1080 ") || which.starts_with("byte 1081 ");
        assert_eq!(found.is_none(), magic, "{which}");
        if let Some(found) = found {
            assert!(!found.problems.is_empty() && found.content.df_bytes.is_none(), "{which}");
        }
    });
    damage::every_flip(&Head::ext2().0, VOLUME, 1024..2048, find, |_, _| ());
    damage::noise(&Head::ext2().0, u64::MAX, 1024..2048, &[1080..1082], find);
    // Past the tests of single fields too, into the sum.
    let keep = [1024 + 20..1024 + 44, 1080..1082, 1100..1104, 1112..1114];
    damage::noise(&Head::ext2().0, u64::MAX, 1024..2048, &keep, find);
}

#[test]
fn an_unknown_feature_is_a_problem_and_takes_the_size_away() {
    for (at, bits, word) in [(96, 0x0104_02c2, "0x1040000"), (100, 0x0008_046b, "0x80000"), (96, 0x2c3, "0x1")] {
        let found = Head::ext4().with(|head| head.le32(at, bits)).sealed().found().unwrap();
        let why = found.problems[0].to_string();
        assert!(found.content.df_bytes.is_none() && why.contains(word), "{why}");
    }
}

#[test]
fn a_feature_that_linux_4_14_lacks_keeps_the_size_and_is_stated() {
    let found = Head::ext4().with(|head| head.le32(96, 0x0002_02c2)).sealed().found().unwrap();
    assert!(found.problems.is_empty() && found.content.df_bytes.is_some());
    let why = found.content.refusals[0].to_string();
    assert_eq!(why, "not mounted for writing by Linux 4.14, but by 5.2 and newer: casefold");
}

#[test]
fn a_journal_that_has_yet_to_be_replayed_is_stated() {
    assert!(!Head::ext4().sealed().content().unreplayed_journal);
    let found = Head::ext4().with(|head| head.le32(96, 0x2c6)).sealed().found().unwrap();
    assert!(found.problems.is_empty() && found.content.unreplayed_journal);
}

#[test]
fn blocks_smaller_than_those_of_the_device_are_a_problem() {
    let head = Head::ext4()
        .with(|head| {
            head.le32(24, 0);
            head.le32(28, 0)
        })
        .sealed();
    let on = |device| find(&Windows::new(VOLUME).on_sectors(Some(device)).with(0, &head.0)).unwrap().problems;
    assert!(on(4096).iter().any(|problem| problem.why.contains("logical blocks of 4096")));
    assert!(!on(512).iter().any(|problem| problem.why.contains("logical blocks")));
}
