//! `ioctl(2)` of block devices.

use std::ffi::{c_int, c_ulong, c_void};

use nix::libc;

use super::{fail, ours, with_world};
use crate::kernel::devices::Device;
use crate::kernel::errors::ENOTTY;
use crate::kernel::files::Kind;

const BLKGETSIZE64: c_ulong = 0x8008_1272;
const BLKSSZGET: c_ulong = 0x1268;
const BLKROGET: c_ulong = 0x125e;
const BLKFLSBUF: c_ulong = 0x1261;
const BLKPG: c_ulong = 0x1269;

/// `struct blkpg_ioctl_arg` and `struct blkpg_partition`, as far as they are read.
#[repr(C)]
struct Asked {
    op: c_int,
    flags: c_int,
    len: c_int,
    data: *const Range,
}

#[repr(C)]
struct Range {
    start: i64,
    bytes: i64,
    number: c_int,
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ioctl(fd: c_int, request: c_ulong, argument: *mut c_void) -> c_int {
    let Some(n) = ours(fd) else { return unsafe { libc::syscall(libc::SYS_ioctl, fd, request, argument) as c_int } };
    with_world(|world| {
        let number = world.handle(n)?.number;
        let Kind::Device(id) = world.files.inodes[number].kind else { return Err(ENOTTY) };
        let device = world.device(id).ok_or(libc::ENXIO)?;
        match request {
            BLKGETSIZE64 => unsafe { *argument.cast::<u64>() = world.device_bytes(device) },
            BLKSSZGET => unsafe { *argument.cast::<c_int>() = 512 },
            BLKROGET => unsafe { *argument.cast::<c_int>() = 0 },
            BLKFLSBUF => world.disks.iter_mut().for_each(|disk| disk.write_out(id)),
            BLKPG => {
                let asked = unsafe { &*argument.cast::<Asked>() };
                let range = unsafe { &*asked.data };
                let Device::Plain { disk, .. } = device else { return Err(libc::EINVAL) };
                let number = range.number as u32;
                world.is_alive("change of a partition")?;
                match asked.op {
                    1 => world.add_partition(disk, number, range.start as u64, range.bytes as u64)?,
                    _ => world.delete_partition(disk, number)?,
                }
            }
            _ => return Err(ENOTTY),
        }
        Ok(0)
    })
    .unwrap_or_else(fail)
}
