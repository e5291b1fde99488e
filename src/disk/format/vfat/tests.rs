#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, clippy::single_range_in_vec_init)]

use super::*;
use crate::disk::format::damage;

const VOLUME: u64 = 200 << 20;

struct Fat(Vec<u8>);

impl Fat {
    fn new(fields: &[(usize, &[u8])]) -> Self {
        let mut fat = Self(vec![0; 8192]);
        for (at, bytes) in [(0, &b"\xebX\x90"[..]), (11, &[0, 2]), (16, &[2]), (21, &[0xf8]), (510, &[0x55, 0xaa])]
            .iter()
            .chain(fields)
        {
            fat.0[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        fat
    }

    /// 200 MiB, clusters of 2 KiB, tables of 800 sectors, root directory in cluster 2.
    fn fat32() -> Self {
        Self::new(&[
            (13, &[4]),
            (14, &[32]),
            (32, &409_600_u32.to_le_bytes()),
            (36, &800_u32.to_le_bytes()),
            (44, &[2]),
            (48, &[1]),
            (66, b"\x29\x01\x00\xfe\xca"),
            (71, b"BOOT SECTOR"),
            (82, b"FAT32   "),
            (512, b"RRaA"),
            (996, b"rrAa"),
        ])
    }

    /// 2 MiB, one table of 2 sectors, 32 root entries right after them, clusters of 2 KiB.
    fn fat12() -> Self {
        Self::new(&[
            (13, &[4]),
            (14, &[1]),
            (16, &[1]),
            (17, &[32]),
            (19, &4096_u16.to_le_bytes()),
            (22, &[2]),
            (38, b"\x29\x01\x00\xfe\xca"),
            (43, b"NO NAME    "),
            (54, b"FAT12   "),
        ])
    }

    fn with(mut self, at: usize, bytes: &[u8]) -> Self {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    fn windows(&self) -> Windows<'_> {
        Windows::new(VOLUME).with(0, &self.0)
    }

    fn found(&self) -> Option<Found> {
        find(&self.windows())
    }

    fn label(&self) -> Option<String> {
        self.found().unwrap().content.label
    }
}

fn entry(name: &[u8; 11], attributes: u8) -> Vec<u8> {
    [&name[..], &[attributes], &[0; 20]].concat()
}

#[test]
fn a_fat32_gives_identity_and_size() {
    let Found { content, problems, .. } = Fat::fat32().found().unwrap();
    assert_eq!(problems, []);
    assert_eq!((content.kind, content.version, content.bytes), (Kind::Vfat, Some("FAT32"), Some(VOLUME)));
    assert_eq!(content.uuid.unwrap().to_string(), "CAFE-0001");
    assert_eq!(content.label.as_deref(), Some("BOOT SECTOR"), "the root directory was not read");
}

#[test]
fn the_number_of_clusters_decides_between_fat12_and_fat16() {
    let version = |clusters: u32| {
        let sectors = clusters * 4 + 1 + 2 * 64 + 2;
        let fat = Fat::fat12().with(16, &[2]).with(22, &[64]).with(19, &[0, 0]).with(32, &sectors.to_le_bytes());
        fat.found().and_then(|found| found.content.version)
    };
    assert_eq!((version(0xff3), version(0xff4)), (Some("FAT12"), Some("FAT16")));
    assert_eq!((version(0xfff4), version(0xfff5)), (Some("FAT16"), None));
}

#[test]
fn a_label_in_the_root_directory_goes_before_the_one_in_the_boot_sector() {
    const ROOT: usize = 3 * 512;
    assert_eq!(root_directory(&Fat::fat12().windows()), Some((1536, 1024)));
    assert_eq!(Fat::fat12().with(43, b"OLD LABEL  ").label(), None, "the root directory was read, and has none");
    let long_name = entry(b"A\0b\0o\0o\0t\0\0", 0x0f);
    let deleted = entry(b"\xe5ONE       ", 0x08);
    let folder = entry(b"EFI        ", 0x10);
    let entries = [&long_name[..], &deleted, &folder, &entry(b"NEW LABEL  ", 0x28)].concat();
    assert_eq!(Fat::fat12().with(ROOT, &entries).label().as_deref(), Some("NEW LABEL"));
    assert_eq!(Fat::fat12().with(ROOT, &entry(NO_NAME.try_into().unwrap(), 0x08)).label(), None);
    assert_eq!(Fat::fat12().with(ROOT, &entry(b"\x05X         ", 0x08)).label().as_deref(), Some("\u{fffd}X"));
}

#[test]
fn a_root_directory_far_away_is_named_for_the_caller_to_read() {
    let fat = Fat::fat32();
    let (at, len) = root_directory(&fat.windows()).unwrap();
    assert_eq!((at, len), ((32 + 2 * 800) * 512, 2048));
    let root = [entry(b"FAR AWAY   ", 0x08), vec![0; 2016]].concat();
    let found = find(&fat.windows().with(at, &root)).unwrap();
    assert_eq!(found.content.label.as_deref(), Some("FAR AWAY"));
    assert_eq!(root_directory(&fat.with(44, &[1]).windows()), None, "cluster 1 is none");
}

#[test]
fn what_has_no_plausible_parameter_block_is_no_fat() {
    for (at, bytes) in [
        (11, &[0, 3][..]),   // sectors of 768 bytes
        (13, &[3]),          // clusters of three sectors
        (14, &[0]),          // no reserved sector, so no boot sector
        (16, &[0]),          // no table
        (21, &[0xf1]),       // no such medium
        (32, &[1, 0, 0, 0]), // fewer sectors than its own tables
        (36, &[0, 0, 0, 0]), // tables without length
        (36, &[0xff, 0xff, 0xff, 0xff]),
    ] {
        assert_eq!(Fat::fat32().with(at, bytes).found(), None, "{at}: {bytes:?}");
    }
}

#[test]
fn a_boot_sector_without_the_name_needs_its_signature_and_no_other_owner() {
    let nameless = || Fat::fat32().with(82, &[0; 8]);
    assert!(nameless().found().is_some());
    assert_eq!(nameless().with(510, &[0, 0]).found(), None);
    assert_eq!(nameless().with(54, b"HPFS    ").found(), None);
    assert_eq!(nameless().with(3, b"-FVE-FS-").found(), None);
    assert!(Fat::fat32().with(510, &[0, 0]).found().is_some(), "the name is enough");
}

#[test]
fn a_foreign_fsinfo_sector_and_a_cut_off_volume_are_problems() {
    let problems = |fat: Fat| fat.found().unwrap().problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(problems(Fat::fat32().with(512, b"XXXX")), ["FAT32 FSInfo sector at byte 512: wrong signature"]);
    assert_eq!(problems(Fat::fat32().with(996, b"XXXX")), ["FAT32 FSInfo sector at byte 996: wrong signature"]);
    assert_eq!(problems(Fat::fat32().with(512, &[0; 512])), [""; 0]);
    let cut = Fat::fat32();
    assert_eq!(find(&Windows::new(VOLUME - 1).with(0, &cut.0)).unwrap().problems.len(), 1);
}

#[test]
fn no_damage_makes_it_panic() {
    for fat in [Fat::fat32(), Fat::fat12()] {
        damage::every_truncation(&fat.0, VOLUME, 512, find);
        damage::every_flip(&fat.0, VOLUME, 0..2048, find, |_, _| ());
        damage::noise(&fat.0, u64::MAX, 0..2048, &[11..14, 21..22, 82..90, 54..62], find);
    }
}

#[test]
fn sectors_smaller_than_those_of_the_device_are_a_problem() {
    let on = |device| find(&Windows::new(VOLUME).on_sectors(Some(device)).with(0, &Fat::fat32().0)).unwrap().problems;
    assert!(on(4096).iter().any(|problem| problem.why.contains("logical blocks of 4096")));
    assert_eq!(on(512), []);
}
