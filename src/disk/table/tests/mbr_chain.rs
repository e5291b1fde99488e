//! Logical partitions.

use super::*;
use crate::disk::format::content::Kind;

#[test]
fn logical_partitions_count_from_5_in_the_order_of_the_chain() {
    let reading = read_bytes(chain(8192, &[0, 3000, 1000, 2000]));
    let logical: Vec<_> = places(&reading).into_iter().skip(2).collect();
    assert_eq!(logical, [(5, 2049, 8), (6, 5049, 8), (7, 3049, 8), (8, 4049, 8)]);
    assert_eq!(
        (states(&reading), problem_ids(&reading)),
        ((TableKind::Mbr, CopyState::Ok, CopyState::Missing), vec![])
    );
    assert_eq!(reading.partitions[1].content.kind, Kind::Extended);
    assert_eq!(reading.partitions[2].flags, [Flag::Logical]);
    assert_eq!((reading.partitions[0].flags.as_slice(), reading.boot.active_partition), (&[Flag::Active][..], Some(1)));
}

#[test]
fn each_extended_boot_record_is_read_once() {
    let image = Memory::new(chain(1 << 16, &(0..60).map(|i| i * 500).collect::<Vec<_>>()));
    let recording = Recording::new(&image);
    assert_eq!(read_image(&recording).partitions.len(), 62);
    let mut reads: Vec<_> = recording.reads().iter().map(|r| r.start()).collect();
    assert_eq!(reads.len(), 62, "two edges and sixty records");
    reads.sort_unstable();
    reads.dedup();
    assert_eq!(reads.len(), 62);
}

#[test]
fn a_chain_that_loops_ends_and_is_damaged() {
    for records in [&[0, 0][..], &[0, 100, 0], &[0, 100, 200, 100]] {
        let reading = read_bytes(chain(8192, records));
        assert_eq!(reading.table.primary, CopyState::Damaged);
        assert!(has_problem(&reading, ProblemId::TableDamaged, "comes back"), "{:?}", reading.problems);
        assert!(reading.partitions.len() < 6);
    }
}

#[test]
fn a_chain_of_more_than_256_records_is_cut() {
    let reading = read_bytes(chain(1 << 16, &(0..400).map(|i| i * 100).collect::<Vec<_>>()));
    assert_eq!((reading.partitions.len(), reading.table.primary), (258, CopyState::Damaged));
}

#[test]
fn a_link_beyond_the_disk_is_damage_even_where_32_bits_would_wrap() {
    for link in [0xffff_ff00, 1 << 20] {
        let reading = read_bytes(
            chain(8192, &[0, 100])
                .into_iter()
                .enumerate()
                .map(|(i, b)| {
                    let at = 2048 * 512 + 446 + 16 + 8;
                    if (at..at + 4).contains(&i) { u32::to_le_bytes(link)[i - at] } else { b }
                })
                .collect(),
        );
        assert!(has_problem(&reading, ProblemId::TableDamaged, "beyond the disk"), "{:?}", reading.problems);
        assert_eq!(places(&reading).len(), 3);
    }
}

#[test]
fn a_record_without_its_signature_or_unreadable_is_damage() {
    let mut disk = chain(8192, &[0, 1000, 2000]);
    let image = Memory::new(disk.clone());
    let reading = read_image(&Faulty::new(&image, ByteRange::new(3048 * 512, 512).unwrap()));
    assert_eq!((problem_ids(&reading), reading.table.primary), (vec![ProblemId::ReadError], CopyState::Damaged));
    disk[3048 * 512 + 510] = 0;
    let reading = read_bytes(disk);
    assert!(
        has_problem(&reading, ProblemId::TableDamaged, "extended boot record at byte 1560576"),
        "{:?}",
        reading.problems
    );
    assert_eq!(reading.partitions.len(), 3);
}

#[test]
fn a_logical_partition_over_a_primary_is_an_overlap_but_not_over_its_extended_one() {
    let mut disk = chain(8192, &[0]);
    disk[..512].copy_from_slice(&mbr(1, &[(0, 0x83, 2050, 10), (0, 0x05, 2048, 6144)]));
    let reading = read_bytes(disk);
    let overlaps = reading.problems.iter().filter(|p| p.id == ProblemId::PartitionsOverlap).count();
    assert_eq!(overlaps, 1, "{:?}", reading.problems);
}

#[test]
fn a_logical_partition_outside_its_extended_one_is_damage_and_still_listed() {
    let mut disk = chain(8192, &[0, 1000]);
    disk[..512].copy_from_slice(&mbr(1, &[(0, 0x05, 2048, 900)]));
    let reading = read_bytes(disk);
    assert!(has_problem(&reading, ProblemId::TableDamaged, "partition 6 lies outside"), "{:?}", reading.problems);
    assert_eq!((places(&reading).len(), reading.table.primary), (3, CopyState::Damaged));
}

#[test]
fn a_partition_beyond_the_disk_is_reported() {
    let mut disk = vec![0; 1 << 20];
    disk[..512].copy_from_slice(&mbr(1, &[(0, 0x83, 64, 4000)]));
    assert_eq!(problem_ids(&read_bytes(disk)), [ProblemId::PartitionBeyondDisk]);
}
