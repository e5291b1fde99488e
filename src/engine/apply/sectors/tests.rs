//! On files, and on loop devices: those need root, and fail without. None is skipped.

mod hold;
mod partition;

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

    fn name(&self) -> &str {
        self.path().file_name().unwrap().to_str().unwrap()
    }

    /// Holds it. What held it before may do so for a moment still: a child that another test is just starting shares
    /// every descriptor until it has become its program.
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

    fn add(&self) -> Result<(), String> {
        add_partition(ROOT.as_ref(), self.name(), 1, self.table.partition)
    }

    fn forget(&self) -> Result<(), String> {
        forget_partition(ROOT.as_ref(), self.name(), 1, self.table.partition)
    }

    fn is_present(&self) -> bool {
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
