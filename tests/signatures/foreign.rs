//! Formats that are only named: type, identifier and label are those of `blkid`, wherever their place is fixed.

use std::os::unix::fs::FileExt;

use crate::support::blkid::blkid;
use okv_host::disk::content_of;
use okv_host::disk::format::content::Kind;
use okv_host::io::image;
use tempfile::NamedTempFile;

const KIB: u64 = 1 << 10;
/// The least that `blkid` wants for the largest of them.
const BYTES: u64 = 64 << 20;

/// A superblock: its place, and bytes at places within it. Between them lie letters, of which identifier and label are.
struct Superblock {
    at: u64,
    parts: Vec<(usize, Vec<u8>)>,
}

fn at(at: u64, magic: (usize, &[u8])) -> Superblock {
    Superblock { at, parts: vec![(magic.0, magic.1.to_vec())] }
}

fn before_end(bytes: u64, magic: (usize, &[u8])) -> Superblock {
    at(BYTES - bytes, magic)
}

impl Superblock {
    fn with(mut self, at: usize, bytes: &[u8]) -> Self {
        self.parts.push((at, bytes.to_vec()));
        self
    }

    fn file(&self, filler: &[u8]) -> NamedTempFile {
        let mut bytes: Vec<u8> = filler.iter().copied().cycle().take((BYTES - self.at).min(4096) as usize).collect();
        for (at, part) in &self.parts {
            bytes[*at..at + part.len()].copy_from_slice(part);
        }
        let file = NamedTempFile::new().unwrap();
        file.as_file().set_len(BYTES).unwrap();
        file.as_file().write_all_at(&bytes, self.at).unwrap();
        file
    }
}

/// Those of which `blkid` finds the type by fields alone.
fn superblocks() -> Vec<Superblock> {
    let reiserfs = |place, magic: &[u8]| at(place, (52, magic)).with(44, &[0, 16]).with(12, &[18, 0, 0, 0]);
    vec![
        reiserfs(64 * KIB, b"ReIsEr2Fs\0\0\0"),
        reiserfs(64 * KIB, b"ReIsEr3Fs\0\0\0"),
        reiserfs(64 * KIB, b"ReIsErFs\0\0\0\0"),
        reiserfs(8 * KIB, b"ReIsErFs\0\0\0\0"),
        at(64 * KIB, (0, b"ReIsEr4")),
        at(32 * KIB, (0, b"JFS1")).with(16, &[0, 16, 0, 0, 12, 0, 3, 0, 0, 2, 0, 0, 9, 0]),
        at(64 * KIB, (0, b"\x01\x16\x19\x70\0\0\0\x01")).with(24, &[0, 0, 7, 9, 0, 0, 7, 0x6c]),
        at(KIB, (0, b"OCFSV2")),
        at(2 * KIB, (0, b"OCFSV2")),
        at(4 * KIB, (0, b"OCFSV2")),
        at(8 * KIB, (0, b"OCFSV2")),
        at(KIB, (0, b"\xf5\xfc\x01\xa5")),
        at(0, (0, b"hsqs")).with(28, &[4, 0]),
        at(0, (0, b"sqsh")).with(28, &[0, 3]),
        at(4 * KIB, (0, b"SPB5")),
        at(0, (0, b"\x31\x18\x10\x06")),
        at(0, (0, b"\xce\xfa\xad\x1b")),
        at(KIB, (0, b"\x10\x20\xf5\xf2\x01\0\x0e\0")),
        at(0, (0, b"SFOZ")),
        at(KIB, (0, b"\xe2\xe1\xf5\xe0")),
        at(0, (0, b"\x45\x3d\xcd\x28")),
        at(0, (0, b"-rom1fs-")),
        at(0, (0, b"\0\0\0ReFS\0")),
        at(0, (0, b"\xeb\x52\x90-FVE-FS-")),
        at(0, (0, b"dmvdo001")),
        at(0, (0, b"integrt\0\x01")),
        at(0, (0, b"verity\0\0\x01\0\0\0")),
        at(0, (0, b"SnAp")),
        before_end(4 * KIB, (60, b"\x83\x74\x02\x6b")),
        before_end(4 * KIB, (60, b"\x83\x74\x02\x6c")),
        before_end(4 * KIB, (60, b"\x83\x74\x02\x6d")),
        at(0, (0, b"bluestore block device")),
        at(512, (504, b"\x20\x7e\x18\xfd\x01\0\0\0")),
        before_end(512, (0, b"$XIDE$")),
        before_end(1024, (0, b"NVIDIA")),
        before_end(16 * 512, (0, b"Promise Technology, Inc.")),
        before_end(11 * 512, (0, b"\xf3\x16\x78\x5a")),
        before_end(11 * 512, (0, b"\xfd\x16\x78\x5a")),
        at(9 * 512, (32, b"\xf0\x16\x78\x5a")),
        at(9 * 512, (32, b"\xfd\x16\x78\x5a")),
    ]
}

#[test]
fn what_is_only_named_has_the_type_the_identifier_and_the_label_that_blkid_reports() {
    // Random letters: an identifier or a label from another place would differ.
    for filler in [&b"the quick brown fox jumps over the lazy dog 0123456789"[..], &[0]] {
        for superblock in superblocks() {
            let file = superblock.file(filler);
            let theirs = blkid(file.path());
            let ours = content_of(&*image::open(file.path()).unwrap());
            let place = format!("{:?} at {}: {theirs:?}", superblock.parts, superblock.at);
            assert_eq!((ours.kind, ours.format), (Kind::Unknown, Some(&*theirs.kind)), "{place}");
            assert_eq!(ours.label, theirs.label, "{place}");
            assert_eq!(ours.uuid.map(|id| id.to_string()), theirs.uuid, "{place}");
        }
    }
}

/// Those whose identifier `blkid` gives in a form of its own: a decimal number (ubi), a hash (hfsplus), two words of
/// another byte order (ufs). It has none here.
fn computed() -> [(&'static str, Superblock); 4] {
    [
        ("ubi", at(0, (0, b"UBI#"))),
        ("hfsplus", at(KIB, (0, b"H+\0\x04"))),
        ("ufs", at(8 * KIB, (1372, b"\x54\x19\x01\x00"))),
        ("ufs", at(64 * KIB, (1372, b"\x19\x01\x54\x19"))),
    ]
}

#[test]
fn what_has_a_computed_identifier_is_named_without_it() {
    for (name, superblock) in computed() {
        let file = superblock.file(b"letters");
        let ours = content_of(&*image::open(file.path()).unwrap());
        assert_eq!((blkid(file.path()).kind.as_str(), ours.format, ours.uuid), (name, Some(name), None));
    }
}

/// What `blkid` itself does not report for a magic number alone, and why nothing is made here that it would.
const WANTS_MORE: &[(&str, u64, usize, &[u8], &str)] = &[
    ("ocfs", 0, 8, b"OracleCFS", "the second block of its header too"),
    ("befs", 0, 32, b"BFS1", "the root directory, where its identifier is an attribute"),
    ("apfs", 0, 32, b"NXSB", "a Fletcher sum of its block"),
    ("hpfs", 8 * KIB, 0, b"\x49\xe8\x95\xf9", "the second superblock, and a boot sector that has its label"),
    (
        "stratis",
        512,
        4,
        b"!Stra0tis\x86\xff\x02^\x41rh",
        "a CRC-32C of its sector, and its UUID is text without dashes",
    ),
    ("drbdproxy_datalog", 0, 16, b"DRBDdlh*", "fields of its header"),
    ("exfs", 0, 0, b"EXFS", "all fields of an xfs superblock"),
    ("xfs_external_log", 0, 0, b"\xfe\xed\xba\xbe", "records of the log behind it"),
];

#[test]
fn what_blkid_verifies_further_is_named_by_its_magic_number() {
    for (name, place, magic_at, magic, why) in WANTS_MORE {
        let file = at(*place, (*magic_at, magic)).file(&[0]);
        assert_eq!(blkid(file.path()).kind, "", "{name}: blkid wants {why}");
        let ours = content_of(&*image::open(file.path()).unwrap());
        assert_eq!((ours.kind, ours.format), (Kind::Unknown, Some(*name)));
    }
}

/// Two bytes, or a place that is read only to prove a disk blank, name nothing: they are never blank, and unknown.
#[test]
fn every_type_that_blkid_knows_is_read_or_named_or_left_unknown_for_a_reason() {
    const READ: &[&str] = &[
        "linux_raid_member ddf_raid_member isw_raid_member bcache LVM2_member LVM1_member crypto_LUKS vfat swsuspend",
        "swap xfs ext4 ext3 ext2 jbd udf iso9660 zfs_member ntfs oracleasm btrfs exfat",
    ];
    const LEFT: &[(&str, &str)] = &[
        ("via_raid_member", "its magic number has two bytes, and a boot sector has the same"),
        ("silicon_medley_raid_member", "of its magic number three bytes are zero"),
        ("adaptec_raid_member", "its header has no magic number at a place of its own"),
        ("jmicron_raid_member", "its magic number has two bytes"),
        ("drbdmanage_control_volume", "the volume has a text, which nothing makes any more"),
        ("VMFS_volume_member", "it lies at 1 MiB, which is read only of a disk that seems blank"),
        ("VMFS", "it lies at 2 MiB, which is read only of a disk that seems blank"),
        ("ext4dev", "ext4 of kernels before 2.6.28: reported as what its features make it"),
        ("hfs", "its magic number has two bytes"),
        ("xenix", "it lies behind what is read at once of a small volume"),
        ("minix", "its magic number has two bytes"),
        ("gfs", "the predecessor of gfs2, told from it by a version alone"),
        ("nilfs2", "its magic number has two bytes"),
        ("mpool", "it wants a CRC-32C of its own kind"),
    ];
    let known = std::process::Command::new("blkid").arg("-k").output().unwrap();
    let known = String::from_utf8(known.stdout).unwrap();
    let read: Vec<&str> = READ.iter().flat_map(|line| line.split(' ')).collect();
    let mut named: Vec<String> = WANTS_MORE.iter().map(|(name, ..)| (*name).to_owned()).collect();
    named.extend(superblocks().iter().map(|superblock| blkid(superblock.file(&[0]).path()).kind));
    named.extend(computed().map(|(name, _)| name.to_owned()));
    for kind in known.lines().map(str::trim).filter(|kind| !kind.is_empty()) {
        let is_left = LEFT.iter().any(|(left, _)| *left == kind);
        assert!(read.contains(&kind) || is_left || named.iter().any(|name| name == kind), "{kind}");
    }
}
