//! Which disk can be held, and which is refused because something else uses it.

use super::*;

#[test]
fn a_disk_whose_partition_is_claimed_can_be_neither_held_nor_lose_it() {
    let disk = Disk::new(64 * MIB, 512);
    disk.add().unwrap();
    // As a mount, a physical volume in use or a swap area claims it.
    let claimed = claim(&disk.device.partition(1)).unwrap();
    let why = HeldDisk::open(disk.path()).unwrap_err();
    assert!(why.contains("in use") && why.contains(disk.name()), "{why}");
    let why = disk.forget().unwrap_err();
    assert!(why.contains(&format!("{}p1", disk.name())), "{why}");
    assert!(disk.is_present());
    disk.add().unwrap();
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
            disk.add().unwrap();
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
fn what_is_no_disk_cannot_be_held() {
    let folder = tempfile::tempdir().unwrap();
    assert!(HeldDisk::open(&folder.path().join("missing")).is_err());
    assert!(HeldDisk::open(folder.path()).is_err());
    assert!(HeldDisk::open("/dev/null".as_ref()).unwrap_err().contains("neither"));
}
