//! The table that is made for a blank disk is the one that the tools make and accept, and while it is written they see
//! none.

use super::partitioning::{Disk, Row, attach, attempt, run, same_as_sfdisk, sfdisk};
use super::states;
use crate::support::blkid::probe;
use okv_host::base::units::{GIB, MIB, SectorSize, TIB};
use okv_host::disk::new_table::{Begun, Identifiers, NewTable, one_lvm_partition};
use okv_host::disk::{CopyState, TableKind};
use okv_host::io::image;

const LVM: &str = "e6d6d379-f507-44c2-a23c-238f2a3df928";

/// Disks of every kind of table, their sectors, and whether they have a GPT.
const DISKS: [(u64, SectorSize, bool); 9] = [
    (GIB, SectorSize::S512, false),
    (60 * GIB, SectorSize::S512, false),
    (2 * TIB, SectorSize::S512, false),
    (2 * TIB + 512, SectorSize::S512, true),
    (3 * TIB, SectorSize::S512, true),
    (60 * GIB, SectorSize::S4096, false),
    (2 * TIB, SectorSize::S4096, false),
    (2 * TIB + 4096, SectorSize::S4096, true),
    (3 * TIB, SectorSize::S4096, true),
];

fn table(bytes: u64, sector: SectorSize) -> NewTable {
    one_lvm_partition(bytes, sector, &Identifiers::of("a disk")).unwrap()
}

/// A sparse file with the first `sectors` sectors of the table.
fn written(bytes: u64, table: &NewTable, sectors: usize) -> Disk {
    let disk = Disk::new(0);
    disk.resize(bytes);
    table.sectors[..sectors].iter().for_each(|s| disk.write(s.at, &s.bytes));
    disk
}

#[test]
fn sfdisk_reads_one_lvm_partition_with_the_identifiers_that_were_given() {
    for (bytes, sector, gpt) in DISKS {
        let table = table(bytes, sector);
        let disk = written(bytes, &table, table.sectors.len());
        let device = attach(&disk.path(), sector.bytes());
        let (label, _, rows) = sfdisk(device.device().to_str().unwrap());
        assert_eq!(label, if gpt { "gpt" } else { "dos" });
        let [row] = &rows[..] else { panic!("{rows:?}") };
        let (start, len) = (table.partition.start() / sector.bytes(), table.partition.len() / sector.bytes());
        let kind = if gpt { LVM } else { "8e" }.to_owned();
        let expected = Row { number: 1, start, size: len, kind, uuid: row.uuid.clone(), name: None, active: false };
        assert_eq!(*row, expected, "{bytes} bytes");
        same_as_sfdisk(device.device().to_str().unwrap(), &super::partitioning::scan(device.device()));
        let image = image::open(device.device()).unwrap();
        assert_eq!(table.begun_on(image.as_ref()).unwrap(), Begun::Whole);
    }
}

#[test]
fn sfdisk_and_sgdisk_find_nothing_to_complain_of() {
    for (bytes, sector, gpt) in DISKS {
        let table = table(bytes, sector);
        let disk = written(bytes, &table, table.sectors.len());
        let device = attach(&disk.path(), sector.bytes());
        let path = device.device().to_str().unwrap();
        let verified = attempt("sfdisk", &["--verify", path], "");
        assert!(verified.code == 0 && !verified.stderr.contains("rror"), "{bytes} bytes: {verified:?}");
        if gpt {
            let verified = run("sgdisk", &["--verify", path], "");
            assert!(verified.contains("No problems found"), "{bytes} bytes: {verified}");
            assert!(!verified.contains("aution"), "{bytes} bytes: {verified}");
        }
    }
}

#[test]
fn the_partition_is_the_one_that_sfdisk_makes_by_default() {
    for (bytes, sector, gpt) in DISKS {
        let table = table(bytes, sector);
        let disk = written(bytes, &table, 0);
        let script = if gpt { "label: gpt\ntype=L\n" } else { "label: dos\ntype=8e\n" };
        disk.sfdisk(sector.bytes(), script);
        let device = attach(&disk.path(), sector.bytes());
        let (_, _, rows) = sfdisk(device.device().to_str().unwrap());
        let theirs = (rows[0].start * sector.bytes(), rows[0].size * sector.bytes());
        assert_eq!(theirs, (table.partition.start(), table.partition.len()), "{bytes} bytes");
    }
}

#[test]
fn while_a_gpt_is_written_sfdisk_and_blkid_see_no_table_until_the_last_sector() {
    for (bytes, sector, _) in DISKS.into_iter().filter(|(_, _, gpt)| *gpt) {
        let table = table(bytes, sector);
        for sectors in 0..=table.sectors.len() {
            let disk = written(bytes, &table, sectors);
            let device = attach(&disk.path(), sector.bytes());
            let path = device.device().to_str().unwrap();
            let label = probe(device.device(), &[]).unwrap().get("PTTYPE").map(str::to_owned);
            let listed = attempt("sfdisk", &["--json", path], "");
            let reading = super::partitioning::scan(device.device());
            let begun = table.begun_on(image::open(device.device()).unwrap().as_ref()).unwrap();
            if sectors == table.sectors.len() {
                assert_eq!((label.as_deref(), listed.code), (Some("gpt"), 0));
                assert_eq!(states(&reading), (TableKind::Gpt, CopyState::Ok, CopyState::Ok));
                assert_eq!(begun, Begun::Whole);
            } else {
                assert_eq!(label, None, "after {sectors} sectors");
                assert_ne!(listed.code, 0, "after {sectors} sectors: {}", listed.stdout);
                assert_eq!(begun, if sectors == 0 { Begun::Blank } else { Begun::Partly });
            }
        }
    }
}

#[test]
fn a_disk_that_sfdisk_partitioned_alike_is_not_taken_for_ours() {
    for (bytes, sector, gpt) in DISKS {
        let table = table(bytes, sector);
        let disk = written(bytes, &table, 0);
        disk.sfdisk(sector.bytes(), if gpt { "label: gpt\ntype=L\n" } else { "label: dos\ntype=8e\n" });
        let begun = table.begun_on(image::open(&disk.path()).unwrap().as_ref()).unwrap();
        assert!(matches!(begun, Begun::Foreign { at } if at < MIB), "{begun:?}");
    }
}
