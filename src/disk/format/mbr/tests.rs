use super::*;

use crate::built_tables::mbr;

const DISK: u64 = 8192 * 512;

/// Makes a boot sector of FAT of a sector: its jump, name and fields.
fn with_fat_fields(mut sector: [u8; 512]) -> [u8; 512] {
    sector[..11].copy_from_slice(b"\xeb\x3c\x90mkfs.fat");
    sector[11..17].copy_from_slice(&[0x00, 0x02, 0x04, 0x04, 0x00, 0x02]);
    sector[21] = 0xf8;
    sector
}

#[test]
fn the_four_entries_and_the_identifier_are_read() {
    let parsed =
        Mbr::parse(&mbr(0x1122_3344, &[(0x80, 0x83, 64, 100), (0, 0, 0, 0), (0, 0x0f, 200, 300)]), DISK).unwrap();
    assert_eq!((parsed.disk_id, parsed.boot_code), (0x1122_3344, false));
    let numbers: Vec<_> = parsed.partitions().map(|(n, e)| (n, e.kind, e.start, e.sectors)).collect();
    assert_eq!(numbers, [(1, 0x83, 64, 100), (3, 0x0f, 200, 300)]);
    assert!(parsed.entries[0].is_active() && parsed.entries[2].is_extended() && !parsed.entries[1].is_used());
}

#[test]
fn without_its_last_two_bytes_it_is_none() {
    let mut sector = mbr(1, &[(0, 0x83, 64, 100)]);
    sector[511] = 0;
    assert_eq!(Mbr::parse(&sector, DISK), None);
    assert_eq!(Mbr::parse(&mbr(1, &[])[..511], DISK), None);
}

#[test]
fn one_odd_boot_flag_does_not_fail_the_table() {
    let parsed = Mbr::parse(&mbr(1, &[(0x01, 0x83, 64, 100), (0x80, 0x83, 200, 100)]), DISK).unwrap();
    assert_eq!((parsed.partitions().count(), parsed.entries[0].is_active()), (2, false));
}

#[test]
fn text_where_the_entries_would_be_is_no_table() {
    let mut sector = [0; 512];
    sector[400..510].copy_from_slice(&b"Remove disks or other media. Press any key to restart. "[..].repeat(2));
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    assert_eq!(Mbr::parse(&sector, DISK), None);
}

#[test]
fn a_fat_boot_sector_is_no_table() {
    assert_eq!(Mbr::parse(&with_fat_fields(mbr(0, &[])), DISK), None);
    let with_code = with_fat_fields(mbr(0, &[(0x20, 0x65, 0x2064_6e61, 0x7972_7420)]));
    assert_eq!(Mbr::parse(&with_code, DISK), None);
    let with_whole_disk = with_fat_fields(mbr(0, &[(0x80, 0x0c, 0, 8192)]));
    assert_eq!(Mbr::parse(&with_whole_disk, DISK), None);
    for name in [b"NTFS    ", b"EXFAT   "] {
        let mut sector = mbr(0, &[]);
        sector[3..11].copy_from_slice(name);
        assert_eq!(Mbr::parse(&sector, DISK), None);
    }
}

#[test]
fn a_table_written_over_a_fat_boot_sector_is_a_table() {
    for entries in [vec![(0x80, 0x83, 64, 100)], vec![(0, 0xee, 1, u32::MAX)]] {
        let parsed = Mbr::parse(&with_fat_fields(mbr(5, &entries)), DISK).unwrap();
        assert!(parsed.boot_code);
        assert_eq!(parsed.partitions().count(), 1);
    }
}

#[test]
fn a_partition_from_sector_0_makes_no_table_but_a_protective_entry_from_there_does() {
    assert_eq!(Mbr::parse(&mbr(1, &[(0x80, 0x17, 0, 8192), (0, 0xef, 64, 100)]), DISK), None);
    assert!(Mbr::parse(&mbr(1, &[(0, 0xee, 0, 8192)]), DISK).is_some());
}

#[test]
fn an_empty_table_is_a_table_and_an_aix_volume_is_not() {
    let mut sector = mbr(5, &[]);
    assert_eq!(Mbr::parse(&sector, DISK).map(|m| (m.disk_id, m.has_partitions())), Some((5, false)));
    sector[..4].copy_from_slice(AIX);
    assert_eq!(Mbr::parse(&sector, DISK), None);
}

#[test]
fn zeros_and_one_byte_repeated_are_no_machine_code() {
    let code = |fill: &[u8]| {
        let mut sector = mbr(1, &[(0, 0x83, 64, 100)]);
        sector[..fill.len()].copy_from_slice(fill);
        Mbr::parse(&sector, DISK).unwrap().boot_code
    };
    assert!(code(&[0xeb, 0x63, 0x90]) && code(&[0xfa, 0xb8]) && code(&[0x33, 0xc0]));
    assert!(!code(&[]) && !code(&[0xff; 440]) && !code(&[0, 0, 0, 7]));
}

#[test]
fn the_link_of_an_extended_boot_record_is_its_first_extended_entry() {
    let record = Ebr::parse(&mbr(0, &[(0, 0x83, 1, 8), (0, 0x05, 100, 9)])).unwrap();
    assert_eq!(record.next().map(|e| (e.start, e.sectors)), Some((100, 9)));
    assert_eq!(Ebr::parse(&mbr(0, &[(0, 0x83, 1, 8), (0, 0x05, 100, 0)])).unwrap().next(), None);
    assert_eq!(Ebr::parse(&[0; 512]), None);
}

#[test]
fn no_length_of_input_panics() {
    let sector = with_fat_fields(mbr(1, &[(0, 0x83, 64, 100)]));
    for len in 0..512 {
        assert_eq!(Mbr::parse(&sector[..len], DISK), None);
    }
}
