use std::sync::Arc;
use std::time::{Duration, Instant};

use super::sample::{END, Sample, entry, named};
use super::*;
use crate::disk::filesystem::FileImage;
use crate::disk::format::vfat::bpb::Width;
use crate::io::image::Memory;

const WIDTHS: [Width; 3] = [Width::Fat12, Width::Fat16, Width::Fat32];
const LONG: &str = "Größe und Länge 𝄞 eines langen Namens.conf";

fn volume(sample: &Sample) -> Arc<dyn Image> {
    Arc::new(Memory::new(sample.bytes.clone()))
}

fn opened(sample: &Sample) -> Fat {
    Fat::open(volume(sample)).unwrap()
}

fn names(fat: &Fat, folder: u64) -> Vec<String> {
    fat.names(folder, 1000).unwrap().into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect()
}

fn at(fat: &Fat, path: &str) -> u64 {
    path.split('/').fold(fat.top(), |folder, name| fat.find(folder, name.as_bytes()).unwrap().expect(name))
}

fn why<T>(answer: io::Result<T>) -> String {
    answer.err().expect("an error").to_string()
}

/// Why the file of several clusters cannot be read, where an entry of the table is another one.
fn why_linked(width: Width, cluster: u32, next: u32) -> String {
    let mut sample = Sample::filled(width);
    sample.link(cluster, next);
    let fat = opened(&sample);
    why(fat.content(at(&fat, LONG)))
}

#[test]
fn files_are_found_in_each_width() {
    for width in WIDTHS {
        let sample = Sample::filled(width);
        let fat = opened(&sample);
        assert_eq!(names(&fat, fat.top()), ["EFI", LONG, "grubx64.efi", "EMPTY"], "{width:?}");
        assert_eq!(names(&fat, at(&fat, "EFI")), ["bootx64.efi.sig"]);
        let (long, folder) = (fat.inode(at(&fat, LONG)).unwrap(), fat.inode(at(&fat, "EFI")).unwrap());
        assert_eq!((long.mode, long.bytes, long.blocks), (0o100_755, 1300, 3));
        assert_eq!((folder.mode, folder.bytes, folder.blocks), (0o040_755, 512, 1));
        assert_eq!(fat.inode(at(&fat, "grubx64.efi")).unwrap().mode, 0o100_555, "read-only");
        let image = FileImage::new(volume(&sample), fat.content(long.number).unwrap()).unwrap();
        let mut bytes = vec![0; 1300];
        image.read_at(&mut bytes, 0).unwrap();
        let expected = [5, 6, 9].map(|cluster| &sample.bytes[sample.cluster(cluster)..][..512]).concat();
        assert_eq!(bytes, expected[..1300]);
        let Content::Extents { extents, .. } = fat.content(long.number).unwrap() else { panic!("no extents") };
        assert_eq!(extents.len(), 2, "clusters that follow one another are one piece");
        let empty = fat.content(at(&fat, "EMPTY")).unwrap();
        assert_eq!(empty, Content::Extents { bytes: 0, extents: vec![] });
    }
}

#[test]
fn names_are_found_without_case_by_long_and_short_name_and_without_dots_at_the_end() {
    let fat = opened(&Sample::filled(Width::Fat16));
    let long = at(&fat, LONG);
    for name in ["GRÖSSE UND LÄNGE", "grsseu~1.con", "GRSSEU~1.CON", "größe UND länge 𝄞 eines LANGEN Namens.CONF.."]
    {
        let expected = (!name.ends_with("LÄNGE")).then_some(long);
        assert_eq!(fat.find(fat.top(), name.as_bytes()).unwrap(), expected, "{name}");
    }
    assert_eq!(at(&fat, "efi/BOOTX64.EFI.SIG"), at(&fat, "EFI/bootx6~1.sig"));
    for name in [&b""[..], b".", b"..", b"...", b"\xff", b"NOTHING.TXT", b"EFI/"] {
        assert_eq!(fat.find(fat.top(), name).unwrap(), None, "{name:?}");
    }
}

#[test]
fn a_long_name_that_is_not_whole_or_of_another_file_gives_the_short_name() {
    let slots = named("a long name of three slots, no less", entry(b"ALONGN~1   ", 0x20, 0, 0));
    type Damage<'d> = &'d dyn Fn(&mut Vec<u8>);
    let damage: [Damage<'_>; 6] = [
        &|slots| slots[96] = b'B',
        &|slots| slots[32] = 9,
        &|slots| slots[64 + 13] ^= 1,
        &|slots| slots[0] = 3,
        &|slots| slots[0] = 0x40,
        &|slots| drop(slots.drain(32..64)),
    ];
    for damage in damage {
        let mut slots = slots.clone();
        damage(&mut slots);
        let mut sample = Sample::new(Width::Fat12);
        sample.put(sample.top(), &slots);
        let shown = names(&opened(&sample), TOP);
        assert!(shown == ["ALONGN~1"] || shown == ["BLONGN~1"], "{shown:?}");
    }
    let mut sample = Sample::new(Width::Fat12);
    sample.put(sample.top(), &slots);
    assert_eq!(names(&opened(&sample), TOP), ["a long name of three slots, no less"]);
}

#[test]
fn short_names_are_shown_in_code_page_437_and_in_the_case_that_they_are_marked_with() {
    let shown = |name: &[u8; 11], case| {
        let mut sample = Sample::new(Width::Fat12);
        let mut entry = entry(name, 0x20, 0, 0);
        entry[12] = case;
        sample.put(sample.top(), &entry);
        names(&opened(&sample), TOP)
    };
    assert_eq!(shown(b"README  TXT", 0), ["README.TXT"]);
    assert_eq!(shown(b"README  TXT", 0x08), ["readme.TXT"]);
    assert_eq!(shown(b"README  TXT", 0x10), ["README.txt"]);
    assert_eq!(shown(b"A B     C  ", 0x18), ["a b.c"]);
    assert_eq!(shown(b"\x9aBER    \xff  ", 0x08), ["über.\u{a0}"]);
    assert_eq!(shown(b"\x05 IGMA     ", 0), ["σ IGMA"]);
    assert_eq!(shown(b"           ", 0), [""; 0], "an entry without a name");
}

#[test]
fn a_name_that_would_lead_elsewhere_is_an_error() {
    for name in [".", "..", "../x", "/"] {
        let mut sample = Sample::new(Width::Fat32);
        sample.put(sample.top(), &named(name, entry(b"X          ", 0x20, 0, 0)));
        assert!(why(opened(&sample).names(TOP, 9)).contains("which no file can have"), "{name}");
    }
}

#[test]
fn a_chain_that_is_short_or_circular_or_leads_to_no_cluster_is_an_error() {
    for width in WIDTHS {
        for (next, expected) in [
            (END, "it has 1300 bytes, and its clusters end after 1024"),
            (0, "its cluster 6 is free"),
            (1, "cluster 6 leads to 1, which is none"),
            (6, "its clusters run in a circle at cluster"),
            (5, "its clusters run in a circle at cluster"),
            (0x0fff_fff7, "its cluster 6 is marked as bad"),
            (0x0fff_fff6, "which is none"),
        ] {
            let why = why_linked(width, 6, next);
            assert!(why.contains(expected) && why.starts_with("inode "), "{width:?}: {why}");
        }
        assert!(why_linked(width, 9, 5).contains("circle"), "a circle behind the end of the file");
    }
}

#[test]
fn the_four_highest_bits_of_a_fat32_are_of_no_account() {
    let mut sample = Sample::filled(Width::Fat32);
    sample.link(6, 0xf000_0009);
    let fat = opened(&sample);
    assert!(fat.content(at(&fat, LONG)).is_ok());
}

#[test]
fn a_folder_without_an_end_or_without_a_cluster_is_an_error() {
    let mut sample = Sample::filled(Width::Fat32);
    sample.link(3, 4);
    sample.link(4, 3);
    assert!(why(opened(&sample).names(at(&opened(&sample), "efi"), 99)).contains("circle"));
    sample.put(sample.top() + 32 + 26, &[0]);
    let fat = opened(&sample);
    assert!(why(fat.names(at(&fat, "efi"), 99)).contains("begins in cluster 0, which is none"));
    let mut sample = Sample::new(Width::Fat16);
    sample.put(sample.top(), &entry(b"LARGE      ", 0x10, 2, 0));
    (2..4091).for_each(|cluster| sample.link(cluster, cluster + 1));
    sample.link(4091, END);
    let fat = opened(&sample);
    assert_eq!(fat.inode(at(&fat, "large")).unwrap().bytes, 4090 * 512);
}

#[test]
fn numbers_that_no_entry_has_are_refused() {
    let sample = Sample::filled(Width::Fat16);
    let fat = opened(&sample);
    let (label, deleted, slot) = (sample.top() / 32, sample.top() / 32 + 2, sample.top() / 32 + 3);
    for number in [0, 2, label as u64, deleted as u64, slot as u64, 1 << 40, u64::MAX] {
        assert!(why(fat.inode(number)).contains("there is no file with the number"), "{number}");
        assert!(fat.content(number).is_err() && fat.names(number, 9).is_err());
    }
    assert!(fat.content(fat.top()).is_err() && fat.names(at(&fat, "EMPTY"), 9).is_err());
    assert!(why(fat.names(fat.top(), 3)).contains("more than 3 names"));
}

#[test]
fn a_volume_that_was_not_unmounted_is_dirty() {
    for width in WIDTHS {
        let sample = Sample::filled(width);
        assert!(!opened(&sample).is_dirty());
        let mut mounted = sample.clone();
        mounted.put(if width == Width::Fat32 { 65 } else { 37 }, &[1]);
        assert!(opened(&mounted).is_dirty(), "Linux");
        let mut mounted = sample;
        mounted.link(1, 0x07ff_7fff);
        assert_eq!(opened(&mounted).is_dirty(), width != Width::Fat12, "others");
    }
}

#[test]
fn boot_sectors_that_are_not_sound_are_refused_with_the_cause() {
    let why = |change: &dyn Fn(&mut Sample)| {
        let mut sample = Sample::filled(Width::Fat32);
        change(&mut sample);
        why(Fat::open(volume(&sample)))
    };
    assert!(why(&|sample| sample.bytes.truncate(100)).contains("the volume has 100 bytes"));
    assert!(why(&|sample| sample.bytes.truncate(20_000)).contains("says 22016 bytes, and the volume has 20000"));
    assert!(why(&|sample| sample.put(11, &[0, 3])).contains("no sound parameter block"));
    assert!(why(&|sample| sample.put(42, &[1])).contains("version 0.1 of FAT32 is unknown"));
    assert!(why(&|sample| sample.put(40, &[0x81])).contains("allocation table 1 is in use, and there are 1"));
    assert!(why(&|sample| sample.put(19, &[3])).contains("no room for files"));
}

#[test]
fn four_thousand_and_eighty_four_clusters_are_the_most_of_a_fat12() {
    // 1 + 17 + 2 sectors before them; entries of 12 bits where the table was written with 16.
    for (clusters, is_16) in [(4084_u16, false), (4085, true)] {
        let mut sample = Sample::filled(Width::Fat16);
        sample.put(19, &(clusters + 20).to_le_bytes());
        let fat = opened(&sample);
        assert_eq!(fat.content(at(&fat, LONG)).is_ok(), is_16);
    }
}

#[test]
fn no_change_of_a_byte_panics_or_takes_long() {
    for width in WIDTHS {
        let sample = Sample::filled(width);
        let begun = Instant::now();
        let places = (0..sample.cluster(2) + 4096).step_by(if width == Width::Fat16 { 7 } else { 3 });
        for (place, mask) in places.flat_map(|place| [(place, 0xff), (place, 1 << (place % 8))]) {
            let mut bytes = sample.bytes.clone();
            bytes[place] ^= mask;
            let Ok(fat) = Fat::open(Arc::new(Memory::new(bytes))) else { continue };
            let mut ahead = vec![fat.top()];
            let mut seen = 0;
            while let Some(Ok(entries)) = ahead.pop().map(|folder| fat.names(folder, 1000)) {
                for entry in entries {
                    let _ = (fat.inode(entry.inode), fat.content(entry.inode));
                    seen += 1;
                    if entry.is_folder == Some(true) && seen < 1000 {
                        ahead.push(entry.inode);
                    }
                }
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{width:?}: {:?}", begun.elapsed());
    }
}
