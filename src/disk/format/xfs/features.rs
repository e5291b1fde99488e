//! The features of a version 5 superblock, and what a kernel without them does (`fs/xfs/libxfs/xfs_format.h`,
//! `xfs_sb_validate_mount`): an unknown incompatible one it does not mount, an unknown one of the others only for
//! reading.

use crate::base::bytes::be32;
use crate::disk::format::refusal::{self, Feature, Features, Refusal};

const RO_COMPAT_AT: usize = 212;
const INCOMPAT_AT: usize = 216;
/// xfs_repair has to run first, whatever the kernel.
const NEEDS_REPAIR: u32 = 0x10;

const INCOMPAT: &[Feature] = &[
    Feature { bit: 0x1, name: "ftype", since: (3, 10) },
    Feature { bit: 0x2, name: "sparse inodes", since: (4, 2) },
    Feature { bit: 0x4, name: "metadata UUID", since: (4, 3) },
    Feature { bit: 0x8, name: "bigtime", since: (5, 10) },
    Feature { bit: NEEDS_REPAIR, name: "needsrepair", since: (3, 10) },
    Feature { bit: 0x20, name: "nrext64", since: (5, 19) },
];

const RO_COMPAT: &[Feature] = &[
    Feature { bit: 0x1, name: "finobt", since: (3, 16) },
    Feature { bit: 0x2, name: "rmapbt", since: (4, 8) },
    Feature { bit: 0x4, name: "reflink", since: (4, 9) },
    Feature { bit: 0x8, name: "inobtcount", since: (5, 10) },
];

/// What keeps some kernels, and what keeps all of them from mounting it.
pub(super) fn judge(raw: &[u8]) -> (Vec<Refusal>, Vec<(u64, String)>) {
    let features = |at: usize, known| Features { at: at as u64, set: be32(raw, at).unwrap_or_default(), known };
    let incompat = features(INCOMPAT_AT, INCOMPAT);
    let (refusals, mut problems) = refusal::judge(incompat, features(RO_COMPAT_AT, RO_COMPAT));
    if incompat.set & NEEDS_REPAIR != 0 {
        problems.insert(0, (incompat.at, "no kernel mounts it before xfs_repair ran (needsrepair)".to_owned()));
    }
    (refusals, problems)
}
