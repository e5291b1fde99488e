//! Reading of folders.

use std::ffi::{c_char, c_int, c_void};

use nix::libc;

use super::descriptors::close;
use super::{FIRST, fail, is_entered, text, to_fd, with_world};
use crate::kernel::errors::Errno;
use crate::kernel::files::Kind;

/// A folder that is read: its names, and the entry that was given last.
struct Reading {
    names: Vec<(u64, u8, String)>,
    at: usize,
    fd: c_int,
    entry: libc::dirent64,
}

unsafe extern "C" {
    fn __opendir(path: *const c_char) -> *mut c_void;
    fn __fdopendir(fd: c_int) -> *mut c_void;
    fn __readdir64(folder: *mut c_void) -> *mut libc::dirent64;
    fn __closedir(folder: *mut c_void) -> c_int;
    fn __dirfd(folder: *mut c_void) -> c_int;
}

#[unsafe(no_mangle)]
unsafe extern "C" fn opendir(path: *const c_char) -> *mut c_void {
    if !is_entered() {
        return unsafe { __opendir(path) };
    }
    let path = unsafe { text(path) };
    let fd = with_world(|world| to_fd(world.open(path, 0, 0)));
    if fd < 0 {
        return std::ptr::null_mut();
    }
    unsafe { fdopendir(fd) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fdopendir(fd: c_int) -> *mut c_void {
    if !is_entered() {
        return unsafe { __fdopendir(fd) };
    }
    let names = with_world(|world| {
        let number = world.handle((fd - FIRST) as usize)?.number;
        let kind = |number: usize| match &world.files.inodes[number].kind {
            Kind::File(_) | Kind::Cache(_) => libc::DT_REG,
            Kind::Folder(_) => libc::DT_DIR,
            Kind::Link(_) => libc::DT_LNK,
            Kind::Device(_) => libc::DT_BLK,
        };
        let names = &world.files.folder(number)?.names;
        Ok::<_, Errno>(names.iter().map(|(name, n)| (*n as u64 + 1, kind(*n), name.to_string())).collect::<Vec<_>>())
    });
    match names {
        Ok(names) => {
            // SAFETY: all zero is an entry.
            let entry = unsafe { std::mem::zeroed() };
            Box::into_raw(Box::new(Reading { names, at: 0, fd, entry })).cast()
        }
        Err(errno) => {
            unsafe { close(fd) };
            fail(errno);
            std::ptr::null_mut()
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn readdir64(folder: *mut c_void) -> *mut libc::dirent64 {
    if !is_entered() {
        return unsafe { __readdir64(folder) };
    }
    let reading = unsafe { &mut *folder.cast::<Reading>() };
    let Some((inode, kind, name)) = reading.names.get(reading.at) else { return std::ptr::null_mut() };
    reading.at += 1;
    let entry = &mut reading.entry;
    (entry.d_ino, entry.d_type) = (*inode, *kind);
    entry.d_reclen = size_of::<libc::dirent64>() as u16;
    for (to, from) in entry.d_name.iter_mut().zip(name.bytes().chain([0])) {
        *to = from as c_char;
    }
    entry
}

#[unsafe(no_mangle)]
unsafe extern "C" fn closedir(folder: *mut c_void) -> c_int {
    if !is_entered() {
        return unsafe { __closedir(folder) };
    }
    let reading = unsafe { Box::from_raw(folder.cast::<Reading>()) };
    unsafe { close(reading.fd) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn dirfd(folder: *mut c_void) -> c_int {
    if is_entered() { unsafe { &*folder.cast::<Reading>() }.fd } else { unsafe { __dirfd(folder) } }
}
