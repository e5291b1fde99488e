//! The door to the kernel: one safe function per system call, and the only unsafe code of the project.
//!
//! Every `unsafe` block has a `SAFETY` line; `unsafe_code` is denied everywhere else.

pub mod block;
pub mod filesystem;

/// `O_NONBLOCK`: an open that does not wait for a writer of a FIFO.
pub const O_NONBLOCK: i32 = nix::libc::O_NONBLOCK;

/// `EIO`: the medium failed.
pub const EIO: i32 = nix::libc::EIO;

/// Whether this process may read block devices: its effective user is root.
pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}
