//! From bytes to structs. Pure: no module here reads a disk, and none can panic.
//!
//! * [`gpt`], [`mbr`]: partition tables.
//! * [`lvm2`]: physical volume label, metadata area and metadata text.
//! * one module for each kind of content, listed in the table [`signature::SIGNATURES`].
#![warn(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

use std::fmt;

use crate::base::bytes::{Truncated, all_zero};
use windows::Windows;

pub mod bcache;
pub mod btrfs;
pub mod content;
#[cfg(test)]
mod damage;
pub mod ddf;
pub mod exfat;
pub mod ext;
pub mod far;
pub mod foreign;
pub mod gpt;
pub mod imsm;
pub mod iso9660;
pub mod luks;
pub mod lvm1;
pub mod lvm2;
pub mod mbr;
pub mod md;
pub mod ntfs;
pub mod oracle_asm;
pub mod refusal;
pub mod signature;
pub mod swap;
pub mod udf;
pub mod vfat;
pub mod windows;
pub mod xfs;
pub mod zfs;

/// A structure that is there but cannot be right, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Which structure: "GPT header", "LVM2 label", ...
    pub format: &'static str,
    /// Where, in bytes; relative to what the parser was given until [`Malformed::at_offset`] moves it.
    pub at: u64,
    pub why: String,
}

impl Malformed {
    /// A structure `format` that is wrong at offset `at`.
    pub fn new(format: &'static str, at: u64, why: impl Into<String>) -> Self {
        Self { format, at, why: why.into() }
    }

    /// The same, for a structure that lies `base` bytes further on.
    pub fn at_offset(mut self, base: u64) -> Self {
        self.at = self.at.saturating_add(base);
        self
    }

    /// The structure ended too early.
    pub fn truncated(format: &'static str, cut: Truncated) -> Self {
        Self::new(format, cut.at as u64, format!("cut off: {} bytes are missing or out of bounds", cut.need))
    }
}

/// Whether the first 4 KiB were read and are zero. Only then does a backup far behind them count: with anything
/// at the start, it is the remnant of what was there before.
fn start_is_zero(windows: &Windows<'_>) -> bool {
    windows.get(0, 4096).is_some_and(all_zero)
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}: {}", self.format, self.at, self.why)
    }
}

impl std::error::Error for Malformed {}
