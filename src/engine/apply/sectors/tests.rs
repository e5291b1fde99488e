//! On files, and on loop devices: those need root, and fail without. None is skipped.

use std::fs;

use super::*;
use crate::base::units::{ByteRange, MIB, TIB};
use crate::disk::new_table::{Begun, Identifiers, NewTable, one_lvm_partition};
use crate::io::image;
use crate::loopdev::Loop;
use crate::tools::Tool;

const DISKS: [(u64, u32); 4] = [(64 * MIB, 512), (64 * MIB, 4096), (3 * TIB, 512), (3 * TIB, 4096)];
const ROOT: &str = "/";

/// A loop device over a sparse file.
struct Disk {
    device: Loop,
    table: NewTable,
    folder: tempfile::TempDir,
}

impl Disk {
    fn new(bytes: u64, sector: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = sparse(folder.path(), bytes);
        let device = Loop::attach(&file, sector).unwrap();
        let table = one_lvm_partition(bytes, SectorSize::new(sector).unwrap(), &Identifiers::of("a disk")).unwrap();
        Self { device, table, folder }
    }

    fn path(&self) -> &Path {
        self.device.device()
    }

    /// Its name in sysfs.
    fn name(&self) -> &str {
        self.path().file_name().unwrap().to_str().unwrap()
    }

    /// Holds it. What held it before may do so for a moment still: a child that another test is just starting shares every descriptor
    /// until it has become its program.
    fn held(&self) -> HeldDisk {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match HeldDisk::open(self.path()) {
                Ok(held) => return held,
                Err(why) if Instant::now() > deadline => panic!("{why}"),
                Err(_) => thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    fn tell(&self) -> Result<(), String> {
        add_partition(ROOT.as_ref(), self.name(), 1, self.table.partition)
    }

    fn forget(&self) -> Result<(), String> {
        forget_partition(ROOT.as_ref(), self.name(), 1, self.table.partition)
    }

    fn is_shown(&self) -> bool {
        kernel_shows(ROOT.as_ref(), self.name(), 1, self.table.partition).unwrap()
    }
}

fn sparse(folder: &Path, bytes: u64) -> std::path::PathBuf {
    let path = folder.join("disk");
    File::create_new(&path).and_then(|file| file.set_len(bytes)).unwrap();
    path
}

fn sector(at: u64, len: usize) -> NewSector {
    NewSector { at, bytes: vec![7; len] }
}

#[test]
fn a_table_is_written_told_to_the_kernel_and_forgotten_again() {
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

        assert!(!disk.is_shown());
        disk.tell().unwrap();
        assert!(disk.is_shown());
        let partition = image::open(&disk.device.partition(1)).unwrap();
        assert_eq!(partition.bytes(), disk.table.partition.len());
        drop(partition);
        disk.tell().unwrap();

        disk.forget().unwrap();
        assert!(!disk.is_shown());
        disk.forget().unwrap();
    }
}

#[test]
fn the_kernel_can_be_told_while_the_disk_is_held() {
    let disk = Disk::new(64 * MIB, 512);
    let held = disk.held();
    held.write(&disk.table.sectors).unwrap();
    disk.tell().unwrap();
    disk.forget().unwrap();
    assert!(!disk.is_shown());
}

#[test]
fn a_partition_that_somebody_else_told_of_first_is_as_good() {
    let disk = Disk::new(64 * MIB, 512);
    disk.held().write(&disk.table.sectors).unwrap();
    disk.device.add_partitions().unwrap();
    assert!(disk.is_shown());
    disk.tell().unwrap();
}

#[test]
fn another_partition_of_that_number_is_neither_taken_nor_forgotten() {
    let disk = Disk::new(64 * MIB, 512);
    let other = ByteRange::new(2 * MIB, MIB).unwrap();
    add_partition(ROOT.as_ref(), disk.name(), 1, other).unwrap();
    assert!(!disk.is_shown());
    for refused in [disk.tell(), disk.forget()] {
        let why = refused.unwrap_err();
        assert!(why.contains("1048576 bytes from byte 2097152"), "{why}");
    }
    assert!(kernel_shows(ROOT.as_ref(), disk.name(), 1, other).unwrap());
}

#[test]
fn a_partition_that_overlaps_another_is_refused_with_its_name() {
    let disk = Disk::new(64 * MIB, 512);
    add_partition(ROOT.as_ref(), disk.name(), 2, ByteRange::new(2 * MIB, MIB).unwrap()).unwrap();
    let why = disk.tell().unwrap_err();
    assert!(why.contains(&format!("{}p1", disk.name())) && why.contains("busy"), "{why}");
}

#[test]
fn a_partition_beyond_the_disk_is_refused() {
    let disk = Disk::new(64 * MIB, 512);
    let beyond = ByteRange::new(MIB, 64 * MIB).unwrap();
    assert!(add_partition(ROOT.as_ref(), disk.name(), 1, beyond).is_err());
    assert!(!kernel_shows(ROOT.as_ref(), disk.name(), 1, beyond).unwrap());
}

#[test]
fn a_disk_whose_partition_is_claimed_can_be_neither_held_nor_lose_it() {
    let disk = Disk::new(64 * MIB, 512);
    disk.tell().unwrap();
    // As a mount, a physical volume in use or a swap area claims it.
    let claimed = claim(&disk.device.partition(1)).unwrap();
    let why = HeldDisk::open(disk.path()).unwrap_err();
    assert!(why.contains("in use") && why.contains(disk.name()), "{why}");
    let why = disk.forget().unwrap_err();
    assert!(why.contains(&format!("{}p1", disk.name())), "{why}");
    assert!(disk.is_shown());
    disk.tell().unwrap();
    drop(claimed);
    disk.held();
    disk.forget().unwrap();
}

/// A mount that goes away.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new(device: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Tool::new("mount").arg(device).arg(folder.path()).run().unwrap();
        Self(folder)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Tool::new("umount").arg(self.0.path()).outcome();
    }
}

#[test]
fn a_disk_that_is_mounted_or_has_a_partition_that_is_cannot_be_held() {
    for whole in [true, false] {
        let disk = Disk::new(64 * MIB, 512);
        if !whole {
            disk.tell().unwrap();
        }
        let device = if whole { disk.path().to_path_buf() } else { disk.device.partition(1) };
        Tool::line("mke2fs -q -F -t ext4 {}", &device).run().unwrap();
        let mounted = Mounted::new(&device);
        let why = HeldDisk::open(disk.path()).unwrap_err();
        assert!(why.contains("mounted"), "{why}");
        if !whole {
            disk.forget().unwrap_err();
        }
        drop(mounted);
        disk.held();
    }
}

#[test]
fn a_disk_that_is_held_cannot_be_held_twice() {
    let disk = Disk::new(64 * MIB, 512);
    let held = disk.held();
    assert!(HeldDisk::open(disk.path()).unwrap_err().contains("in use"));
    drop(held);
    disk.held();
}

#[test]
fn a_disk_that_another_program_has_locked_is_waited_for_and_then_refused() {
    let disk = Disk::new(64 * MIB, 512);
    let udev = File::open(disk.path()).unwrap();
    udev.lock_shared().unwrap();
    let why = HeldDisk::open_within(disk.path(), Duration::from_millis(200)).unwrap_err();
    assert!(why.contains("locked"), "{why}");
    let letting_go = thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        drop(udev);
    });
    let held = disk.held();
    letting_go.join().unwrap();
    let other = File::open(disk.path()).unwrap();
    assert!(matches!(other.try_lock_shared(), Err(TryLockError::WouldBlock)));
    drop(held);
    lock(&other, "the disk", Duration::from_secs(10)).unwrap();
}

#[test]
fn a_device_that_can_only_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let device = Loop::read_only(&sparse(folder.path(), MIB)).unwrap();
    assert!(block::is_read_only(&File::open(device.device()).unwrap()).unwrap());
    let why = HeldDisk::open(device.device()).unwrap_err();
    assert!(why.contains("can only be read"), "{why}");
}

#[test]
fn what_is_no_sector_of_the_disk_is_refused_before_anything_is_written() {
    for (size, wrong) in [
        (
            512,
            vec![sector(100, 512), sector(512, 511), sector(512, 1024), sector(64 * MIB, 512), sector(u64::MAX, 512)],
        ),
        (4096, vec![sector(512, 4096), sector(0, 512), sector(64 * MIB - 512, 4096)]),
    ] {
        let disk = Disk::new(64 * MIB, size);
        let held = disk.held();
        for bad in wrong {
            let why = held.write(&[sector(0, size as usize), bad]).unwrap_err();
            assert!(why.contains("no sector"), "{why}");
        }
        assert_eq!(held.read(0, 8192).unwrap(), vec![0; 8192]);
    }
}

#[test]
fn what_the_medium_holds_is_read_past_the_cache() {
    let disk = Disk::new(64 * MIB, 512);
    let held = disk.held();
    held.write(&[sector(512, 512)]).unwrap();
    // Behind the back of the device.
    let medium = OpenOptions::new().write(true).open(disk.folder.path().join("disk")).unwrap();
    medium.write_all_at(&[8], 600).unwrap();
    let why = held.shows(&[sector(512, 512)]).unwrap_err();
    assert!(why.contains("byte 512"), "{why}");
}

#[test]
fn a_read_beyond_the_end_is_an_error_and_takes_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let held = HeldDisk::open(&sparse(folder.path(), MIB)).unwrap();
    assert_eq!(held.read(MIB - 4, 4).unwrap(), [0; 4]);
    for (at, len) in [(MIB - 4, 5), (u64::MAX, 1), (0, usize::MAX)] {
        assert!(held.read(at, len).is_err());
    }
}

#[test]
fn a_file_stands_for_a_disk_with_512_byte_sectors() {
    let folder = tempfile::tempdir().unwrap();
    let path = sparse(folder.path(), 3 * TIB);
    let table = one_lvm_partition(3 * TIB, SectorSize::S512, &Identifiers::of("a disk")).unwrap();
    let held = HeldDisk::open(&path).unwrap();
    assert_eq!((held.bytes(), held.sector_size()), (3 * TIB, SectorSize::S512));
    held.write(&table.sectors).unwrap();
    assert_eq!(table.begun_on(&held).unwrap(), Begun::Whole);
}

#[test]
fn what_is_no_disk_cannot_be_held() {
    let folder = tempfile::tempdir().unwrap();
    assert!(HeldDisk::open(&folder.path().join("missing")).is_err());
    assert!(HeldDisk::open(folder.path()).is_err());
    assert!(HeldDisk::open("/dev/null".as_ref()).unwrap_err().contains("neither"));
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
