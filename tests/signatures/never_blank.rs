//! Formats that libblkid knows and nothing here reads: wherever their signature lies, no disk with one is blank.
//!
//! Where the signature alone is enough for `blkid`, the test has it say the type. The others want checksums or fields
//! beside it, which would prove nothing more here: what counts is the place.

use std::fs;
use std::os::unix::fs::FileExt;

use crate::support::blkid::blkid;
use okv_host::disk::content_of;
use okv_host::disk::format::content::Kind;
use okv_host::io::image::{self, Memory};
use tempfile::NamedTempFile;

const BYTES: u64 = 8 << 20;
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
/// Sectors before the end where a Promise array keeps its superblock.
const PROMISE: [u64; 13] = [63, 255, 256, 16, 399, 591, 675, 735, 911, 974, 991, 951, 3087];

/// A signature: its place, its bytes, and the type that `blkid` says by it alone.
struct Signature {
    at: u64,
    magic: &'static [u8],
    blkid: Option<&'static str>,
}

fn before_end(sectors: u64) -> u64 {
    BYTES - sectors * 512
}

/// At which place which bytes lie (util-linux 2.38, `libblkid/src/superblocks`).
fn signatures() -> Vec<Signature> {
    let alone = |at, magic, blkid| Signature { at, magic, blkid: Some(blkid) };
    let with_more = |at, magic| Signature { at, magic, blkid: None };
    let mut all = vec![
        alone(before_end(2), b"NVIDIA", "nvidia_raid_member"),
        alone(before_end(1), b"$XIDE$", "lsi_mega_raid_member"),
        alone(before_end(11), b"\xf3\x16\x78\x5a", "hpt45x_raid_member"),
        alone(9 * 512 + 32, b"\xf0\x16\x78\x5a", "hpt37x_raid_member"),
        alone(MIB, b"\x0d\xd0\x01\xc0", "VMFS_volume_member"),
        alone(2 * MIB, b"\x5e\xf1\xab\x2f", "VMFS"),
        alone(0, b"SnAp", "DM_snapshot_cow"),
        alone(0, b"bluestore block device", "ceph_bluestore"),
        with_more(before_end(1), b"\x55\xaa\x01"),
        with_more(before_end(1), b"JM"),
        with_more(before_end(1) + 0x60, b"\0\0\0\x2f"),
        with_more(before_end(8) + 28, b"\x83\x74\x02\x6b"),
        with_more(64 * KIB + 0x34, b"ReIsEr2Fs"),
        with_more(32 * KIB, b"JFS1"),
        with_more(64 * KIB, b"\x01\x16\x19\x70"),
        with_more(256 * KIB + 1372, b"\x19\x54\x01\x19"),
        with_more(BYTES - 4096 + 6, b"\x34\x34"),
        with_more(4 * MIB, b"SKUL\xba\xbe"),
    ];
    all.extend(
        PROMISE.map(|back| alone(before_end(back), b"Promise Technology, Inc.", "promise_fasttrack_raid_member")),
    );
    all
}

#[test]
fn no_disk_with_a_signature_that_libblkid_knows_is_blank() {
    for Signature { at, magic, blkid: theirs } in signatures() {
        let file = NamedTempFile::new().unwrap();
        file.as_file().set_len(BYTES).unwrap();
        file.as_file().write_all_at(magic, at).unwrap();
        if let Some(theirs) = theirs {
            assert_eq!(blkid(file.path()).kind, theirs, "at {at}");
        }
        let found = content_of(&*image::open(file.path()).unwrap());
        assert_ne!(found.kind, Kind::Blank, "{theirs:?} at {at}");
        // The same without holes to ask for.
        let found = content_of(&Memory::new(fs::read(file.path()).unwrap()));
        assert_ne!(found.kind, Kind::Blank, "{theirs:?} at {at}");
    }
}

#[test]
fn one_byte_at_either_end_or_at_a_usual_start_of_a_partition_is_enough_not_to_be_blank() {
    for at in [0, 700_000, MIB - 1, MIB, 2 * MIB, 4 * MIB, BYTES - MIB, BYTES - 300_000, BYTES - 1] {
        let mut bytes = vec![0; BYTES as usize];
        bytes[at as usize] = 1;
        assert_ne!(content_of(&Memory::new(bytes)).kind, Kind::Blank, "{at}");
    }
    assert_eq!(content_of(&Memory::new(vec![0; BYTES as usize])).kind, Kind::Blank);
}
