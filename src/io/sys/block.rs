//! Questions to a block device (`linux/fs.h`), and what the kernel is told of one partition of it (`linux/blkpg.h`).
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use nix::libc::{c_char, c_int, c_longlong, c_void};

use crate::base::units::{ByteRange, SectorSize};

/// `O_EXCL` without `O_CREAT`: an open of a block device that fails with `EBUSY` while something claims it (`open(2)`).
pub const O_EXCL: i32 = nix::libc::O_EXCL;

/// `ENODEV`: what sysfs answers of a device that is just going away.
pub const ENODEV: i32 = nix::libc::ENODEV;

mod ioctl {
    nix::ioctl_read!(blkgetsize64, 0x12, 114, u64);
    nix::ioctl_read_bad!(blksszget, nix::libc::BLKSSZGET, nix::libc::c_int);
    nix::ioctl_read_bad!(blkroget, nix::request_code_none!(0x12, 94), nix::libc::c_int);
    nix::ioctl_none!(blkflsbuf, 0x12, 97);
    nix::ioctl_write_ptr_bad!(blkpg, nix::request_code_none!(0x12, 105), super::BlkpgIoctlArg);
}

/// `struct blkpg_ioctl_arg` of `linux/blkpg.h`.
#[repr(C)]
struct BlkpgIoctlArg {
    op: c_int,
    flags: c_int,
    datalen: c_int,
    data: *mut c_void,
}

/// `struct blkpg_partition` of `linux/blkpg.h`. The kernel does not read the names.
#[repr(C)]
struct BlkpgPartition {
    start: c_longlong,
    length: c_longlong,
    pno: c_int,
    devname: [c_char; 64],
    volname: [c_char; 64],
}

const BLKPG_ADD_PARTITION: c_int = 1;
const BLKPG_DEL_PARTITION: c_int = 2;

/// Size of the device in bytes (`BLKGETSIZE64`).
///
/// # Errors
/// Where `device` is no block device.
pub fn bytes(device: &File) -> io::Result<u64> {
    let mut size = 0;
    // SAFETY: BLKGETSIZE64 writes one u64 through the pointer, and `size` is one.
    unsafe { ioctl::blkgetsize64(device.as_raw_fd(), &raw mut size) }?;
    Ok(size)
}

/// Logical block size of the device (`BLKSSZGET`).
///
/// # Errors
/// Where `device` is no block device, or the kernel names a size that none can have.
pub fn logical_block_size(device: &File) -> io::Result<SectorSize> {
    let mut size = 0;
    // SAFETY: BLKSSZGET writes one int through the pointer, and `size` is one.
    unsafe { ioctl::blksszget(device.as_raw_fd(), &raw mut size) }?;
    u32::try_from(size)
        .ok()
        .and_then(SectorSize::new)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("logical block size {size}")))
}

/// Drops what the kernel has cached of the whole device (`posix_fadvise(2)`, `POSIX_FADV_DONTNEED`).
///
/// A whole disk and each of its partitions are cached apart. While anything on a disk is open, what was once read
/// through the whole disk's node stays cached, also where a partition has been written since: without this a scan can
/// show the past. Only a hint: what is dirty or in use stays, and an error changes nothing.
pub fn forget_cached(device: &File) {
    use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
    let _ = posix_fadvise(device, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
}

/// Writes out what is dirty of the device and drops what is cached of it (`BLKFLSBUF`): what is read next comes from
/// the medium.
///
/// # Errors
/// Where `device` is no block device, or the caller is not root.
pub fn flush_buffers(device: &File) -> io::Result<()> {
    // SAFETY: BLKFLSBUF takes no argument.
    unsafe { ioctl::blkflsbuf(device.as_raw_fd()) }?;
    Ok(())
}

/// Whether the kernel refuses every write to the device (`BLKROGET`).
///
/// # Errors
/// Where `device` is no block device.
pub fn is_read_only(device: &File) -> io::Result<bool> {
    let mut read_only = 0;
    // SAFETY: BLKROGET writes one int through the pointer, and `read_only` is one.
    unsafe { ioctl::blkroget(device.as_raw_fd(), &raw mut read_only) }?;
    Ok(read_only != 0)
}

/// Adds partition `number` with this range to the kernel's view of the disk (`BLKPG_ADD_PARTITION`). Nothing is
/// written.
///
/// # Errors
/// `EBUSY` where there is a partition of that number or one that overlaps; `EINVAL` where the range is not whole
/// sectors of the disk.
pub fn add_partition(disk: &File, number: u32, range: ByteRange) -> io::Result<()> {
    change_partition(disk, BLKPG_ADD_PARTITION, number, range.start(), range.len())
}

/// Takes partition `number` out of the kernel's view of the disk (`BLKPG_DEL_PARTITION`). Nothing is written.
///
/// # Errors
/// `ENXIO` where there is none of that number; `EBUSY` where it is open.
pub fn delete_partition(disk: &File, number: u32) -> io::Result<()> {
    change_partition(disk, BLKPG_DEL_PARTITION, number, 0, 0)
}

fn change_partition(disk: &File, op: c_int, number: u32, start: u64, length: u64) -> io::Result<()> {
    let invalid = |_| io::Error::from(io::ErrorKind::InvalidInput);
    let mut partition = BlkpgPartition {
        start: start.try_into().map_err(invalid)?,
        length: length.try_into().map_err(invalid)?,
        pno: number.try_into().map_err(invalid)?,
        devname: [0; 64],
        volname: [0; 64],
    };
    let datalen = c_int::try_from(size_of::<BlkpgPartition>()).map_err(invalid)?;
    let argument = BlkpgIoctlArg { op, flags: 0, datalen, data: (&raw mut partition).cast() };
    // SAFETY: BLKPG reads one `blkpg_ioctl_arg`, which `argument` is, and through its `data` one `blkpg_partition`,
    // which `partition` is; both outlive the call, and the kernel keeps neither.
    unsafe { ioctl::blkpg(disk.as_raw_fd(), &raw const argument) }?;
    Ok(())
}
