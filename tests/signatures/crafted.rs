//! What is said of the images that are written here, against `blkid` and `mdadm`.

use std::io::Write;
use std::path::Path;

use crate::craft::{self, Image};
use crate::probe;
use crate::support::blkid::blkid;
use okv_host::disk::format::content::{Content, Kind, Place};
use tempfile::NamedTempFile;

/// The one thing that is found, free of problems.
fn only(image: &Image) -> (Content, Place) {
    let mut found = probe(&image.bytes);
    assert_eq!(found.len(), 1, "{}: {found:?}", image.name);
    let found = found.remove(0);
    assert_eq!(found.problems, [], "{}", image.name);
    (found.content, found.place)
}

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

#[test]
fn every_image_is_identified_as_blkid_identifies_it() {
    for image in craft::all() {
        let (content, _) = only(&image);
        let theirs = blkid(file(&image.bytes).path());
        let kind = match content.kind {
            Kind::Md => "linux_raid_member",
            Kind::Zfs => "zfs_member",
            Kind::Ddf => "ddf_raid_member",
            Kind::Imsm => "isw_raid_member",
            Kind::Lvm1 => "LVM1_member",
            Kind::OracleAsm => "oracleasm",
            other => panic!("{}: {other:?}", image.name),
        };
        assert_eq!(theirs.kind, kind, "{}", image.name);
        // A DDF identifier is no UUID; the other way round, blkid does not read the names in the header of ASM.
        if content.kind != Kind::Ddf {
            assert_eq!(content.uuid.map(|id| id.to_string()), theirs.uuid, "{}", image.name);
        }
        if image.name != "oracle asm, in use" {
            assert_eq!(content.label, theirs.label, "{}", image.name);
        }
    }
}

#[test]
fn md_members_name_their_version_and_where_the_data_lies() {
    let cases = [
        ("0.90", craft::md_0_90(false), Place::EndWithDataAtStart, 8 << 20),
        ("0.90", craft::md_0_90(true), Place::EndWithDataAtStart, 8 << 20),
        ("1.0", craft::md_1("1.0", (8 << 20) - 8192, 8 << 20), Place::EndWithDataAtStart, (8 << 20) - 4096),
        ("1.1", craft::md_1("1.1", 0, 8 << 20), Place::Start, (2048 + 8192) * 512),
        ("1.2", craft::md_1("1.2", 4096, 8 << 20), Place::Start, (2048 + 8192) * 512),
    ];
    for (version, image, expected, bytes) in cases {
        let (content, place) = only(&image);
        assert_eq!((content.version, place, content.bytes), (Some(version), expected, Some(bytes)), "{}", image.name);
    }
}

/// A loop device over a file; it goes away with this.
struct Loop(String);

impl Loop {
    fn over(file: &Path) -> Self {
        let name = tool("losetup", &["--find", "--show", "--read-only", file.to_str().unwrap()]);
        assert!(name.starts_with("/dev/loop"), "{name}");
        Self(name.trim().to_owned())
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        tool("losetup", &["--detach", &self.0]);
    }
}

/// What a tool says.
fn tool(program: &str, arguments: &[&str]) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    duct::cmd(program, arguments)
        .env("PATH", format!("{path}:/usr/sbin:/sbin"))
        // A loop device has no serial number and sits on no Intel controller: mdadm shall not ask for them.
        .env("IMSM_NO_PLATFORM", "1")
        .env("IMSM_DEVNAME_AS_SERIAL", "1")
        .stderr_to_stdout()
        .unchecked()
        .read()
        .unwrap_or_else(|why| panic!("{program}: {why}"))
}

#[test]
fn mdadm_finds_the_checksums_of_the_crafted_superblocks_correct() {
    for image in [
        craft::md_0_90(false),
        craft::md_1("md 1.0", (8 << 20) - 8192, 8 << 20),
        craft::md_1("md 1.1", 0, 8 << 20),
        craft::md_1("md 1.2", 4096, 8 << 20),
        craft::imsm(0),
        craft::imsm(1200),
    ] {
        let file = file(&image.bytes);
        let device = Loop::over(file.path());
        let text = tool("mdadm", &["--examine", &device.0]);
        let line = text.lines().find(|line| line.contains("Checksum"));
        assert!(line.is_some_and(|line| line.contains("correct")), "{}: {text}", image.name);
    }
}

#[test]
fn a_second_md_superblock_is_reported_beside_the_first() {
    let mut image = craft::md_1("1.2", 4096, 8 << 20);
    let old = craft::md_0_90(false);
    let at = old.magic[0].start;
    craft::put(&mut image.bytes, at, &old.bytes[at..at + 4096]);
    let found = probe(&image.bytes);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].content.version, Some("0.90"));
    assert_eq!(found[0].problems[0].why, "there is another superblock, of version 1.2");
}

#[test]
fn a_pool_is_found_by_any_label_that_is_left() {
    let whole = craft::zfs();
    for keep in 0..3 {
        let mut bytes = whole.bytes.clone();
        for (i, magic) in whole.magic.iter().enumerate() {
            if i != keep {
                bytes[magic.clone()].fill(0);
            }
        }
        let found = probe(&bytes);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].content.kind, found[0].place), (Kind::Zfs, Place::BothEnds));
        assert_eq!(found[0].content.label.as_deref(), Some("tank1"));
        assert_eq!(found[0].problems.len(), 2);
    }
}

#[test]
fn an_intel_anchor_on_4_kib_sectors_lies_8_kib_before_the_end() {
    let mut image = craft::imsm(0);
    let at = image.magic[0].start;
    image.bytes.copy_within(at..at + 512, (8 << 20) - 8192);
    image.bytes[at..at + 512].fill(0);
    assert_eq!(only(&image).0.kind, Kind::Imsm);
}

#[test]
fn asm_disks_are_named_by_asmlib_or_by_their_own_header() {
    let (labelled, _) = only(&craft::asm_with_asmlib());
    assert_eq!((labelled.label.as_deref(), labelled.bytes), (Some("DATA01"), None));
    let mut image = craft::asm_without_asmlib();
    let (used, _) = only(&image);
    assert_eq!((used.label.as_deref(), used.bytes), (Some("DATA_0000"), Some(8 << 20)));
    craft::put(&mut image.bytes, 32, b"ORCLCLRD");
    let found = probe(&image.bytes);
    assert_eq!(found[0].content.kind, Kind::OracleAsm);
    assert_eq!(found[0].problems[0].why, "its label was cleared, its header was not");
}

/// What is found within a member on which `within` was written where the data of the array begins.
fn within(image: &Image, data: usize, change: impl Fn(&mut [u8])) -> Option<Kind> {
    let mut bytes = image.bytes.clone();
    put_swap(&mut bytes[data..]);
    change(&mut bytes);
    let disk = okv_host::io::image::Memory::new(bytes);
    let source = okv_host::disk::Source::new("disk", Ok(Box::new(disk)));
    let disk = okv_host::disk::scan(&[source]).remove(0);
    assert_eq!(disk.content.kind, Kind::Md, "{}", image.name);
    disk.content.array.map(|array| array.content.kind)
}

/// The header of a swap area of 1 MiB.
fn put_swap(data: &mut [u8]) {
    craft::put(data, 1024, &1_u32.to_le_bytes());
    craft::put(data, 1028, &255_u32.to_le_bytes());
    craft::put(data, 4086, b"SWAPSPACE2");
}

#[test]
fn a_mirror_is_read_from_a_member_that_has_all_of_its_data() {
    let (mib, end) = (1 << 20, (8 << 20) - 8192);
    for (image, data) in [
        (craft::md_0_90(false), 0),
        (craft::md_0_90(true), 0),
        (craft::md_1("1.0", end, 8 << 20), 0),
        (craft::md_1("1.1", 0, 8 << 20), mib),
        (craft::md_1("1.2", 4096, 8 << 20), mib),
    ] {
        assert_eq!(within(&image, data, |_| ()), Some(Kind::Swap), "{}", image.name);
    }
}

#[test]
fn a_spare_a_faulty_a_rebuilt_member_and_another_level_are_not_followed() {
    // Each changes a field, and puts the difference into the checksum.
    let change = |at: usize, old: u32, new: u32| {
        move |bytes: &mut [u8]| {
            let sb = &mut bytes[4096..];
            let was = u32::from_le_bytes(sb[at..at + 4].try_into().unwrap());
            assert_eq!(was, old, "{at}");
            craft::put(sb, at, &new.to_le_bytes());
            let sum = u32::from_le_bytes(sb[216..220].try_into().unwrap());
            craft::put(sb, 216, &sum.wrapping_add(new.wrapping_sub(old)).to_le_bytes());
        }
    };
    let image = craft::md_1("1.2", 4096, 8 << 20);
    let seen = |at, old, new| within(&image, 1 << 20, change(at, old, new));
    assert_eq!(seen(72, 1, 5), None, "level 5");
    assert_eq!(seen(256, 0xfffe_0000, 0xfffe_fffe), None, "faulty");
    assert_eq!(seen(256, 0xfffe_0000, 0xfffe_ffff), None, "spare");
    assert_eq!(seen(8, 0, 2), None, "being rebuilt");
    assert_eq!(seen(8, 0, 4), None, "being reshaped");
    assert_eq!(seen(8, 0, 1), Some(Kind::Swap), "a bitmap changes nothing");
}
