//! Questions to a block device: `BLKGETSIZE64`, `BLKSSZGET` (`linux/fs.h`).
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use crate::units::SectorSize;

mod ioctl {
    nix::ioctl_read!(blkgetsize64, 0x12, 114, u64);
    nix::ioctl_read_bad!(blksszget, nix::libc::BLKSSZGET, nix::libc::c_int);
}

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
/// A whole disk and each of its partitions are cached apart. While anything on a disk is open, what was once read through the
/// whole disk's node stays cached, also where a partition has been written since: without this a scan can show the past.
/// Only a hint: what is dirty or in use stays, and an error changes nothing.
pub fn forget_cached(device: &File) {
    use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
    let _ = posix_fadvise(device, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
}
