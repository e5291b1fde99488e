//! Which sector size a table was made for.

use super::*;

#[test]
fn a_4096_byte_gpt_in_an_image_file_is_found_by_itself() {
    let mut disk = usual(4096).disk();
    for _ in 0..2 {
        let reading = read_bytes(disk.clone());
        assert_eq!((reading.sector, reading.table.backup), (SectorSize::S4096, CopyState::Ok));
        assert_eq!(places(&reading)[0], (1, 64 * 8, 36 * 8));
        disk[4096..4104].fill(0);
    }
}

#[test]
fn with_both_headers_gone_the_protective_entry_gives_the_size() {
    for (sector, size) in [(512, SectorSize::S512), (4096, SectorSize::S4096)] {
        let mut disk = usual(sector).disk();
        let last = disk.len() - sector;
        disk[sector..sector + 8].fill(0);
        disk[last..last + 8].fill(0);
        let reading = read_bytes(disk);
        assert_eq!((reading.sector, reading.table.primary), (size, CopyState::Damaged));
        assert!(!problem_ids(&reading).contains(&ProblemId::SectorSizeAssumed));
    }
}

#[test]
fn a_gpt_for_another_sector_size_than_the_device_has_is_a_problem_and_not_blank() {
    for (made, device) in [(512, SectorSize::S4096), (4096, SectorSize::S512)] {
        let reading = read_image(&Memory::new(usual(made).disk()).with_sector_size(device));
        assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Disagrees, CopyState::Disagrees));
        assert_eq!((reading.sector, reading.partitions.len()), (device, 0));
        assert!(has_problem(&reading, ProblemId::TableIgnored, &format!("made for sectors of {made} bytes")));
    }
}

#[test]
fn an_mbr_that_reaches_the_end_of_the_image_has_512_byte_sectors_and_a_small_one_is_assumed_to() {
    let with = |sectors| {
        let mut disk = vec![0; 1 << 20];
        disk[..512].copy_from_slice(&mbr(1, &[(0, 0x83, 64, sectors)]));
        read_bytes(disk)
    };
    assert_eq!(with(2048 - 64).problems, []);
    assert_eq!(problem_ids(&with(8)), [ProblemId::SectorSizeAssumed]);
    assert_eq!(with(8).sector, SectorSize::S512);
}

#[test]
fn the_extended_boot_record_gives_the_sector_size_of_an_mbr() {
    let mut disk = vec![0; 4 << 20];
    disk[..512].copy_from_slice(&mbr(1, &[(0, 0x05, 256, 100)]));
    disk[256 * 4096..256 * 4096 + 512].copy_from_slice(&mbr(0, &[(0, 0x83, 2, 50)]));
    let reading = read_bytes(disk);
    assert_eq!((reading.sector, problem_ids(&reading)), (SectorSize::S4096, vec![]));
    assert_eq!(places(&reading), [(1, 2048, 800), (5, 258 * 8, 400)]);
}

#[test]
fn a_stale_512_byte_header_beside_a_sound_4096_byte_table_is_reported_and_not_used() {
    let stale = usual(512).disk();
    for device in [None, Some(SectorSize::S4096)] {
        let mut disk = usual(4096).disk();
        disk[512..1024].copy_from_slice(&stale[512..1024]);
        let image = Memory::new(disk);
        let reading = match device {
            Some(size) => read_image(&image.with_sector_size(size)),
            None => read_image(&image),
        };
        assert_eq!((reading.sector, states(&reading).1), (SectorSize::S4096, CopyState::Ok));
        assert_eq!(places(&reading)[0], (1, 64 * 8, 36 * 8));
        assert!(has_problem(&reading, ProblemId::TableDisagrees, "byte 512: left from a table"));
    }
}

#[test]
fn a_truncated_disk_lists_the_partitions_that_its_table_still_describes() {
    for sector in [512, 4096] {
        let mut disk = usual(sector).disk();
        disk.truncate(200 * sector);
        let reading = read_bytes(disk);
        assert_eq!(states(&reading).1, CopyState::Damaged);
        assert_eq!(reading.partitions.len(), 3, "{sector}: {:?}", reading.problems);
        assert!(has_problem(&reading, ProblemId::PartitionBeyondDisk, "10"), "{:?}", reading.problems);
    }
}
