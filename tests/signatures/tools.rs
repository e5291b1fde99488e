//! Images of the formats' own tools, against `blkid`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::probe;
use crate::support::blkid::{Blkid, blkid};
use crate::support::mkfs::sparse_file;
use okv_host::disk::content_of;
use okv_host::disk::format::content::{Content, Found, Kind};
use okv_host::io::image::Memory;
use tempfile::TempDir;

/// Runs a tool, with `input` on its standard input, and fails the test where it fails.
fn run<A: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = A>, input: &str) {
    let path = std::env::var("PATH").unwrap_or_default();
    let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned());
    let output = duct::cmd(program, arguments)
        .env("PATH", format!("{path}:/usr/sbin:/sbin"))
        .env("LC_ALL", "C")
        .stdin_bytes(input)
        .stderr_to_stdout()
        .stdout_capture()
        .unchecked()
        .run()
        .unwrap_or_else(|why| panic!("{program}: {why}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stdout));
}

/// An image file of its own directory, which goes away with it.
struct Image {
    path: PathBuf,
    _directory: TempDir,
}

/// An image of `mib` MiB made by `make`.
fn image(mib: u64, make: impl FnOnce(&str)) -> Image {
    let directory = TempDir::new().unwrap();
    let path = sparse_file(directory.path(), "image", mib << 20);
    make(path.to_str().unwrap());
    Image { path, _directory: directory }
}

fn only(bytes: &[u8]) -> Found {
    let mut found = probe(bytes);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// The content as `scan` finds it, with what lies far from the start.
fn whole(path: &Path) -> Content {
    content_of(&*okv_host::io::image::open(path).unwrap())
}

/// The content that is found, sound and in all fields what blkid says of a `kind`.
fn same(image: &Path, kind: &str) -> Content {
    let found = only(&fs::read(image).unwrap());
    assert_eq!(found.problems, []);
    let content = found.content;
    let Blkid { kind: theirs, uuid, label, .. } = blkid(image);
    assert_eq!(theirs, kind);
    assert_eq!((content.uuid.map(|id| id.to_string()), content.label.clone()), (uuid, label));
    let whole = whole(image);
    assert_eq!((whole.uuid, &whole.label), (content.uuid, &content.label), "as scan reads it");
    content
}

fn luks(kind: &str) -> Image {
    image(32, |path| {
        let label: &[&str] = if kind == "luks2" { &["--label", "key vault"] } else { &[] };
        let arguments = ["luksFormat", "--batch-mode", "--type", kind, "--pbkdf", "pbkdf2"].into_iter();
        let more = ["--pbkdf-force-iterations", "1000", "--key-file", "-", path];
        run("cryptsetup", arguments.chain(label.iter().copied()).chain(more), "passphrase");
    })
}

#[test]
fn luks_1_and_2_by_cryptsetup() {
    for (kind, version) in [("luks1", "1"), ("luks2", "2")] {
        let content = same(&luks(kind).path, "crypto_LUKS");
        assert_eq!((content.kind, content.version), (Kind::Luks, Some(version)));
    }
}

#[test]
fn luks_2_whose_primary_header_is_gone_is_known_by_its_secondary() {
    let image = luks("luks2");
    let sound = same(&image.path, "crypto_LUKS");
    let mut bytes = fs::read(&image.path).unwrap();
    bytes[..4096].fill(0);
    let found = only(&bytes);
    assert_eq!(found.content, sound);
    assert_eq!(found.problems.len(), 1);
}

#[test]
fn btrfs_by_mkfs() {
    let image = image(128, |path| run("mkfs.btrfs", ["-q", "-L", "images", path], ""));
    let content = same(&image.path, "btrfs");
    assert_eq!((content.kind, content.bytes), (Kind::Btrfs, Some(128 << 20)));
    let mut bytes = fs::read(&image.path).unwrap();
    for (at, problem) in [((64 << 10) + 4000, "its checksum does not fit its bytes"), ((64 << 10) + 48, "it says that")]
    {
        bytes[at] ^= 1;
        assert!(only(&bytes).problems[0].why.starts_with(problem));
        bytes[at] ^= 1;
    }
    // What `dd if=/dev/zero bs=1M count=1` leaves behind.
    bytes[..1 << 20].fill(0);
    let found = only(&bytes);
    assert_eq!(found.content, content);
    assert_eq!(found.problems[0].why, "the primary superblock is gone; a mirror is there");
    // With something else in its place, the mirror is a remnant.
    bytes[100] = 1;
    assert_eq!(probe(&bytes), []);
}

#[test]
fn ntfs_by_mkntfs() {
    let image = image(64, |path| run("mkntfs", ["-F", "-Q", "-q", "-L", "Data 1", path], ""));
    let content = same(&image.path, "ntfs");
    assert_eq!((content.kind, content.bytes), (Kind::Ntfs, Some(64 << 20)));
    let mut bytes = fs::read(&image.path).unwrap();
    bytes[..8192].fill(0);
    let found = only(&bytes);
    assert_eq!(found.content, content);
    assert_eq!(found.problems[0].why, "the boot sector is gone; its backup is there");
}

#[test]
fn ntfs_names_are_utf_16() {
    // blkid's export format spells such letters out, so there is nothing to compare with.
    let image = image(64, |path| run("mkntfs", ["-F", "-Q", "-q", "-L", "Gr\u{fc}n \u{1f511}", path], ""));
    let label = only(&fs::read(&image.path).unwrap()).content.label;
    assert_eq!(label.as_deref(), Some("Gr\u{fc}n \u{1f511}"));
}

#[test]
fn exfat_by_mkfs_with_the_label_of_its_root_directory() {
    for label in ["DATA", "", "Eleven char"] {
        let image = image(64, |path| run("mkfs.exfat", ["-L", label, path], ""));
        let (theirs, content) = (blkid(&image.path), whole(&image.path));
        assert_eq!((theirs.kind.as_str(), content.kind), ("exfat", Kind::Exfat));
        assert_eq!((theirs.uuid, theirs.label), (content.uuid.map(|id| id.to_string()), content.label));
    }
    let image = image(64, |path| run("mkfs.exfat", ["-L", "DATA", path], ""));
    let mut bytes = fs::read(&image.path).unwrap();
    let sound = only(&bytes);
    assert_eq!((sound.content.bytes, &sound.problems), (Some(64 << 20), &vec![]));
    bytes[..4096].fill(0);
    let found = only(&bytes);
    assert_eq!(found.content, sound.content);
    assert_eq!(found.problems[0].why, "the main boot sector is gone; its backup is there");
}

/// With its master file table beyond all that is read at first, as on a large volume.
#[test]
fn ntfs_whose_master_file_table_lies_far_behind_has_its_name() {
    const FAR: u64 = 8000;
    let image = image(64, |path| run("mkntfs", ["-F", "-Q", "-q", "-L", "Data 1", path], ""));
    let mut bytes = fs::read(&image.path).unwrap();
    let table = usize::try_from(u64::from_le_bytes(bytes[48..56].try_into().unwrap()) * 4096).unwrap();
    let records = bytes[table..table + (16 << 10)].to_vec();
    bytes[table..table + (16 << 10)].fill(0);
    bytes[48..56].copy_from_slice(&FAR.to_le_bytes());
    let to = usize::try_from(FAR * 4096).unwrap();
    bytes[to..to + (16 << 10)].copy_from_slice(&records);
    fs::write(&image.path, &bytes).unwrap();
    let (theirs, content) = (blkid(&image.path), whole(&image.path));
    assert_eq!(
        (theirs.kind.as_str(), theirs.label.as_deref(), content.label.as_deref()),
        ("ntfs", Some("Data 1"), Some("Data 1"))
    );
    assert_eq!(theirs.uuid, content.uuid.map(|id| id.to_string()));
    bytes[to..to + (16 << 10)].fill(0);
    assert_eq!(content_of(&Memory::new(bytes)).label, None);
}

fn iso(joliet: &str, name: &str) -> Image {
    image(0, |path| {
        let source = Path::new(path).with_extension("d");
        fs::create_dir(&source).unwrap();
        fs::write(source.join("file"), "content").unwrap();
        let source = source.to_str().unwrap();
        run("xorriso", ["-outdev", path, "-volid", name, "-joliet", joliet, "-map", source, "/", "-commit"], "");
    })
}

#[test]
fn iso_9660_by_xorriso_with_and_without_joliet() {
    for (joliet, name) in [("off", "OKV_21_8"), ("on", "OKV_21_8"), ("on", "a long name in small letters")] {
        let image = iso(joliet, name);
        let content = same(&image.path, "iso9660");
        assert_eq!(content.kind, Kind::Iso9660);
        let mut bytes = fs::read(&image.path).unwrap();
        assert!(content.bytes.is_some_and(|n| n > 0 && n <= bytes.len() as u64));
        bytes[(32 << 10) + 87] ^= 1;
        assert_eq!(only(&bytes).problems.len(), 1);
    }
}

#[test]
fn bcache_by_make_bcache_as_backing_device_and_as_cache() {
    for (role, size) in [("-B", None), ("-C", Some(128 << 20))] {
        let image = image(128, |path| run("make-bcache", [role, path], ""));
        let content = same(&image.path, "bcache");
        assert_eq!((content.kind, content.bytes), (Kind::Bcache, size));
        let mut bytes = fs::read(&image.path).unwrap();
        bytes[4096 + 50] ^= 1;
        assert_eq!(only(&bytes).problems[0].why, "its checksum does not fit its bytes");
    }
}

#[test]
fn every_byte_of_a_tools_magic_counts() {
    let made = [
        (iso("off", "OKV"), 32769..32774),
        (luks("luks1"), 0..6),
        (luks("luks2"), 0..6),
        (image(128, |path| run("mkfs.btrfs", ["-q", path], "")), 65600..65608),
        (image(64, |path| run("mkntfs", ["-F", "-Q", "-q", path], "")), 3..11),
        (image(64, |path| run("mkfs.exfat", [path], "")), 3..11),
        (image(64, |path| run("make-bcache", ["-B", path], "")), 4120..4136),
    ];
    for (image, magic) in made {
        let mut bytes = fs::read(&image.path).unwrap();
        for at in magic {
            bytes[at] ^= 0x20;
            let found = probe(&bytes);
            assert!(found.iter().all(|f| !f.problems.is_empty()), "byte {at}: {found:?}");
            bytes[at] ^= 0x20;
        }
    }
}
