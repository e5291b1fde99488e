//! The table of signatures: one row a format. A new format is one file and one row.

use super::content::Found;
use super::windows::Windows;
use super::{ext, swap, vfat, xfs};

/// A format that is recognised by a signature.
#[derive(Debug)]
pub struct Signature {
    /// The format's name, for people.
    pub name: &'static str,
    /// Looks for it in what has been read. `None`: not there, or not read.
    pub find: fn(&Windows<'_>) -> Option<Found>,
}

/// Every format that is recognised. The order does not matter: all rows are asked.
pub const SIGNATURES: &[Signature] = &[
    Signature { name: "ext", find: ext::find },
    Signature { name: "xfs", find: xfs::find },
    Signature { name: "vfat", find: vfat::find },
    Signature { name: "swap", find: swap::find },
];

/// Everything that is found in what has been read.
pub fn find_all(windows: &Windows<'_>) -> Vec<Found> {
    SIGNATURES.iter().filter_map(|row| (row.find)(windows)).collect()
}
