//! Calls on paths, and what they show.

use std::ffi::{c_char, c_int, c_uint};

use nix::libc;

use super::{answer_int, buffer, fail, is_entered, ours, ours_in, text, with_world};
use crate::kernel::files::{Folder, Kind};
use crate::kernel::shown::Shown;

unsafe fn put_stat(stat: *mut libc::statx, shown: &Shown) {
    // SAFETY: all zero is a statx, and the caller gave room for one.
    let mut now: libc::statx = unsafe { std::mem::zeroed() };
    now.stx_mask = libc::STATX_BASIC_STATS;
    now.stx_ino = shown.inode;
    now.stx_mode = shown.mode as u16;
    now.stx_size = shown.bytes;
    (now.stx_rdev_major, now.stx_rdev_minor) = ((shown.device >> 8) as u32, (shown.device & 0xff) as u32);
    now.stx_nlink = 1;
    unsafe { *stat = now };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn statx(
    folder: c_int,
    path: *const c_char,
    flags: c_int,
    mask: c_uint,
    stat: *mut libc::statx,
) -> c_int {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_statx, folder, path, flags, mask, stat) as c_int };
    }
    // The standard library asks so, after a first failure, whether the kernel has this call at all.
    if stat.is_null() {
        return fail(libc::EFAULT);
    }
    let name = if path.is_null() { "" } else { unsafe { text(path) } };
    with_world(|world| {
        if world.is_dead {
            return Err(libc::EIO);
        }
        let number = match ours_in(folder) {
            Some(n) if name.is_empty() => world.handle(n)?.number,
            _ => world.files.find(name, flags & libc::AT_SYMLINK_NOFOLLOW == 0)?,
        };
        unsafe { put_stat(stat, &world.shown(number)) };
        Ok(0)
    })
    .unwrap_or_else(fail)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn readlink(path: *const c_char, buf: *mut c_char, len: usize) -> isize {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_readlink, path, buf, len) as isize };
    }
    let path = unsafe { text(path) };
    with_world(|world| {
        let number = world.files.find(path, false)?;
        match &world.files.inodes[number].kind {
            Kind::Link(target) => {
                let len = target.len().min(len);
                unsafe { buffer(buf.cast(), len) }.copy_from_slice(&target.as_bytes()[..len]);
                Ok(len as i64)
            }
            _ => Err(libc::EINVAL),
        }
    })
    .unwrap_or_else(|errno| i64::from(fail(errno))) as isize
}

unsafe extern "C" {
    fn __realpath(path: *const c_char, to: *mut c_char) -> *mut c_char;
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realpath(path: *const c_char, to: *mut c_char) -> *mut c_char {
    assert!(!is_entered(), "realpath of {} is not modelled", unsafe { text(path) });
    unsafe { __realpath(path, to) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn mkdir(path: *const c_char, mode: c_uint) -> c_int {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_mkdir, path, mode) as c_int };
    }
    let path = unsafe { text(path) };
    with_world(|world| {
        answer_int(
            world
                .is_alive("mkdir")
                .and_then(|()| world.files.make(path, Kind::Folder(Folder::default()), mode).map(drop)),
        )
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_unlink, path) as c_int };
    }
    let path = unsafe { text(path) };
    with_world(|world| answer_int(world.is_alive("unlink").and_then(|()| world.files.remove(path))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_rename, from, to) as c_int };
    }
    let (from, to) = unsafe { (text(from), text(to)) };
    with_world(|world| answer_int(world.is_alive("rename").and_then(|()| world.files.rename(from, to, true))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn renameat2(a: c_int, from: *const c_char, b: c_int, to: *const c_char, flags: c_uint) -> c_int {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_renameat2, a, from, b, to, flags) as c_int };
    }
    let (from, to) = unsafe { (text(from), text(to)) };
    let replaces = flags & libc::RENAME_NOREPLACE == 0;
    with_world(|world| answer_int(world.is_alive("rename").and_then(|()| world.files.rename(from, to, replaces))))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fchmod(fd: c_int, mode: c_uint) -> c_int {
    match ours(fd) {
        Some(n) => with_world(|world| {
            answer_int(world.is_alive("chmod").and_then(|()| {
                let number = world.handle(n)?.number;
                std::rc::Rc::make_mut(&mut world.files.inodes[number]).mode = mode;
                Ok(())
            }))
        }),
        None => unsafe { libc::syscall(libc::SYS_fchmod, fd, mode) as c_int },
    }
}

unsafe fn room(stat: *mut libc::statvfs64) -> c_int {
    // SAFETY: all zero is a statvfs, and the caller gave room for one.
    let mut now: libc::statvfs64 = unsafe { std::mem::zeroed() };
    (now.f_bsize, now.f_frsize, now.f_blocks) = (4096, 4096, 1 << 20);
    (now.f_bfree, now.f_bavail) = (1 << 19, 1 << 19);
    unsafe { *stat = now };
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn statvfs64(_: *const c_char, stat: *mut libc::statvfs64) -> c_int {
    unsafe { room(stat) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn statvfs(_: *const c_char, stat: *mut libc::statvfs64) -> c_int {
    unsafe { room(stat) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn statfs(_: *const c_char, stat: *mut libc::statfs64) -> c_int {
    // SAFETY: all zero is a statfs, and the caller gave room for one.
    let mut now: libc::statfs64 = unsafe { std::mem::zeroed() };
    now.f_type = libc::SYSFS_MAGIC as _;
    unsafe { *stat = now };
    0
}
