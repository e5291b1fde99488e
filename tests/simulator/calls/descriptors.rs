//! Calls on descriptors.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};

use nix::libc;

use super::{FIRST, answer, answer_int, buffer, fail, is_entered, ours, text, to_fd, with_world};

#[unsafe(no_mangle)]
unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path, flags, mode) as c_int };
    }
    let path = unsafe { text(path) };
    with_world(|world| to_fd(world.open(path, flags, mode)))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    unsafe { open64(path, flags, mode) }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn close(fd: c_int) -> c_int {
    match ours(fd) {
        Some(n) => with_world(|world| answer_int(world.close(n))),
        None if fd >= FIRST => 0, // Left over from a world that is gone.
        None => unsafe { libc::syscall(libc::SYS_close, fd) as c_int },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn read(fd: c_int, buf: *mut c_void, len: usize) -> isize {
    match ours(fd) {
        Some(n) => {
            with_world(|world| answer(world.read(n, unsafe { buffer(buf, len) }, None).map(|n| n as i64)) as isize)
        }
        None => unsafe { libc::syscall(libc::SYS_read, fd, buf, len) as isize },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pread64(fd: c_int, buf: *mut c_void, len: usize, at: i64) -> isize {
    match ours(fd) {
        Some(n) => with_world(|world| {
            answer(world.read(n, unsafe { buffer(buf, len) }, Some(at as u64)).map(|n| n as i64)) as isize
        }),
        None => unsafe { libc::syscall(libc::SYS_pread64, fd, buf, len, at) as isize },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn write(fd: c_int, buf: *const c_void, len: usize) -> isize {
    let bytes = || unsafe { std::slice::from_raw_parts(buf.cast::<u8>(), len) };
    match ours(fd) {
        Some(n) => with_world(|world| answer(world.write(n, bytes(), None).map(|n| n as i64)) as isize),
        None if is_entered() && fd == 1 => with_world(|world| {
            world.printed.extend_from_slice(bytes());
            len as isize
        }),
        None if is_entered() && fd == 2 => with_world(|world| {
            let said = String::from_utf8_lossy(bytes()).into_owned();
            world.note(|| format!("stderr: {}", said.trim_end()));
            len as isize
        }),
        None => unsafe { libc::syscall(libc::SYS_write, fd, buf, len) as isize },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn writev(fd: c_int, parts: *const libc::iovec, count: c_int) -> isize {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_writev, fd, parts, count) as isize };
    }
    let mut done = 0;
    for n in 0..count.max(0) as usize {
        let part = unsafe { *parts.add(n) };
        let wrote = unsafe { write(fd, part.iov_base, part.iov_len) };
        if wrote < 0 {
            return if done > 0 { done } else { wrote };
        }
        done += wrote;
    }
    done
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pwrite64(fd: c_int, buf: *const c_void, len: usize, at: i64) -> isize {
    let bytes = || unsafe { std::slice::from_raw_parts(buf.cast::<u8>(), len) };
    match ours(fd) {
        Some(n) => with_world(|world| answer(world.write(n, bytes(), Some(at as u64)).map(|n| n as i64)) as isize),
        None => unsafe { libc::syscall(libc::SYS_pwrite64, fd, buf, len, at) as isize },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fsync(fd: c_int) -> c_int {
    match ours(fd) {
        Some(n) => with_world(|world| answer_int(world.flush(n))),
        None => unsafe { libc::syscall(libc::SYS_fsync, fd) as c_int },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fdatasync(fd: c_int) -> c_int {
    match ours(fd) {
        Some(n) => with_world(|world| answer_int(world.flush(n))),
        None => unsafe { libc::syscall(libc::SYS_fdatasync, fd) as c_int },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn syncfs(fd: c_int) -> c_int {
    unsafe { fsync(fd) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ftruncate64(fd: c_int, to: i64) -> c_int {
    match ours(fd) {
        Some(n) => with_world(|world| answer_int(world.truncate(n, to as u64))),
        None => unsafe { libc::syscall(libc::SYS_ftruncate, fd, to) as c_int },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fallocate64(fd: c_int, mode: c_int, at: i64, len: i64) -> c_int {
    match ours(fd) {
        Some(_) => with_world(|world| if world.is_full { fail(libc::ENOSPC) } else { 0 }),
        None => unsafe { libc::syscall(libc::SYS_fallocate, fd, mode, at, len) as c_int },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fallocate(fd: c_int, mode: c_int, at: i64, len: i64) -> c_int {
    unsafe { fallocate64(fd, mode, at, len) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn posix_fadvise(fd: c_int, at: i64, len: i64, advice: c_int) -> c_int {
    match ours(fd) {
        Some(_) => 0,
        None => unsafe { libc::syscall(libc::SYS_fadvise64, fd, at, len, advice) as c_int },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn posix_fadvise64(fd: c_int, at: i64, len: i64, advice: c_int) -> c_int {
    unsafe { posix_fadvise(fd, at, len, advice) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn lseek64(fd: c_int, to: i64, whence: c_int) -> i64 {
    let Some(n) = ours(fd) else { return unsafe { libc::syscall(libc::SYS_lseek, fd, to, whence) } };
    with_world(|world| {
        let size = world.size(n)? as i64;
        let handle = world.handle(n)?;
        let at = match whence {
            libc::SEEK_SET => to,
            libc::SEEK_CUR => handle.at as i64 + to,
            libc::SEEK_END => size + to,
            libc::SEEK_DATA if to < size => to,
            libc::SEEK_DATA => return Err(libc::ENXIO),
            _ => return Err(libc::EINVAL),
        };
        if whence != libc::SEEK_DATA {
            handle.at = at as u64;
        }
        Ok(at)
    })
    .unwrap_or_else(|errno| i64::from(fail(errno)))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fcntl64(fd: c_int, command: c_int, argument: c_long) -> c_int {
    match ours(fd) {
        Some(n) if command == libc::F_DUPFD_CLOEXEC => with_world(|world| to_fd(world.duplicate(n))),
        Some(_) => 0,
        None if fd >= FIRST => 0,
        None => unsafe { libc::syscall(libc::SYS_fcntl, fd, command, argument) as c_int },
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fcntl(fd: c_int, command: c_int, argument: c_long) -> c_int {
    unsafe { fcntl64(fd, command, argument) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn flock(fd: c_int, operation: c_int) -> c_int {
    match ours(fd) {
        Some(n) => with_world(|world| answer_int(world.lock(n, operation & libc::LOCK_UN == 0))),
        None => unsafe { libc::syscall(libc::SYS_flock, fd, operation) as c_int },
    }
}
