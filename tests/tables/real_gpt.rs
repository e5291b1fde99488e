//! GPTs made by the tools.

use super::partitioning::{Disk, attempt, same_as_sfdisk};
use super::{CopyState, ProblemId, TableKind, problem_ids, states};
use CopyState::{Damaged, Disagrees, Ok};
use TableKind::Gpt;

const THREE: &str = "label: gpt\nfirst-lba: 64\n\
    1: start=2048, size=512, type=U, name=\"EFI System\", attrs=\"RequiredPartition LegacyBIOSBootable GUID:60\"\n\
    3: size=256, type=21686148-6449-6E6F-744E-656564454649\n\
    7: size=1024, type=L, name=\"Größe 😀\"\n";

/// A 64 MiB disk with partitions 1, 3 and 7.
fn three(sector: u64) -> Disk {
    let disk = Disk::new(64);
    disk.sfdisk(sector, THREE);
    disk
}

#[test]
fn sfdisk_with_gaps_in_the_numbers_in_either_sector_size() {
    for sector in [512, 4096] {
        let disk = three(sector);
        let reading = disk.scan();
        assert_eq!((reading.sector.bytes(), states(&reading), problem_ids(&reading)), (sector, (Gpt, Ok, Ok), vec![]));
        same_as_sfdisk(&disk.name(), &reading);
        assert_eq!(
            (reading.boot.esp, reading.boot.bios_boot_partition, reading.boot.boot_code),
            (Some(1), Some(3), false)
        );
        let flags = serde_json::to_value(&reading.partitions[0].flags).unwrap();
        assert_eq!(flags, serde_json::json!(["required", "legacy-bootable", "bit-60"]));
    }
}

#[test]
fn sgdisk_and_parted_tables() {
    let disk = Disk::new(64);
    disk.tool("sgdisk", &["-n1:2048:+4M", "-c1:boot", "-n5:20480:+4M", "-t5:8e00", "-A5:set:2"], "");
    assert_eq!(states(&disk.scan()), (Gpt, Ok, Ok));
    same_as_sfdisk(&disk.name(), &disk.scan());
    let disk = Disk::new(64);
    let name = disk.name();
    super::partitioning::run("parted", &["-s", &name, "mklabel", "gpt", "mkpart", "root", "1MiB", "9MiB"], "");
    super::partitioning::run("parted", &["-s", &name, "disk_set", "pmbr_boot", "on"], "");
    let reading = disk.scan();
    assert_eq!((states(&reading), reading.boot.active_partition), ((Gpt, Ok, Ok), Some(1)));
    same_as_sfdisk(&name, &reading);
}

#[test]
fn an_array_with_128_used_entries_and_one_with_a_thousand() {
    let disk = Disk::new(256);
    let table: String = (0..128).map(|_| "size=1M\n").collect();
    disk.tool("sfdisk", &["--quiet"], &format!("label: gpt\n{table}"));
    let reading = disk.scan();
    assert_eq!((states(&reading), reading.partitions.len()), ((Gpt, Ok, Ok), 128));
    same_as_sfdisk(&disk.name(), &reading);
    let disk = Disk::new(256);
    disk.tool("sgdisk", &["-S", "1000", "-n1:2048:+4M", "-n900:20480:+4M"], "");
    let reading = disk.scan();
    assert_eq!((states(&reading), problem_ids(&reading)), ((Gpt, Ok, Ok), vec![]));
    same_as_sfdisk(&disk.name(), &reading);
    assert_eq!(reading.partitions[1].number, 900);
}

#[test]
fn hybrids_by_sgdisk_with_the_protective_entry_first_and_last() {
    for hybrid in ["1:2", "1:2:EE"] {
        let disk = Disk::new(64);
        disk.tool("sgdisk", &["-n1:2048:+4M", "-n2:20480:+4M", "-n3:40960:+4M"], "");
        disk.tool("sgdisk", &["--hybrid", hybrid], "");
        let reading = disk.scan();
        assert_eq!(
            (states(&reading), problem_ids(&reading), reading.table.hybrid),
            ((Gpt, Ok, Ok), vec![], true),
            "{hybrid}"
        );
        assert_eq!(reading.partitions.len(), 3);
        same_as_sfdisk(&disk.name(), &reading);
    }
}

#[test]
fn a_disk_over_2_tib_has_a_protective_entry_of_the_largest_size() {
    let disk = Disk::new(3 << 20);
    disk.tool("sfdisk", &["--quiet"], "label: gpt\nsize=1G\nsize=2500G\n");
    let reading = disk.scan();
    assert_eq!((states(&reading), problem_ids(&reading)), ((Gpt, Ok, Ok), vec![]));
    same_as_sfdisk(&disk.name(), &reading);
}

#[test]
fn one_damaged_part_leaves_the_partitions_that_sfdisk_sees() {
    let last = (64 << 20) - 512;
    let cases = [
        ("primary header", 512 + 40, (Gpt, Damaged, Ok)),
        ("primary array", 1024 + 33, (Gpt, Damaged, Ok)),
        ("backup header", last + 40, (Gpt, Ok, Damaged)),
        ("backup array", last - 16384 + 33, (Gpt, Ok, Damaged)),
    ];
    for (what, at, expected) in cases {
        let disk = three(512);
        let sound = disk.scan();
        disk.flip(at, 0x10);
        let reading = disk.scan();
        assert_eq!((states(&reading), &reading.partitions), (expected, &sound.partitions), "{what}");
        same_as_sfdisk(&disk.name(), &reading);
    }
}

#[test]
fn a_grown_disk_reads_as_before_and_is_reported_as_grown() {
    let disk = three(512);
    disk.resize(96 << 20);
    let reading = disk.scan();
    assert_eq!((states(&reading), problem_ids(&reading)), ((Gpt, Ok, Disagrees), vec![ProblemId::TableDisagrees]));
    same_as_sfdisk(&disk.name(), &reading);
}

#[test]
fn a_shrunk_disk_has_no_table_for_sfdisk_and_a_damaged_one_whose_partitions_are_listed_for_us() {
    let disk = three(512);
    disk.resize(48 << 20);
    let reading = disk.scan();
    assert_eq!((states(&reading), reading.partitions.len()), ((Gpt, Damaged, Damaged), 3));
    let theirs = attempt("sfdisk", &["--json", &disk.name()], "");
    assert!(!theirs.stdout.contains("\"label\": \"gpt\""), "{}", theirs.stdout);
}

#[test]
fn zapped_tables_are_none_or_leftovers() {
    let disk = three(512);
    disk.tool("sgdisk", &["--zap-all"], "");
    assert_eq!(states(&disk.scan()), (TableKind::None, CopyState::Missing, CopyState::Missing));
    let disk = three(512);
    disk.write(0, &[0; 20_000]);
    let reading = disk.scan();
    assert_eq!((reading.table.kind, problem_ids(&reading)), (TableKind::None, vec![ProblemId::TableDisagrees]));
}
