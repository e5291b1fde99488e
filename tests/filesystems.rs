//! File systems and swap areas made by the real tools, read by our parsers and by `blkid`, which must agree.
//!
//! Where `blkid` says something else on purpose: its type for a hibernated swap area is `swsuspend`, ours stays `swap`
//! with `hibernation` set, because the area underneath is what an operator asks about.

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use okv_host::base::ids::Id;
use okv_host::disk::format::content::{ByteOrder, Content, Found, Kind};
use okv_host::disk::format::windows::Windows;
use okv_host::disk::format::{ext, swap, vfat, xfs};
use okv_host::disk::new_swap;
use support::mkfs;
use support::tools::run;

const MIB: u64 = 1 << 20;

/// What our parsers find in what a scan reads: the first 8 KiB, the ends of larger first pages, a FAT root directory.
fn parsed(image: &Path) -> Vec<Found> {
    let file = File::open(image).expect("an image");
    let bytes = file.metadata().expect("an image").len();
    let head = mkfs::head(image);
    let mut ends = Vec::new();
    for page in [16384, 32768, 65536] {
        let mut end = vec![0; 10];
        file.read_exact_at(&mut end, page - 10).expect("the end of a page");
        ends.push((page - 10, end));
    }
    let mut windows = Windows::new(bytes).with(0, &head);
    for (at, end) in &ends {
        windows = windows.with(*at, end);
    }
    let mut root = Vec::new();
    if let Some((at, len)) = vfat::root_directory(&windows) {
        root.resize(len, 0);
        file.read_exact_at(&mut root, at).expect("a root directory");
        windows = windows.with(at, &root);
    }
    [ext::find, xfs::find, vfat::find, swap::find].iter().filter_map(|find| find(&windows)).collect()
}

/// The one thing that is found in a sound image.
fn content(image: &Path) -> Content {
    let found = parsed(image);
    let [only] = &*found else { panic!("{found:#?}") };
    assert_eq!(only.problems, []);
    only.content.clone()
}

/// The pairs that `blkid` prints of an image.
fn blkid(image: &Path) -> BTreeMap<String, String> {
    let path = image.to_str().expect("a path in UTF-8");
    let printed = run("blkid", &["-p", "-o", "export", path]);
    let pairs = printed.lines().filter_map(|line| line.split_once('='));
    let mut pairs: BTreeMap<String, String> = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    if let Some(label) = pairs.get_mut("LABEL") {
        // Only this form leaves a label as it is, without escapes.
        *label = run("blkid", &["-p", "-o", "value", "-s", "LABEL", path]).trim_end_matches('\n').to_owned();
    }
    pairs
}

/// How ours and the peer's answer differ, if they do.
fn difference(image: &Path) -> Option<String> {
    let (ours, peer) = (content(image), blkid(image));
    let said = |key: &str| peer.get(key).map(String::as_str);
    let uuid = ours.uuid.map(|id| id.to_string());
    // Of xfs it tells no version, of ext another thing under that name.
    let version = if matches!(ours.kind, Kind::Vfat | Kind::Swap) { said("VERSION") } else { ours.version };
    let same = said("TYPE") == Some(ours.kind.word())
        && said("UUID") == uuid.as_deref()
        && said("LABEL") == ours.label.as_deref()
        && version == ours.version;
    (!same).then(|| format!("ours {ours:#?}, blkid's {peer:#?}"))
}

fn compare(cases: &[(u64, &str)]) {
    mkfs::compare(cases, difference);
}

#[test]
fn ext_is_identified_as_blkid_identifies_it() {
    compare(&[
        (64 * MIB, "mke2fs -t ext2 -L two"),
        (64 * MIB, "mke2fs -t ext2 -r 0 -O none"),
        (64 * MIB, "mke2fs -t ext2 -O dir_index,large_file,meta_bg,^resize_inode"),
        (64 * MIB, "mke2fs -t ext2 -O extent"),
        (64 * MIB, "mke2fs -t ext2 -O uninit_bg"),
        (64 * MIB, "mke2fs -t ext3 -L sixteen.letters."),
        (64 * MIB, "mke2fs -t ext3 -O huge_file"),
        (64 * MIB, "mke2fs -t ext3;tune2fs -O ^has_journal"),
        (64 * MIB, "mke2fs -t ext4 -L boot"),
        (64 * MIB, "mke2fs -t ext4 -L grün"),
        (64 * MIB, "mke2fs -t ext4 -L a=b\\c"),
        (64 * MIB, "mke2fs -t ext4 -U 00000000-0000-0000-0000-000000000001"),
        (64 * MIB, "mke2fs -t ext4 -O ^metadata_csum,^64bit"),
        (64 * MIB, "mke2fs -t ext4 -O ^has_journal"),
        (64 * MIB, "mke2fs -t ext4 -O metadata_csum_seed,encrypt,casefold,verity"),
        (64 * MIB, "mke2fs -t ext4 -O quota,project,mmp"),
        (64 * MIB, "mke2fs -t ext4;tune2fs -O ^metadata_csum"),
        (64 * MIB, "mke2fs -t ext4 -O ^metadata_csum;tune2fs -O metadata_csum"),
        (64 * MIB, "mke2fs -t ext4;tune2fs -L renamed -U random"),
        (64 * MIB, "mke2fs -O journal_dev -b 1024 -L journal"),
        (64 * MIB, "mke2fs -O journal_dev -b 4096"),
        (64 * MIB, "mke2fs -O journal_dev,metadata_csum -b 4096"),
    ]);
}

#[test]
fn xfs_is_identified_as_blkid_identifies_it() {
    compare(&[
        (512 * MIB, "mkfs.xfs -L twelve.bytes"),
        (512 * MIB, "mkfs.xfs -m crc=0 -L four"),
        (512 * MIB, "mkfs.xfs -m crc=0,finobt=0 -n ftype=0 -i size=256,attr=1"),
        (512 * MIB, "mkfs.xfs -s size=4096"),
        (512 * MIB, "mkfs.xfs -m crc=0 -s size=4096"),
        (512 * MIB, "mkfs.xfs -b size=65536"),
        (512 * MIB, "mkfs.xfs -m rmapbt=1,reflink=1,inobtcount=1,bigtime=1 -i nrext64=1"),
        (512 * MIB, "mkfs.xfs;xfs_admin -U generate -L other"),
    ]);
}

#[test]
fn vfat_is_identified_as_blkid_identifies_it() {
    compare(&[
        (2 * MIB, "mkfs.vfat -F 12"),
        (2 * MIB, "mkfs.vfat -F 12 -n TWELVE"),
        (50 * MIB, "mkfs.vfat -F 16 -n SIXTEEN"),
        (50 * MIB, "mkfs.vfat -F 16 -r 16 -f 1 -i cafe0001"),
        (200 * MIB, "mkfs.vfat -F 32"),
        (200 * MIB, "mkfs.vfat -F 32 -n ESP"),
        (200 * MIB, "mkfs.vfat -F 32 -n ESP;fatlabel --reset"),
        (600 * MIB, "mkfs.vfat -F 32 -S 4096 -n BIG"),
        (600 * MIB, "mkfs.vfat -F 32 -s 64 -R 64 -f 4"),
        (200 * MIB, "mkfs.vfat -F 32 -a -h 2048 -M 0xf0"),
    ]);
}

#[test]
fn swap_is_identified_as_blkid_identifies_it() {
    compare(&[
        (64 * MIB, "mkswap -q -L swapping"),
        (64 * MIB, "mkswap -q -p 8192"),
        (64 * MIB, "mkswap -q -p 16384"),
        (64 * MIB, "mkswap -q -p 32768 -L large"),
        (64 * MIB, "mkswap -q -p 65536"),
    ]);
}

#[test]
fn a_new_swap_header_is_to_the_byte_that_of_mkswap() {
    const UUID: &str = "aaaaaaaa-0000-4000-8000-000000000003";
    let folder = tempfile::tempdir().expect("a folder");
    for (bytes, label) in [(40960, None), (4 << 30, Some("SWAP")), (64 << 30, None), (1 << 40, Some("0123456789abcde"))]
    {
        let image = mkfs::sparse_file(folder.path(), &format!("{bytes}"), bytes);
        let option = label.map_or(String::new(), |label| format!(" -L {label}"));
        mkfs::make(&format!("mkswap -q -U {UUID}{option}"), &image);
        let mut theirs = vec![0; new_swap::PAGE];
        File::open(&image).and_then(|file| file.read_exact_at(&mut theirs, 0)).expect("a page");
        let uuid = Id::parse_uuid(UUID).expect("a UUID");
        assert!(new_swap::page(bytes, uuid, label).expect("a page") == theirs, "{bytes} bytes, label {label:?}");
    }
}

#[test]
fn swap_of_the_other_byte_order_and_of_version_0_is_identified_as_blkid_identifies_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let image = mkfs::sparse_file(folder.path(), "image", 64 * MIB);
    mkfs::make("mkswap -q -L other", &image);
    let little = content(&image);
    let file = File::options().read(true).write(true).open(&image).expect("an image");
    for at in [1024, 1028, 1032] {
        let mut field = [0; 4];
        file.read_exact_at(&mut field, at).expect("a field");
        field.reverse();
        file.write_all_at(&field, at).expect("a field to write");
    }
    let big = content(&image);
    assert_eq!(big.swap.map(|swap| swap.byte_order), Some(ByteOrder::Big));
    assert_eq!((big.bytes, big.uuid, &big.label), (Some(64 * MIB), little.uuid, &little.label));
    assert_eq!(difference(&image), None);
    file.write_all_at(b"SWAP-SPACE", 4086).expect("a signature to write");
    assert_eq!(difference(&image), None);
}

#[test]
fn a_hibernated_swap_area_is_seen_where_blkid_sees_one() {
    let folder = tempfile::tempdir().expect("a folder");
    for (at, signature) in [(4086, &b"S1SUSPEND"[..]), (4086, b"LINHIB0001"), (0, b"\xed\xc3\x02\xe9\x98\x56\xe5\x0c")]
    {
        let name = format!("image {}", signature.escape_ascii());
        let image = mkfs::sparse_file(folder.path(), &name, 64 * MIB);
        mkfs::make("mkswap -q", &image);
        let file = File::options().write(true).open(&image).expect("an image");
        file.write_all_at(signature, at).expect("a signature to write");
        let ours = content(&image);
        assert_eq!(blkid(&image).get("TYPE").map(String::as_str), Some("swsuspend"), "{name}");
        assert!(ours.kind == Kind::Swap && ours.swap.is_some_and(|swap| swap.hibernation), "{name}");
        assert_eq!(blkid(&image).get("UUID"), ours.uuid.map(|id| id.to_string()).as_ref(), "{name}");
    }
}

#[test]
fn sizes_are_those_of_the_image() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, command, bytes) in [
        ("ext2", "mke2fs -t ext2", 300 * MIB),
        ("ext4", "mke2fs -t ext4", 300 * MIB),
        ("journal", "mke2fs -O journal_dev", 300 * MIB),
        ("xfs", "mkfs.xfs", 300 * MIB),
        ("vfat", "mkfs.vfat -F 32 -g 1/1", 300 * MIB),
        ("swap", "mkswap -q", 300 * MIB),
        ("swap of large pages", "mkswap -q -p 65536", 300 * MIB),
    ] {
        let image = mkfs::sparse_file(folder.path(), name, bytes);
        mkfs::make(command, &image);
        assert_eq!(content(&image).bytes, Some(bytes), "{name}");
    }
}

/// The kernel here mounts no version 4, so its size comes from `xfs_db`.
#[test]
fn xfs_of_version_4_has_the_blocks_of_xfs_db_less_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let fields = ["dblocks", "logstart", "logblocks", "blocksize"];
    for (name, command) in [
        ("plain", "mkfs.xfs -m crc=0"),
        ("large log", "mkfs.xfs -m crc=0 -l size=100m"),
        ("small blocks", "mkfs.xfs -m crc=0 -b size=1024"),
        ("large sectors", "mkfs.xfs -m crc=0 -s size=4096"),
        ("three groups", "mkfs.xfs -m crc=0 -d agcount=3"),
    ] {
        let image = mkfs::sparse_file(folder.path(), name, 512 * MIB);
        mkfs::make(command, &image);
        let print = format!("p {}", fields.join(" "));
        let path = image.to_str().expect("a path in UTF-8");
        let printed = run("xfs_db", &["-r", "-c", "sb 0", "-c", &print, path]);
        let numbers: Vec<u64> = printed.lines().filter_map(|line| line.split_once(" = ")?.1.parse().ok()).collect();
        let [blocks, log_start, log_blocks, block_bytes] = &*numbers else { panic!("{printed}") };
        assert_ne!(*log_start, 0);
        let ours = content(&image);
        assert_eq!(ours.version, Some("4"));
        assert_eq!(ours.df_bytes, Some((blocks - log_blocks) * block_bytes), "{name}");
    }
}
