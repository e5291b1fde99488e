use super::*;

use crate::built_tables::{ESP, Gpt, GptEntry, LINUX};

fn table() -> Gpt {
    Gpt::new(512, 8192).with(GptEntry::new(0, ESP, 64, 99)).with(GptEntry::new(127, LINUX, 100, 200))
}

fn header() -> Vec<u8> {
    table().header(1, 8191, 2)
}

#[test]
fn a_header_is_read_as_it_was_written() {
    let header = Header::parse(&header()).unwrap().unwrap();
    let expected = Header {
        revision: 0x0001_0000,
        my_lba: 1,
        alternate_lba: 8191,
        first_usable_lba: 34,
        last_usable_lba: 8158,
        disk_guid: Id::Uuid([0x11; 16]),
        array_lba: 2,
        entries: 128,
        entry_bytes: 128,
        array_crc: crc32fast::hash(&table().array()),
    };
    assert_eq!(header, expected);
    assert_eq!(header.check(1, 8191, SectorSize::S512), Ok(()));
    assert_eq!(header.check_array(&table().array()), Ok(()));
}

#[test]
fn without_a_signature_there_is_no_header_and_nothing_wrong() {
    assert_eq!(Header::parse(&[0; 512]), Ok(None));
    assert_eq!(Header::parse(&[]), Ok(None));
}

#[test]
fn every_bit_of_the_header_is_covered_by_its_checksum() {
    let sound = header();
    for (at, bit) in (8..92).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut bad = sound.clone();
        bad[at] ^= 1 << bit;
        let error = Header::parse(&bad).unwrap_err();
        assert!(matches!(error.at, 12 | 16) && error.format == "GPT header", "{at}: {error}");
    }
}

#[test]
fn a_header_may_be_as_long_as_its_sector_and_no_longer() {
    for (length, good) in [(91, false), (92, true), (100, true), (512, true), (513, false), (u32::MAX, false)] {
        let mut bytes = header();
        bytes[12..16].copy_from_slice(&length.to_le_bytes());
        crate::built_tables::seal(&mut bytes);
        assert_eq!(Header::parse(&bytes).is_ok(), good, "{length}");
    }
}

#[test]
fn an_array_of_4_mib_is_the_largest() {
    let mut parsed = Header::parse(&header()).unwrap().unwrap();
    parsed.last_usable_lba = 1 << 30;
    for (entries, length, good) in
        [(32_768, 128, true), (32_769, 128, false), (1, 1 << 22, true), (2, 1 << 22, false), (u32::MAX, 1 << 31, false)]
    {
        (parsed.entries, parsed.entry_bytes) = (entries, length);
        assert_eq!(parsed.check(1, 1 << 31, SectorSize::S512).is_ok(), good, "{entries} of {length}");
    }
}

#[test]
fn entries_keep_their_slots_and_names() {
    let mut table = table();
    table.partitions[0].name = "Größe 😀".into();
    table.partitions[1].name = "x".repeat(40);
    let array = table.array();
    let found: Vec<Entry> = entries(&array, 128).collect();
    assert_eq!(found.iter().map(|e| e.number).collect::<Vec<_>>(), [1, 128]);
    assert_eq!(found[0].name.as_deref(), Some("Größe 😀"));
    assert_eq!(found[1].name.as_deref(), Some("x".repeat(36).as_str()));
    assert_eq!((found[0].kind, found[0].first_lba, found[0].last_lba), (Id::from_guid(ESP), 64, 99));
}

#[test]
fn half_a_surrogate_pair_in_a_name_is_replaced() {
    let mut array = table().array();
    array[56..58].copy_from_slice(&0xd800_u16.to_le_bytes());
    assert_eq!(entries(&array, 128).next().unwrap().name.as_deref(), Some("\u{fffd}art1"));
}

#[test]
fn entry_lengths_that_cannot_be_end() {
    let array = table().array();
    for length in [0, 1, 136, u32::MAX] {
        assert!(entries(&array, length).count() <= 128);
    }
}
