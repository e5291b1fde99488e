//! The features that keep a file system from being read here.
//!
//! Source: `XFS_SB_FEAT_INCOMPAT_*` and `XFS_SB_VERSION_*` in the kernel's `xfs_format.h`. Features that are compatible
//! for reading (finobt, rmapbt, reflink, inobtcount, and unknown ones) change nothing that is read here.

use std::io;

use crate::base::bytes::be32;
use crate::disk::filesystem::failure::{damaged, short};

/// `sb_features2`; behind it lies a copy, where some kernels wrote it alone. What either has counts.
const FEATURES2_AT: [usize; 2] = [200, 204];
const INCOMPAT_AT: usize = 216;

/// Version 4, in `sb_versionnum`: names are found without regard to the case of ASCII letters.
const ANY_CASE: u16 = 0x4000;
/// Version 4, in `sb_versionnum`: folders of the second format, which all have since 2001.
const FOLDERS_V2: u16 = 0x2000;
/// Version 4, in `sb_versionnum`: `sb_features2` counts.
const MORE: u16 = 0x8000;
/// Version 4, in `sb_features2`.
const FILE_TYPE_V4: u32 = 0x200;

/// Incompatible features of version 5 that are read here: ftype, sparse inodes, metadata UUID, bigtime, nrext64,
/// exchange-range, parent pointers.
const READ: u32 = FILE_TYPE | 0x2 | META_UUID | 0x8 | 0x20 | 0x40 | 0x80;
const FILE_TYPE: u32 = 0x1;
const META_UUID: u32 = 0x4;

/// Those that are not, and why.
const REFUSED: &[(u32, &str)] = &[
    (0x10, "it needs repair, and no kernel mounts it (needsrepair). Run xfs_repair"),
    (0x100, "files in it cannot be read here: it has a tree of metadata (metadir)"),
    (0x200, "files in it cannot be read here: it is made for zoned devices (zoned)"),
    (0x400, "files in it cannot be read here: it has gaps between zones (zone gaps)"),
];

/// What matters to who reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Features {
    /// A name in a folder has the type of its file.
    pub(super) file_type: bool,
    /// Metadata has the UUID in `sb_meta_uuid` and not that in `sb_uuid`.
    pub(super) meta_uuid: bool,
}

/// The features of a superblock, whose version is 4 or 5.
pub(super) fn of(raw: &[u8], version: u16, flags: u16) -> io::Result<Features> {
    if flags & FOLDERS_V2 == 0 {
        return Err(damaged("files in it cannot be read here: its folders have the format of before 2001"));
    }
    if flags & ANY_CASE != 0 {
        return Err(damaged("files in it cannot be read here: it finds names in any case (ascii-ci)"));
    }
    if version == 4 {
        let [more, copy] = FEATURES2_AT.map(|at| be32(raw, at).map_err(short));
        let file_type = flags & MORE != 0 && (more? | copy?) & FILE_TYPE_V4 != 0;
        return Ok(Features { file_type, meta_uuid: false });
    }
    let set = be32(raw, INCOMPAT_AT).map_err(short)?;
    if let Some((_, why)) = REFUSED.iter().find(|(bit, _)| set & bit != 0) {
        return Err(damaged(why));
    }
    let unknown = set & !READ;
    if unknown != 0 {
        return Err(damaged(format_args!(
            "files in it cannot be read here: unknown incompatible features {unknown:#x}"
        )));
    }
    Ok(Features { file_type: set & FILE_TYPE != 0, meta_uuid: set & META_UUID != 0 })
}
