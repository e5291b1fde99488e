//! The table of signatures: one row a format. A new format is one file and one row.
//!
//! Of a volume of which no more than start and end were read, one glance at fixed places of the start shows which rows
//! can find anything: nearly always one. The others are not asked.

use super::content::Found;
use super::windows::Windows;
use super::{
    bcache, btrfs, ddf, exfat, ext, imsm, iso9660, luks, lvm1, md, ntfs, oracle_asm, swap, udf, vfat, xfs, zfs,
};

mod glance;

use glance::Glance;

/// A format that is recognised by a signature.
#[derive(Debug)]
pub struct Signature {
    pub name: &'static str,
    /// Looks for it in what has been read. `None`: not there, or not read.
    pub find: fn(&Windows<'_>) -> Option<Found>,
    /// Whether `find` can find anything where no more than the start and the end of the volume have been read.
    may_be_there: fn(&Glance<'_>) -> bool,
}

/// Every format that is recognised. The order does not matter: all rows are asked.
pub const SIGNATURES: &[Signature] = &[
    Signature { name: "ext", find: ext::find, may_be_there: |start| start.has(1080, b"\x53\xef") },
    Signature { name: "xfs", find: xfs::find, may_be_there: |start| start.has(0, b"XFSB") },
    Signature { name: "vfat", find: vfat::find, may_be_there: |start| start.has_fat_sectors() },
    Signature { name: "swap", find: swap::find, may_be_there: |start| start.has_swap() },
    Signature { name: "Linux md", find: md::find, may_be_there: |start| start.end_was_read || start.has_md() },
    Signature {
        name: "LUKS",
        find: luks::find,
        may_be_there: |start| start.has(0, b"LUKS\xba\xbe") || start.has_far(0x4000, b"SKUL\xba\xbe"),
    },
    Signature { name: "btrfs", find: btrfs::find, may_be_there: |start| start.end_was_read },
    Signature { name: "ZFS", find: zfs::find, may_be_there: |start| start.end_was_read },
    Signature { name: "NTFS", find: ntfs::find, may_be_there: |start| start.end_was_read || start.has(3, b"NTFS    ") },
    Signature {
        name: "exFAT",
        find: exfat::find,
        may_be_there: |start| {
            start.has(3, b"EXFAT   ") || start.has(6147, b"EXFAT   ") || start.has_far(12_291, b"EXFAT   ")
        },
    },
    Signature { name: "ISO 9660", find: iso9660::find, may_be_there: |_| false },
    Signature { name: "UDF", find: udf::find, may_be_there: |_| false },
    Signature { name: "LVM1", find: lvm1::find, may_be_there: |start| start.has(0, b"HM") },
    Signature { name: "bcache", find: bcache::find, may_be_there: |start| start.has(4120, b"\xc6\x85\x73\xf6") },
    Signature { name: "Oracle ASM", find: oracle_asm::find, may_be_there: |start| start.has(32, b"ORCL") },
    Signature { name: "SNIA DDF", find: ddf::find, may_be_there: |start| start.end_was_read },
    Signature { name: "Intel Matrix", find: imsm::find, may_be_there: |start| start.end_was_read },
];

/// Everything that is found in what has been read.
pub fn find_all(windows: &Windows<'_>) -> Vec<Found> {
    let mut all = Vec::new();
    find_into(&mut all, windows);
    all
}

/// The same, in memory that is used again.
pub fn find_into(all: &mut Vec<Found>, windows: &Windows<'_>) {
    match Glance::of(windows) {
        Some(start) => {
            let rows = SIGNATURES.iter().filter(|row| (row.may_be_there)(&start));
            all.extend(rows.filter_map(|row| (row.find)(windows)));
        }
        None => all.extend(SIGNATURES.iter().filter_map(|row| (row.find)(windows))),
    }
}
