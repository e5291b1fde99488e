//! The two copies of a GPT, judged apart.

use super::*;
use CopyState::{Damaged, Disagrees, Missing, Ok};
use TableKind::Gpt as GPT;

/// The usual disk after `change`, which gets the disk and its number of sectors.
fn changed(change: impl FnOnce(&mut Vec<u8>, usize)) -> Reading {
    let mut disk = usual(512).disk();
    let sectors = disk.len() / 512;
    change(&mut disk, sectors);
    read_bytes(disk)
}

fn same_partitions(reading: &Reading) {
    assert_eq!(places(reading), [(1, 64, 36), (2, 100, 10), (10, 110, 390)], "{:#?}", reading.problems);
}

#[test]
fn a_sound_disk_has_no_problem_and_costs_no_read() {
    let image = Memory::new(usual(512).disk());
    let recording = Recording::new(&image);
    let (head, tail) = (vec![0; HEAD as usize], vec![0; TAIL as usize]);
    let (mut head, mut tail) = (head, tail);
    image.read_at(&mut head, 0).unwrap();
    image.read_at(&mut tail, image.bytes() - TAIL).unwrap();
    let reading = read(&recording, &Edges { head: &head, tail: &tail, bad: &[] });
    assert_eq!(states(&reading), (GPT, Ok, Ok));
    assert_eq!(reading.problems, []);
    assert!(recording.reads().is_empty());
    same_partitions(&reading);
    let first = &reading.partitions[0];
    assert_eq!((first.kind, first.name.as_deref()), (PartitionType::Guid(guid::ESP), Some("part1")));
    assert_eq!((reading.boot.esp, reading.boot.bios_boot_partition, reading.boot.boot_code), (Some(1), Some(2), false));
    assert_eq!(reading.table.uuid, Some(Id::Uuid([0x11; 16])));
}

#[test]
fn a_primary_header_with_a_wrong_checksum_falls_back_to_the_backup() {
    let reading = changed(|disk, _| disk[512 + 56] ^= 1);
    assert_eq!(states(&reading), (GPT, Damaged, Ok));
    assert!(has_problem(&reading, ProblemId::TableDamaged, "primary GPT header at byte 528"), "{:?}", reading.problems);
    same_partitions(&reading);
}

#[test]
fn a_primary_array_with_a_wrong_checksum_falls_back_to_the_backup() {
    let reading = changed(|disk, _| disk[1024 + 32] ^= 1);
    assert_eq!(states(&reading), (GPT, Damaged, Ok));
    assert!(has_problem(&reading, ProblemId::TableDamaged, "primary GPT array at byte 1024"), "{:?}", reading.problems);
    same_partitions(&reading);
}

#[test]
fn a_wiped_primary_is_damaged_because_the_protective_mbr_announces_it() {
    let reading = changed(|disk, _| disk[512..17408].fill(0));
    assert_eq!(states(&reading), (GPT, Damaged, Ok));
    same_partitions(&reading);
}

#[test]
fn a_backup_with_a_wrong_checksum_in_header_or_array_is_damaged() {
    for back in [512 - 56, 512 * 33 - 32] {
        let reading = changed(|disk, sectors| disk[sectors * 512 - back] ^= 1);
        assert_eq!(states(&reading), (GPT, Ok, Damaged));
        assert_eq!(problem_ids(&reading), [ProblemId::TableDamaged]);
        same_partitions(&reading);
    }
}

#[test]
fn a_wiped_backup_is_damaged_because_the_primary_points_there() {
    let reading = changed(|disk, sectors| disk[(sectors - 33) * 512..].fill(0));
    assert_eq!(states(&reading), (GPT, Ok, Damaged));
    assert!(has_problem(&reading, ProblemId::TableDamaged, "no signature"));
    same_partitions(&reading);
}

#[test]
fn two_sound_copies_with_different_disk_guids_or_partitions_disagree() {
    let mut other = usual(512);
    other.disk_guid = [0x22; 16];
    let mut moved = usual(512);
    moved.partitions[2].last += 8;
    for (backup, what) in [(other, "disk GUID"), (moved, "partitions")] {
        let reading = changed(|disk, sectors| {
            disk[(sectors - 33) * 512..].copy_from_slice(&backup.disk()[(sectors - 33) * 512..])
        });
        assert_eq!(states(&reading), (GPT, Ok, Disagrees));
        assert!(has_problem(&reading, ProblemId::TableDisagrees, what), "{:?}", reading.problems);
        same_partitions(&reading);
    }
}

#[test]
fn the_backup_of_a_grown_disk_disagrees_and_is_found_in_the_middle() {
    let mut disk = usual(512).disk();
    disk.resize(disk.len() + (1 << 20), 0);
    let reading = read_bytes(disk.clone());
    assert_eq!(states(&reading), (GPT, Ok, Disagrees));
    assert!(has_problem(&reading, ProblemId::TableDisagrees, "the disk has grown"), "{:?}", reading.problems);
    same_partitions(&reading);
    disk[1024] ^= 1;
    let reading = read_bytes(disk);
    assert_eq!(states(&reading), (GPT, Damaged, Disagrees), "a bad array with a good header still tells the way");
    same_partitions(&reading);
}

#[test]
fn a_disk_cut_short_of_its_usable_sectors_has_no_sound_copy_and_lists_what_its_table_describes() {
    let mut disk = usual(512).disk();
    disk.truncate(3 << 20);
    let reading = read_bytes(disk);
    assert_eq!(states(&reading), (GPT, Damaged, Damaged));
    assert!(has_problem(&reading, ProblemId::TableDamaged, "beyond the disk"), "{:?}", reading.problems);
    same_partitions(&reading);
}

#[test]
fn a_disk_cut_short_by_its_backup_alone_misses_it() {
    let mut disk = usual(512).disk();
    disk.truncate(disk.len() - 33 * 512);
    let reading = read_bytes(disk);
    assert_eq!(states(&reading), (GPT, Ok, Missing));
    same_partitions(&reading);
}

#[test]
fn an_array_elsewhere_or_longer_than_the_edges_is_read() {
    let mut table = usual(512);
    table.entries = 1024;
    table.partitions[2] = GptEntry::new(1000, LINUX, 600, 700);
    let reading = read_bytes(table.disk());
    assert_eq!(states(&reading), (GPT, Ok, Ok));
    assert_eq!(places(&reading).last(), Some(&(1001, 600, 101)));

    let table = usual(512);
    let mut disk = table.disk();
    table.put(&mut disk, 3000, &table.array());
    table.put(&mut disk, 2, &[0; 16384]);
    table.put(&mut disk, 1, &table.header(1, table.sectors - 1, 3000));
    let reading = read_bytes(disk);
    assert_eq!(states(&reading), (GPT, Ok, Ok));
    same_partitions(&reading);
}

#[test]
fn entries_of_256_bytes_are_read() {
    let mut table = usual(512);
    table.entry_bytes = 256;
    let reading = read_bytes(table.disk());
    assert_eq!((states(&reading), problem_ids(&reading)), ((GPT, Ok, Ok), vec![ProblemId::TableDamaged]));
    assert!(has_problem(&reading, ProblemId::TableDamaged, "the header grants"), "the array reaches beyond sector 64");
    same_partitions(&reading);
}

#[test]
fn attributes_are_flags() {
    let mut table = usual(512);
    table.partitions[0].attributes = 1 | 4 | 8 | 1 << 60;
    let reading = read_bytes(table.disk());
    assert_eq!(
        reading.partitions[0].flags,
        [Flag::Required, Flag::LegacyBootable, Flag::TypeBit(crate::disk::TypeBit(60))]
    );
    assert_eq!(reading.partitions[1].flags, []);
}

#[test]
fn overlaps_and_partitions_beyond_the_disk_are_reported_once_each() {
    let table = Gpt::new(512, 8192)
        .with(GptEntry::new(0, LINUX, 64, 499))
        .with(GptEntry::new(1, LINUX, 8000, 9000))
        .with(GptEntry::new(2, LINUX, 100, 200))
        .with(GptEntry::new(3, LINUX, 500, 400));
    let reading = read_bytes(table.disk());
    let text = |id| reading.problems.iter().filter(|p| p.id == id).map(|p| p.message.clone()).collect::<Vec<_>>();
    assert_eq!(text(ProblemId::PartitionsOverlap).len(), 1);
    assert!(text(ProblemId::PartitionsOverlap)[0].starts_with("partition 3"), "{:?}", reading.problems);
    assert_eq!(text(ProblemId::PartitionBeyondDisk), ["partition 2 ends at byte 4608512, the disk at byte 4194304"]);
    assert_eq!(text(ProblemId::TableDamaged).len(), 2, "outside the usable sectors; ends before it starts");
    assert_eq!(places(&reading).len(), 3);
}

#[test]
fn thirty_thousand_overlapping_partitions_are_counted_and_not_listed() {
    let mut table = Gpt::new(512, 40_000);
    table.entries = 32_768;
    table.partitions = (0..32_768).map(|slot| GptEntry::new(slot, LINUX, 9000, 9100)).collect();
    let reading = read_bytes(table.disk());
    assert_eq!(reading.partitions.len(), 32_768);
    assert!(has_problem(&reading, ProblemId::PartitionsOverlap, "and 32751 more"), "{:?}", reading.problems);
    assert!(reading.problems.len() < 40);
}
