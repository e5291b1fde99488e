//! How much of a table a disk holds already, and what on it is foreign.

use super::*;
use crate::io::image::{Faulty, Image};

/// The same disk with the bits of one byte turned.
fn flipped(disk: &SparseCopy, at: u64) -> SparseCopy {
    let mut byte = [0];
    disk.read_at(&mut byte, at).unwrap();
    let mut disk = disk.clone();
    disk.put(at, &[!byte[0]]).unwrap();
    disk
}

#[test]
fn every_subset_of_the_writes_counts_as_begun() {
    for (bytes, sector) in each_kind() {
        let table = table(bytes, sector);
        let all = table.sectors.len();
        for chosen in 0_u32..1 << all {
            let some: Vec<NewSector> =
                (0..all).filter(|i| chosen >> i & 1 == 1).map(|i| table.sectors[i].clone()).collect();
            let expected = match some.len() {
                0 => Begun::Blank,
                n if n == all => Begun::Whole,
                _ => Begun::Partly,
            };
            assert_eq!(table.begun_on(&disk(bytes, sector, &some)).unwrap(), expected, "{chosen:b}");
        }
    }
}

#[test]
fn every_flipped_byte_of_the_table_is_foreign_and_its_offset_is_reported() {
    for (bytes, sector) in each_kind() {
        let table = table(bytes, sector);
        let whole = disk(bytes, sector, &table.sectors);
        for new in &table.sectors {
            for at in (new.at..new.at + sector.bytes()).step_by(if sector == S512 { 1 } else { 31 }) {
                assert_eq!(table.begun_on(&flipped(&whole, at)).unwrap(), Begun::Foreign { at });
            }
        }
    }
}

#[test]
fn a_byte_beside_the_table_is_foreign_also_where_the_table_is_only_begun() {
    for (bytes, sector) in each_kind() {
        let table = table(bytes, sector);
        for written in 0..=table.sectors.len() {
            let disk = disk(bytes, sector, &table.sectors[..written]);
            for at in [100_000, MIB - 1].into_iter().chain((table.kind == TableKind::Gpt).then_some(bytes - 40_000)) {
                assert_eq!(table.begun_on(&flipped(&disk, at)).unwrap(), Begun::Foreign { at });
            }
        }
    }
}

#[test]
fn what_the_partition_holds_is_foreign_on_a_disk_without_table_and_nobodys_concern_behind_one() {
    for (bytes, sector) in each_kind() {
        let table = table(bytes, sector);
        let end = table.partition.end();
        for at in [MIB, MIB + 512, 2 * MIB - 1, bytes - 2 * MIB, end - 1] {
            let blank = SparseCopy::blank(bytes, sector);
            assert_eq!(table.begun_on(&flipped(&blank, at)).unwrap(), Begun::Foreign { at });
            let whole = flipped(&disk(bytes, sector, &table.sectors), at);
            assert_eq!(table.begun_on(&whole).unwrap(), Begun::Whole);
            let begun = flipped(&disk(bytes, sector, &table.sectors[..1]), at);
            assert_ne!(table.begun_on(&begun).unwrap(), Begun::Foreign { at });
        }
        // Further in, nobody looks: a blank disk is told by its ends.
        let within = flipped(&SparseCopy::blank(bytes, sector), 2 * MIB);
        assert_eq!(table.begun_on(&within).unwrap(), Begun::Blank);
    }
}

#[test]
fn the_first_of_several_foreign_bytes_is_reported() {
    let table = table(3 * TIB, S512);
    let blank = SparseCopy::blank(3 * TIB, S512);
    let twice = flipped(&flipped(&blank, 3 * TIB - 1), 3 * MIB / 2);
    assert_eq!(table.begun_on(&twice).unwrap(), Begun::Foreign { at: 3 * MIB / 2 });
    assert_eq!(table.begun_on(&flipped(&twice, 700)).unwrap(), Begun::Foreign { at: 700 });
}

#[test]
fn a_disk_of_another_size_than_the_table_was_made_for_is_foreign() {
    for (bytes, sector) in each_kind() {
        let table = table(bytes, sector);
        for (other, at) in [(bytes + sector.bytes(), bytes), (bytes - sector.bytes(), bytes - sector.bytes()), (0, 0)] {
            assert_eq!(table.begun_on(&SparseCopy::blank(other, sector)).unwrap(), Begun::Foreign { at });
        }
    }
}

#[test]
fn a_small_disk_whose_ends_are_the_same_bytes_is_read_once() {
    for bytes in [MIB + 512, 3 * MIB / 2, 2 * MIB, 3 * MIB, 4 * MIB, 5 * MIB] {
        let table = table(bytes, S512);
        let blank = SparseCopy::blank(bytes, S512);
        assert_eq!(table.begun_on(&blank).unwrap(), Begun::Blank);
        assert_eq!(table.begun_on(&flipped(&blank, bytes - 1)).unwrap(), Begun::Foreign { at: bytes - 1 });
        assert_eq!(table.begun_on(&disk(bytes, S512, &table.sectors)).unwrap(), Begun::Whole);
    }
}

#[test]
fn a_disk_that_cannot_be_read_at_an_end_is_an_error_and_not_blank() {
    let table = table(3 * TIB, S512);
    let blank = SparseCopy::blank(3 * TIB, S512);
    for at in [0, MIB, 3 * TIB - 1] {
        let faulty = Faulty::new(&blank, ByteRange::new(at, 1).unwrap());
        assert!(table.begun_on(&faulty).is_err());
    }
}
