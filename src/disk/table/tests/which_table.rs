//! What decides between a GPT, an MBR and none.

use super::*;

fn with_sector_0(sector: &[u8; 512]) -> Reading {
    let mut disk = usual(512).disk();
    disk[..512].copy_from_slice(sector);
    read_bytes(disk)
}

#[test]
fn an_mbr_with_partitions_but_no_protective_entry_beats_a_gpt() {
    let reading = with_sector_0(&mbr(7, &[(0x80, 0x83, 64, 100)]));
    assert_eq!(states(&reading), (TableKind::Mbr, CopyState::Ok, CopyState::Missing));
    assert_eq!(places(&reading), [(1, 64, 100)]);
    assert!(has_problem(&reading, ProblemId::TableDisagrees, "GPT header at byte 512"));
    assert_eq!((reading.table.uuid, reading.boot.active_partition), (Some(Id::MbrDisk(7)), Some(1)));
}

#[test]
fn a_gpt_that_lost_only_its_sector_0_is_still_one_with_a_problem() {
    for sector in [[0; 512], mbr(7, &[])] {
        let reading = with_sector_0(&sector);
        assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Ok, CopyState::Ok));
        assert!(has_problem(&reading, ProblemId::TableIgnored, "ignore this GPT"));
        assert_eq!(reading.partitions.len(), 3);
    }
}

#[test]
fn a_backup_alone_without_an_mbr_is_a_leftover() {
    let mut disk = usual(512).disk();
    disk[..17408].fill(0);
    let reading = read_bytes(disk);
    assert_eq!(states(&reading), (TableKind::None, CopyState::Missing, CopyState::Missing));
    assert!(has_problem(&reading, ProblemId::TableDisagrees, "earlier use"), "{:?}", reading.problems);
}

#[test]
fn a_protective_entry_need_be_neither_first_nor_small_nor_at_sector_1() {
    for entries in [vec![(0, 0xee, 1, u32::MAX)], vec![(0, 0, 0, 0), (0, 0xee, 1, 0)]] {
        let reading = with_sector_0(&mbr(0, &entries));
        assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Ok, CopyState::Ok));
        assert_eq!((reading.table.hybrid, &reading.problems[..]), (false, &[][..]));
    }
    let reading = with_sector_0(&mbr(0, &[(0, 0x83, 64, 36), (0, 0xee, 2, 60)]));
    assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Ok, CopyState::Ok));
    assert!(reading.table.hybrid);
    assert!(has_problem(&reading, ProblemId::TableIgnored, "starts in sector 2"));
}

#[test]
fn a_protective_mbr_without_any_gpt_is_a_gpt_with_both_copies_damaged() {
    let mut disk = vec![0; 1 << 20];
    disk[..512].copy_from_slice(&mbr(0, &[(0, 0xee, 1, 2047)]));
    let reading = read_bytes(disk);
    assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Damaged, CopyState::Damaged));
    assert_eq!((problem_ids(&reading), reading.sector), (vec![ProblemId::TableDamaged; 2], SectorSize::S512));
}

#[test]
fn machine_code_and_an_active_protective_entry_are_boot_evidence() {
    let mut sector = mbr(0, &[(0x80, 0xee, 1, 8191)]);
    sector[..3].copy_from_slice(&[0xeb, 0x63, 0x90]);
    let boot = with_sector_0(&sector).boot;
    assert_eq!((boot.boot_code, boot.active_partition), (true, Some(1)));
}

#[test]
fn an_unreadable_sector_0_hides_no_gpt_and_is_never_a_blank_disk() {
    let image = Memory::new(usual(512).disk());
    let reading = read_image(&Faulty::new(&image, ByteRange::new(0, 512).unwrap()));
    assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Ok, CopyState::Ok));
    assert_eq!((reading.partitions.len(), problem_ids(&reading)), (3, vec![ProblemId::ReadError]));
    let blank = Memory::new(vec![0; 1 << 20]);
    let reading = read_image(&Faulty::new(&blank, ByteRange::new(0, 512).unwrap()));
    assert_eq!(states(&reading), (TableKind::None, CopyState::Damaged, CopyState::Missing));
    assert_eq!(problem_ids(&reading), [ProblemId::ReadError]);
}

#[test]
fn a_blank_or_tiny_image_has_no_table_and_no_problem() {
    for len in [0, 1, 511, 512, 513, 1024, 1 << 20] {
        let reading = read_bytes(vec![0; len]);
        assert_eq!((&reading.table, &reading.problems[..]), (&Table::NONE, &[][..]), "{len}");
    }
}
