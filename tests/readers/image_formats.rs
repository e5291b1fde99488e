//! Images of virtual machines: the input is the file. Large ones are those of the target `formats-scan`.

use std::cell::RefCell;

use super::{Reader, scratch, seeds};
use crate::disk::{Scratch, Source, scan_file};

/// A descriptor of VMDK; images with tables are in `tests/fuzz/corpus`.
const DESCRIPTOR: &str = "# Disk DescriptorFile\nversion=1\nCID=cf23d8b2\nparentCID=ffffffff\n\
    createType=\"monolithicFlat\"\n\nRW 128 FLAT \"whole\" 0\n\nddb.virtualHWVersion = \"4\"\n";

thread_local! {
    static USED: RefCell<Scratch> = RefCell::default();
}

pub(super) const READERS: &[Reader] = &[Reader {
    name: "image-formats",
    sources: &[
        "io/image/vm/chain",
        "io/image/vm/mod",
        "io/image/vm/ova",
        "io/image/vm/qcow2/header",
        "io/image/vm/qcow2/mod",
        "io/image/vm/store",
        "io/image/vm/tar",
        "io/image/vm/unpack",
        "io/image/vm/vhdx/layout",
        "io/image/vm/vhdx/mod",
        "io/image/vm/vmdk/descriptor",
        "io/image/vm/vmdk/extents",
        "io/image/vm/vmdk/sparse_extent",
    ],
    seeds: || seeds::texts(&[DESCRIPTOR]),
    read: |data| {
        scratch::file(data, |path| {
            let (first, more) = USED.with_borrow_mut(|used| scan_file(&Source::open(path), used));
            assert!(more.len() <= 65, "{} disks", more.len());
            for disk in std::iter::once(&first).chain(&more) {
                assert!(disk.problems.len() < 8192, "{} problems", disk.problems.len());
                assert!(disk.bytes > 0 || disk.could_not_be_opened());
            }
        });
    },
}];
