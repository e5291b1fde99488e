//! The system calls of the code under test. This program is linked statically, and the functions of the C library that
//! are defined here are the ones that the standard library calls. While a world is entered, they are answered by it;
//! otherwise they go to the real kernel.
//!
//! So the code under test is the real code to its last flush, and not even its paths are others.
#![allow(unsafe_code)]

mod descriptors;
mod devices;
mod folders;
mod paths;
mod process;

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_char, c_int, c_void};

use nix::libc;

use crate::kernel::errors::Errno;
use crate::world::World;

/// The power was cut while the code under test ran.
#[derive(Debug)]
pub struct PowerCut;

thread_local! {
    static ENTERED: Cell<bool> = const { Cell::new(false) };
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// Descriptors of the world begin here; the real ones of this program are smaller.
const FIRST: c_int = 1 << 16;

/// Runs `work` in `world`: every system call of this thread is answered by it.
pub fn in_world<R>(world: World, work: impl FnOnce() -> R) -> (World, R) {
    WORLD.with(|place| *place.borrow_mut() = Some(world));
    ENTERED.set(true);
    let result = work();
    ENTERED.set(false);
    (WORLD.with(|place| place.borrow_mut().take()).unwrap(), result)
}

/// Asks the world; meanwhile system calls are real ones.
pub fn with_world<R>(work: impl FnOnce(&mut World) -> R) -> R {
    let was = ENTERED.replace(false);
    let result = WORLD.with(|place| work(place.borrow_mut().as_mut().unwrap()));
    ENTERED.set(was);
    result
}

pub fn is_entered() -> bool {
    ENTERED.get()
}

fn fail(errno: Errno) -> c_int {
    // SAFETY: the C library gives the address of this thread's errno.
    unsafe { *libc::__errno_location() = errno };
    -1
}

fn answer(result: Result<i64, Errno>) -> i64 {
    result.unwrap_or_else(|errno| i64::from(fail(errno)))
}

fn answer_int(result: Result<(), Errno>) -> c_int {
    match result {
        Ok(()) => 0,
        Err(errno) => fail(errno),
    }
}

/// The number of a descriptor of the world.
fn ours(fd: c_int) -> Option<usize> {
    if is_entered() { usize::try_from(fd.checked_sub(FIRST)?).ok() } else { None }
}

/// The text behind a pointer of C.
unsafe fn text<'t>(path: *const c_char) -> &'t str {
    // SAFETY: callers of the C library pass a string with its end.
    unsafe { CStr::from_ptr(path) }.to_str().unwrap_or("")
}

fn to_fd(result: Result<usize, Errno>) -> c_int {
    match result {
        Ok(n) => FIRST + c_int::try_from(n).unwrap(),
        Err(errno) => fail(errno),
    }
}

unsafe fn buffer<'b>(buf: *mut c_void, len: usize) -> &'b mut [u8] {
    // SAFETY: the caller of read(2) gives so many bytes that may be written.
    unsafe { std::slice::from_raw_parts_mut(buf.cast(), len) }
}

fn ours_in(fd: c_int) -> Option<usize> {
    usize::try_from(fd.checked_sub(FIRST)?).ok()
}
