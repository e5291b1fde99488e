//! Errors: what it is about, and the cause.

use std::fmt::Display;
use std::io::{Error, ErrorKind};

use crate::base::bytes::Truncated;
use crate::io::image::ReadError;

/// What the disk has of `what` cannot be.
pub(super) fn damaged(what: impl Display, why: impl Display) -> Error {
    Error::new(ErrorKind::InvalidData, format!("{what}: {why}"))
}

/// What is there cannot be read by anything in this folder.
pub(super) fn unsupported(what: impl Display, why: impl Display) -> Error {
    Error::new(ErrorKind::Unsupported, format!("{what}: {why}"))
}

/// The structure `what` ends before one of its fields.
pub(super) fn short(what: impl Display) -> impl FnOnce(Truncated) -> Error {
    move |Truncated { at, .. }| damaged(what, format!("it ends before its field at byte {at}"))
}

/// The volume could not be read at `what`.
pub(super) fn unread(what: impl Display) -> impl FnOnce(ReadError) -> Error {
    move |error| Error::new(error.source.kind(), format!("{what}: {error}"))
}
