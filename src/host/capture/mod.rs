//! A capture: everything that was read of a host, in one file. What reads a host through [`super::Root`] gets the same
//! answers from it.
//!
//! [`Tape`] keeps the answers while a host is read and gives them again; [`write()`] and [`read`] are the file, which
//! `docs/capture.md` describes. Private keys are taken out before anything is kept: see [`reduce`].

mod answer;
mod blocks;
mod bytes;
mod extents;
mod file;
mod image;
mod kept;
mod limited;
mod listed;
mod meta;
mod ran;
pub mod reduce;
mod seen;
mod tape;

pub use bytes::Bytes;
pub use file::{MOST_BYTES, is_capture, read, write};
pub use image::Recorded;
pub use kept::{Failure, Kept};
pub use listed::{Piece, pieces, totals};
pub use meta::{Kind, Meta};
pub use ran::Ran;
pub use seen::{Name, Seen};
pub use tape::{Head, Key, Slot, Tape};

/// Most bytes that are read of a text file.
pub const LARGEST_FILE: u64 = 1 << 20;
/// Most names that are taken of a directory.
pub const MOST_NAMES: usize = 1 << 16;
/// Why a capture has no answer: nothing asked for it when it was made.
pub const NOT_THERE: &str = "it is not in this capture";
