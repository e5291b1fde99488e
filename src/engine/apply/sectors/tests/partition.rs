//! The kernel's partitions of a disk: added, forgotten, refused.

use super::*;

#[test]
fn a_table_is_written_and_its_partition_is_added_to_the_kernel_and_removed_again() {
    for (bytes, size) in DISKS {
        let disk = Disk::new(bytes, size);
        let held = disk.held();
        assert_eq!((held.bytes(), held.sector_size().bytes()), (bytes, u64::from(size)));
        assert_eq!(disk.table.begun_on(&held).unwrap(), Begun::Blank);
        held.write(&disk.table.sectors).unwrap();
        assert_eq!(disk.table.begun_on(&held).unwrap(), Begun::Whole);
        drop(held);
        // As the file shows it that is the medium of this disk.
        let medium = image::open(&disk.folder.path().join("disk")).unwrap();
        assert_eq!(disk.table.begun_on(medium.as_ref()).unwrap(), Begun::Whole);

        assert!(!disk.is_present());
        disk.add().unwrap();
        assert!(disk.is_present());
        let partition = image::open(&disk.device.partition(1)).unwrap();
        assert_eq!(partition.bytes(), disk.table.partition.len());
        drop(partition);
        disk.add().unwrap();

        disk.forget().unwrap();
        assert!(!disk.is_present());
        disk.forget().unwrap();
    }
}

#[test]
fn a_partition_can_be_added_while_the_disk_is_held() {
    let disk = Disk::new(64 * MIB, 512);
    let held = disk.held();
    held.write(&disk.table.sectors).unwrap();
    disk.add().unwrap();
    disk.forget().unwrap();
    assert!(!disk.is_present());
}

#[test]
fn a_partition_that_another_program_added_first_is_accepted() {
    let disk = Disk::new(64 * MIB, 512);
    disk.held().write(&disk.table.sectors).unwrap();
    disk.device.add_partitions().unwrap();
    assert!(disk.is_present());
    disk.add().unwrap();
}

#[test]
fn another_partition_of_that_number_is_neither_accepted_nor_removed() {
    let disk = Disk::new(64 * MIB, 512);
    let other = ByteRange::new(2 * MIB, MIB).unwrap();
    add_partition(ROOT.as_ref(), disk.name(), 1, other).unwrap();
    assert!(!disk.is_present());
    for refused in [disk.add(), disk.forget()] {
        let why = refused.unwrap_err();
        assert!(why.contains("1048576 bytes from byte 2097152"), "{why}");
    }
    assert!(kernel_shows(ROOT.as_ref(), disk.name(), 1, other).unwrap());
}

#[test]
fn a_partition_that_overlaps_another_is_refused_with_its_name() {
    let disk = Disk::new(64 * MIB, 512);
    add_partition(ROOT.as_ref(), disk.name(), 2, ByteRange::new(2 * MIB, MIB).unwrap()).unwrap();
    let why = disk.add().unwrap_err();
    assert!(why.contains(&format!("{}p1", disk.name())) && why.contains("busy"), "{why}");
}

#[test]
fn a_partition_beyond_the_disk_is_refused() {
    let disk = Disk::new(64 * MIB, 512);
    let beyond = ByteRange::new(MIB, 64 * MIB).unwrap();
    assert!(add_partition(ROOT.as_ref(), disk.name(), 1, beyond).is_err());
    assert!(!kernel_shows(ROOT.as_ref(), disk.name(), 1, beyond).unwrap());
}

/// A folder that stands for a host, with a disk `disk` of which the kernel shows these partitions: name, start, size.
fn host(disk: &str, partitions: &[(&str, &str, &str)]) -> tempfile::TempDir {
    let base = tempfile::tempdir().unwrap();
    let sysfs = base.path().join("sys/class/block").join(disk);
    fs::create_dir_all(&sysfs).unwrap();
    fs::create_dir_all(base.path().join("dev")).unwrap();
    for (name, start, size) in partitions {
        fs::create_dir_all(sysfs.join(name).join("holders")).unwrap();
        fs::write(sysfs.join(name).join("start"), start).unwrap();
        fs::write(sysfs.join(name).join("size"), size).unwrap();
        fs::write(base.path().join("dev").join(name), "").unwrap();
    }
    base
}

#[test]
fn sysfs_counts_in_512_bytes_and_sets_the_number_apart_behind_a_digit() {
    let range = ByteRange::new(MIB, 3 * MIB).unwrap();
    for (disk, partition) in [("sdb", "sdb1"), ("nvme0n1", "nvme0n1p1"), ("loop7", "loop7p1"), ("vdb", "vdb1")] {
        let base = host(disk, &[(partition, "2048\n", "6144\n")]);
        assert!(kernel_shows(base.path(), disk, 1, range).unwrap());
        assert!(!kernel_shows(base.path(), disk, 2, range).unwrap());
        assert!(!kernel_shows(base.path(), disk, 1, ByteRange::new(MIB, 2 * MIB).unwrap()).unwrap());
        add_partition(base.path(), disk, 1, range).unwrap();
    }
}

#[test]
fn a_kernel_that_cannot_be_asked_is_an_error_and_not_an_absent_partition() {
    let range = ByteRange::new(MIB, 3 * MIB).unwrap();
    let base = host("sdb", &[("sdb1", "many\n", "6144\n"), ("sdb2", "2048\n", "18446744073709551615\n")]);
    for (disk, number) in [("sdb", 1), ("sdb", 2), ("sdc", 1), ("", 1), ("..", 1), ("../sdb", 1)] {
        assert!(kernel_shows(base.path(), disk, number, range).is_err(), "{disk} {number}");
        assert!(add_partition(base.path(), disk, number, range).is_err(), "{disk} {number}");
        assert!(forget_partition(base.path(), disk, number, range).is_err(), "{disk} {number}");
    }
}

#[test]
fn a_partition_with_a_holder_is_not_forgotten_and_the_holder_is_named() {
    let range = ByteRange::new(MIB, 3 * MIB).unwrap();
    let base = host("sdb", &[("sdb1", "2048\n", "6144\n")]);
    fs::create_dir(base.path().join("sys/class/block/sdb/sdb1/holders/dm-3")).unwrap();
    let why = forget_partition(base.path(), "sdb", 1, range).unwrap_err();
    assert!(why.contains("sdb1") && why.contains("dm-3"), "{why}");
}
