//! The table of signatures: one row a format. A new format is one file and one row.

use super::content::Found;
use super::windows::Windows;
use super::{
    bcache, btrfs, ddf, exfat, ext, imsm, iso9660, luks, lvm1, md, ntfs, oracle_asm, swap, udf, vfat, xfs, zfs,
};

/// A format that is recognised by a signature.
#[derive(Debug)]
pub struct Signature {
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
    Signature { name: "Linux md", find: md::find },
    Signature { name: "LUKS", find: luks::find },
    Signature { name: "btrfs", find: btrfs::find },
    Signature { name: "ZFS", find: zfs::find },
    Signature { name: "NTFS", find: ntfs::find },
    Signature { name: "exFAT", find: exfat::find },
    Signature { name: "ISO 9660", find: iso9660::find },
    Signature { name: "UDF", find: udf::find },
    Signature { name: "LVM1", find: lvm1::find },
    Signature { name: "bcache", find: bcache::find },
    Signature { name: "Oracle ASM", find: oracle_asm::find },
    Signature { name: "SNIA DDF", find: ddf::find },
    Signature { name: "Intel Matrix", find: imsm::find },
];

/// Everything that is found in what has been read.
pub fn find_all(windows: &Windows<'_>) -> Vec<Found> {
    SIGNATURES.iter().filter_map(|row| (row.find)(windows)).collect()
}
