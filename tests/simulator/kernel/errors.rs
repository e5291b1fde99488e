//! Error numbers of the kernel.

pub type Errno = i32;
pub const ENOENT: Errno = 2;
pub const EEXIST: Errno = 17;
pub const ENOTDIR: Errno = 20;
pub const EISDIR: Errno = 21;
pub const EINVAL: Errno = 22;
pub const ELOOP: Errno = 40;
pub const EBADF: Errno = 9;
pub const EIO: Errno = 5;
pub const EBUSY: Errno = 16;
pub const ENXIO: Errno = 6;
pub const ENOSPC: Errno = 28;
pub const ENOTTY: Errno = 25;
pub const EAGAIN: Errno = 11;
