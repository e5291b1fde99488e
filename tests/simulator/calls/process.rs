//! The user, the clock, threads and processors.

use std::ffi::{c_int, c_long, c_uint, c_ulong, c_void};

use nix::libc;

use super::{buffer, is_entered, with_world};

#[unsafe(no_mangle)]
extern "C" fn geteuid() -> c_uint {
    if is_entered() { 0 } else { unsafe { libc::syscall(libc::SYS_geteuid) as c_uint } }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut libc::timespec) -> c_int {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) as c_int };
    }
    with_world(|world| {
        let now = libc::timespec { tv_sec: world.seconds as i64, tv_nsec: world.nanoseconds as c_long };
        unsafe { *time = now };
        0
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn nanosleep(time: *const libc::timespec, left: *mut libc::timespec) -> c_int {
    if !is_entered() {
        return unsafe { libc::syscall(libc::SYS_nanosleep, time, left) as c_int };
    }
    let time = unsafe { &*time };
    with_world(|world| {
        world.pass(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64);
        0
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn clock_nanosleep(
    clock: c_int,
    flags: c_int,
    time: *const libc::timespec,
    left: *mut libc::timespec,
) -> c_int {
    if is_entered() {
        return unsafe { nanosleep(time, left) };
    }
    unsafe { libc::syscall(libc::SYS_clock_nanosleep, clock, flags, time, left) as c_int }
}

unsafe extern "C" {
    fn __pthread_create(
        thread: *mut c_ulong,
        attributes: *const c_void,
        begin: extern "C" fn(*mut c_void) -> *mut c_void,
        argument: *mut c_void,
    ) -> c_int;
}

/// The code under test gets no thread, and does without.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_create(
    thread: *mut c_ulong,
    attributes: *const c_void,
    begin: extern "C" fn(*mut c_void) -> *mut c_void,
    argument: *mut c_void,
) -> c_int {
    if is_entered() {
        return libc::EAGAIN;
    }
    unsafe { __pthread_create(thread, attributes, begin, argument) }
}

/// One processor: the code under test starts no thread.
#[unsafe(no_mangle)]
unsafe extern "C" fn sched_getaffinity(process: c_int, len: usize, set: *mut c_void) -> c_int {
    if !is_entered() {
        let written = unsafe { libc::syscall(libc::SYS_sched_getaffinity, process, len, set) };
        return if written < 0 { -1 } else { 0 };
    }
    let bytes = unsafe { buffer(set, len) };
    bytes.fill(0);
    bytes[0] = 1;
    0
}
