//! The features that a kernel has to know (`fs/ext4/ext4.h`): with an unknown incompatible one it does not mount the
//! file system, with an unknown one of the others only for reading.

use super::superblock::Superblock;
use crate::disk::format::refusal::{self, Feature, Features, Refusal};

const RO_COMPAT_AT: u64 = 100;
const INCOMPAT_AT: u64 = 96;

const INCOMPAT: &[Feature] = &[
    Feature { bit: 0x2, name: "filetype", since: (2, 6) },
    Feature { bit: 0x4, name: "needs_recovery", since: (2, 6) },
    Feature { bit: 0x8, name: "journal_dev", since: (2, 6) },
    Feature { bit: 0x10, name: "meta_bg", since: (2, 6) },
    Feature { bit: 0x40, name: "extents", since: (2, 6) },
    Feature { bit: 0x80, name: "64bit", since: (2, 6) },
    Feature { bit: 0x100, name: "mmp", since: (3, 0) },
    Feature { bit: 0x200, name: "flex_bg", since: (2, 6) },
    Feature { bit: 0x400, name: "ea_inode", since: (4, 13) },
    Feature { bit: 0x2000, name: "metadata_csum_seed", since: (4, 4) },
    Feature { bit: 0x4000, name: "large_dir", since: (4, 13) },
    Feature { bit: 0x8000, name: "inline_data", since: (3, 8) },
    Feature { bit: 0x10000, name: "encrypt", since: (4, 1) },
    Feature { bit: 0x20000, name: "casefold", since: (5, 2) },
];

const RO_COMPAT: &[Feature] = &[
    Feature { bit: 0x1, name: "sparse_super", since: (2, 6) },
    Feature { bit: 0x2, name: "large_file", since: (2, 6) },
    Feature { bit: 0x4, name: "btree_dir", since: (2, 6) },
    Feature { bit: 0x8, name: "huge_file", since: (2, 6) },
    Feature { bit: 0x10, name: "uninit_bg", since: (2, 6) },
    Feature { bit: 0x20, name: "dir_nlink", since: (2, 6) },
    Feature { bit: 0x40, name: "extra_isize", since: (2, 6) },
    Feature { bit: 0x100, name: "quota", since: (3, 6) },
    Feature { bit: 0x200, name: "bigalloc", since: (3, 2) },
    Feature { bit: 0x400, name: "metadata_csum", since: (3, 5) },
    Feature { bit: 0x1000, name: "read-only", since: (4, 0) },
    Feature { bit: 0x2000, name: "project", since: (4, 5) },
    Feature { bit: 0x8000, name: "verity", since: (5, 4) },
    Feature { bit: 0x10000, name: "orphan_present", since: (5, 15) },
];

/// What keeps some kernels, and what keeps all of them from mounting it; offsets are from the start of the superblock.
pub(super) fn judge(sb: &Superblock) -> (Vec<Refusal>, Vec<(u64, String)>) {
    let incompat = Features { at: INCOMPAT_AT, set: sb.incompat, known: INCOMPAT };
    refusal::judge(incompat, Features { at: RO_COMPAT_AT, set: sb.ro_compat, known: RO_COMPAT })
}

/// The incompatible features that no kernel knows or that it cannot read files with, in words.
pub(in crate::disk) fn not_readable(sb: &Superblock) -> Option<String> {
    const COMPRESSION: u32 = 0x1;
    let unknown = INCOMPAT.iter().fold(sb.incompat, |left, feature| left & !feature.bit);
    match (unknown & COMPRESSION != 0, unknown & !COMPRESSION) {
        (false, 0) => None,
        (true, 0) => Some("the feature compression".to_owned()),
        (_, bits) => Some(format!("the unknown incompatible features {bits:#x}")),
    }
}
