//! What an operator reads where a file system cannot be read.

use std::fmt::Display;
use std::io;

use crate::base::bytes::Truncated;

/// Something on the disk is not what it has to be.
pub(crate) fn damaged(what: impl Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}

/// A structure ends before one of its fields.
pub(crate) fn short(cut: Truncated) -> io::Error {
    damaged(format_args!("it ends before its field at byte {}", cut.at))
}

/// Puts the object before the cause.
pub(crate) fn of(object: impl Display) -> impl FnOnce(io::Error) -> io::Error {
    move |cause| io::Error::new(cause.kind(), format!("{object}: {cause}"))
}
