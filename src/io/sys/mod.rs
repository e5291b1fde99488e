//! The door to the kernel: one safe function per system call, and the only unsafe code of the project.
//!
//! Every `unsafe` block has a `SAFETY` line; `unsafe_code` is denied everywhere else.

pub mod at;
mod attributes;
pub mod block;
mod confine;
pub mod filesystem;
mod flush;
mod private_mount;
mod process;
mod rename;

pub use attributes::is_immutable;
pub use confine::{outside, reading};
pub use flush::flush;
pub use private_mount::{PrivateMount, look_into};
pub use process::{harden, in_a_group_of_its_own, processor_time};
pub use rename::rename_without_replacing;

/// `O_NOFOLLOW`: an open that refuses a symbolic link.
pub const O_NOFOLLOW: i32 = nix::libc::O_NOFOLLOW;

/// `O_NONBLOCK`: an open that does not wait for a writer of a FIFO.
pub const O_NONBLOCK: i32 = nix::libc::O_NONBLOCK;

/// From now on a read of `file`, which was opened with [`O_NONBLOCK`], waits for what is written.
///
/// # Errors
/// What `fcntl(2)` says.
pub fn wait_for_input(file: &std::fs::File) -> std::io::Result<()> {
    use nix::fcntl::{FcntlArg, OFlag, fcntl};
    let flags = OFlag::from_bits_retain(fcntl(file, FcntlArg::F_GETFL)?);
    fcntl(file, FcntlArg::F_SETFL(flags.difference(OFlag::O_NONBLOCK)))?;
    Ok(())
}

/// `EIO`: the medium failed.
pub const EIO: i32 = nix::libc::EIO;

/// Whether this process may read block devices: its effective user is root.
pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// The effective user of this process.
pub fn user() -> u32 {
    nix::unistd::geteuid().as_raw()
}

/// A file in memory without a name, which goes away with its last handle.
///
/// # Errors
/// What `memfd_create(2)` says.
pub fn nameless_file() -> std::io::Result<std::fs::File> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    Ok(memfd_create(c"okv-host", MFdFlags::MFD_CLOEXEC)?.into())
}

/// Asks every process of a group to end (`SIGTERM`).
pub fn end_process_group(group: u32) {
    signal_group(group, nix::sys::signal::Signal::SIGTERM);
}

/// Ends every process of a group (`SIGKILL`).
pub fn kill_process_group(group: u32) {
    signal_group(group, nix::sys::signal::Signal::SIGKILL);
}

fn signal_group(group: u32, signal: nix::sys::signal::Signal) {
    if let Ok(group) = i32::try_from(group)
        && group > 1
    {
        // The group may have ended by itself: then there is nobody to signal.
        let _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(group), signal);
    }
}

/// From now on this thread, and those that it starts, also write to a terminal that another job has in front where
/// `stty tostop` stops such a job (`SIGTTOU`). With that signal only caught, the kernel would begin such a write again
/// and again.
///
/// # Errors
/// What `pthread_sigmask(3)` says.
pub fn write_from_the_background() -> std::io::Result<()> {
    let mut signals = nix::sys::signal::SigSet::empty();
    signals.add(nix::sys::signal::Signal::SIGTTOU);
    Ok(signals.thread_block()?)
}

/// The time now, in seconds since 1970-01-01 UTC; 0 on a clock set before that.
pub fn seconds_since_1970() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// Sets room for `bytes` bytes at offset `from` of `file` aside, without changing its length (`fallocate(2)`).
///
/// # Errors
/// Where there is no room. Where the file system does not know how, there is no answer, which is no error.
pub fn reserve(file: &std::fs::File, from: u64, bytes: u64) -> std::io::Result<()> {
    use nix::errno::Errno;
    use nix::fcntl::{FallocateFlags, fallocate};
    let (Ok(from), Ok(bytes)) = (i64::try_from(from), i64::try_from(bytes)) else {
        return Err(std::io::ErrorKind::InvalidInput.into());
    };
    // fallocate(2) answers EINVAL to a length of 0.
    if bytes == 0 {
        return Ok(());
    }
    match fallocate(file, FallocateFlags::FALLOC_FL_KEEP_SIZE, from, bytes) {
        Ok(()) | Err(Errno::EOPNOTSUPP | Errno::ENOSYS) => Ok(()),
        Err(e) => Err(e.into()),
    }
}
