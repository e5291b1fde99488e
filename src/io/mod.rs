//! The doors to the outside: the kernel, files that are only read, other programs, and the journal.

pub mod dial;
pub mod image;
pub mod input;
pub mod journal;
pub mod owned;
pub mod replace;
pub mod sys;
pub mod syslog;
pub mod tool;
pub mod waiting;
