mod begun;

use super::*;
use crate::base::units::GIB;
use crate::disk::{CopyState, ProblemId, Source, TableKind, scan, smallest_disk};
use copy::SparseCopy;

const S512: SectorSize = SectorSize::S512;
const S4096: SectorSize = SectorSize::S4096;

fn table(bytes: u64, sector: SectorSize) -> NewTable {
    one_lvm_partition(bytes, sector, &Identifiers::of("a disk")).unwrap()
}

fn disk(bytes: u64, sector: SectorSize, sectors: &[NewSector]) -> SparseCopy {
    let mut disk = SparseCopy::blank(bytes, sector);
    sectors.iter().for_each(|s| disk.put(s.at, &s.bytes).unwrap());
    disk
}

/// A disk of either kind of table and sector.
fn each_kind() -> [(u64, SectorSize); 4] {
    [(60 * GIB, S512), (60 * GIB, S4096), (3 * TIB, S512), (3 * TIB, S4096)]
}

#[test]
fn up_to_two_tebibytes_it_is_an_mbr_and_one_sector_more_makes_it_a_gpt() {
    for sector in [S512, S4096] {
        assert_eq!(table(2 * TIB, sector).kind, TableKind::Mbr);
        assert_eq!(table(2 * TIB + sector.bytes(), sector).kind, TableKind::Gpt);
    }
}

#[test]
fn the_partition_of_an_mbr_reaches_the_last_sector_and_that_of_a_gpt_leaves_the_last_mebibyte() {
    for sector in [S512, S4096] {
        let range = |bytes| table(bytes, sector).partition;
        assert_eq!(range(60 * GIB + 4096), ByteRange::new(MIB, 60 * GIB + 4096 - MIB).unwrap());
        assert_eq!(range(2 * TIB), ByteRange::new(MIB, 2 * TIB - MIB).unwrap());
        assert_eq!(range(3 * TIB), ByteRange::new(MIB, 3 * TIB - 2 * MIB).unwrap());
        assert_eq!(range(2 * TIB + sector.bytes()), ByteRange::new(MIB, 2 * TIB - 2 * MIB).unwrap());
    }
}

#[test]
fn the_partition_has_room_for_the_extents_that_the_smallest_disk_was_computed_for() {
    for extents in [1, 1920, 2048, 65_535, 65_536, 70_000] {
        for sector in [S512, S4096] {
            let bytes = smallest_disk(extents, 32 * MIB, sector).unwrap().0;
            // The physical volume keeps 1 MiB.
            assert_eq!((table(bytes, sector).partition.len() - MIB) / (32 * MIB), extents, "{bytes}");
        }
    }
}

#[test]
fn a_part_of_a_sector_at_the_end_of_an_image_is_left_alone() {
    let odd = one_lvm_partition(60 * GIB + 100, S512, &Identifiers::of("a disk")).unwrap();
    assert_eq!(odd, table(60 * GIB, S512));
    assert_eq!(odd.begun_on(&SparseCopy::blank(60 * GIB + 100, S512)).unwrap(), Begun::Blank);
}

#[test]
fn absurd_sizes_are_refused_and_never_panic() {
    let ids = Identifiers::of("a disk");
    for sector in [S512, S4096] {
        for bytes in [0, 1, 511, 512, 4096, MIB, MIB + sector.bytes() - 1] {
            assert_eq!(one_lvm_partition(bytes, sector, &ids), Err(NewTableError::TooSmall(Bytes(bytes))));
        }
        for bytes in [u64::MAX, u64::MAX - 511, 1 << 63] {
            assert_eq!(one_lvm_partition(bytes, sector, &ids), Err(NewTableError::TooLarge(Bytes(bytes))));
        }
        for bytes in [MIB + sector.bytes(), 2 * MIB, (1 << 63) - 1] {
            table(bytes, sector).rehearse(bytes, sector).unwrap();
        }
    }
    let odd = SectorSize::new(2048).unwrap();
    assert_eq!(one_lvm_partition(GIB, odd, &ids), Err(NewTableError::SectorSize(odd)));
}

#[test]
fn a_table_of_every_order_of_size_passes_its_rehearsal() {
    let steps = [0, 1, 511, 512, 4096, MIB - 1, MIB, MIB + 512];
    for (power, step) in (20..63).flat_map(|power| steps.map(|step| (power, step))) {
        for bytes in [(1_u64 << power) + step, (1_u64 << power).saturating_sub(step)] {
            for sector in [S512, S4096] {
                match one_lvm_partition(bytes, sector, &Identifiers::of("a disk")) {
                    Ok(table) => table.rehearse(bytes, sector).unwrap(),
                    Err(why) => assert!(bytes < MIB + sector.bytes(), "{bytes}: {why}"),
                }
            }
        }
    }
}

#[test]
fn every_sector_is_one_logical_block_outside_the_partition_and_not_zero() {
    for (bytes, sector) in each_kind() {
        let table = table(bytes, sector);
        assert_eq!(table.sectors.len(), if table.kind == TableKind::Gpt { 5 } else { 1 });
        for new in &table.sectors {
            assert_eq!(new.bytes.len() as u64, sector.bytes());
            assert_eq!(new.at % sector.bytes(), 0);
            assert!(new.at + sector.bytes() <= MIB || new.at >= table.partition.end());
            assert!(new.bytes.iter().any(|b| *b != 0));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    for (bytes, sector) in each_kind() {
        assert_eq!(table(bytes, sector), table(bytes, sector));
        assert_ne!(table(bytes, sector), one_lvm_partition(bytes, sector, &Identifiers::of("another")).unwrap());
    }
}

#[test]
fn the_identifiers_are_those_that_were_given() {
    let ids = Identifiers { disk: std::array::from_fn(|i| i as u8 + 1), partition: [0x5a; 16] };
    for (bytes, id) in [(GIB, "0x04030201"), (3 * TIB, "01020304-0506-0708-090a-0b0c0d0e0f10")] {
        let sectors = one_lvm_partition(bytes, S512, &ids).unwrap().sectors;
        let found = &scan(&[Source::new("disk", Ok(Box::new(disk(bytes, S512, &sectors))))])[0];
        assert_eq!(found.table.uuid.unwrap().to_string(), id);
        let partition = found.partitions[0].uuid.map(|id| id.to_string());
        assert_eq!(partition.as_deref(), (bytes > 2 * TIB).then_some("5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a5a"));
    }
}

#[test]
fn a_rehearsal_passes_for_what_was_made_and_for_no_flipped_bit_of_it() {
    for (bytes, sector) in each_kind() {
        let table = table(bytes, sector);
        table.rehearse(bytes, sector).unwrap();
        let fields = if table.kind == TableKind::Gpt { 0..128 } else { 450..512 };
        for (i, new) in table.sectors.iter().enumerate() {
            // Of the protective MBR, and of the addresses by cylinder, nobody reads all.
            if table.kind == TableKind::Gpt && new.at == 0 {
                continue;
            }
            let header = new.bytes.starts_with(b"EFI PART");
            for at in fields.clone().filter(|at| !header || *at < 92).filter(|at| !(451..454).contains(at)) {
                let mut damaged = table.clone();
                damaged.sectors[i].bytes[at] ^= 0x55;
                let silent = damaged.rehearse(bytes, sector).is_ok();
                // An unused entry of the MBR may hold anything but a type.
                assert!(!silent || table.kind == TableKind::Mbr && at > 462, "byte {at} of sector at {}", new.at);
            }
        }
    }
}

#[test]
fn a_rehearsal_for_another_size_or_another_range_fails() {
    for (bytes, sector) in each_kind() {
        let made = table(bytes, sector);
        assert!(made.rehearse(bytes - sector.bytes(), sector).is_err());
        let other = if sector == S512 { S4096 } else { S512 };
        assert!(made.rehearse(bytes, other).is_err());
        let partition = ByteRange::new(MIB, made.partition.len() - sector.bytes()).unwrap();
        assert!(NewTable { partition, ..made.clone() }.rehearse(bytes, sector).is_err());
        for n in 0..made.sectors.len() {
            let cut = NewTable { sectors: made.sectors[..n].to_vec(), ..made.clone() };
            assert!(cut.rehearse(bytes, sector).is_err(), "with {n} sectors");
        }
    }
}

#[test]
fn every_prefix_of_the_writes_is_no_table_to_linux_and_the_last_write_makes_the_whole() {
    for (bytes, sector) in each_kind().into_iter().filter(|(bytes, _)| *bytes > 2 * TIB) {
        let table = table(bytes, sector);
        for written in 0..=5 {
            let disk = disk(bytes, sector, &table.sectors[..written]);
            let found = &scan(&[Source::new("disk", Ok(Box::new(disk)))])[0];
            let problems: Vec<ProblemId> = found.problems.iter().map(|p| p.id).collect();
            match written {
                0 | 1 => assert!(found.table.kind == TableKind::None && problems.is_empty(), "{problems:?}"),
                2 | 3 => {
                    assert_eq!((found.table.kind, &problems[..]), (TableKind::None, &[ProblemId::TableDisagrees][..]));
                }
                4 => assert_eq!((found.table.kind, &problems[..]), (TableKind::Gpt, &[ProblemId::TableIgnored][..])),
                _ => {
                    assert_eq!((found.table.primary, found.table.backup), (CopyState::Ok, CopyState::Ok));
                    assert!(problems.is_empty(), "{problems:?}");
                }
            }
        }
    }
}
