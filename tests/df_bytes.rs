//! `df_bytes` from a superblock against `statfs` of the kernel that mounted the same file system.
//!
//! Needs root, loop devices, and the tools that make file systems. Nothing is skipped where they are missing: it fails.
//!
//! The mounts are plain `ro`, as an operator's would be: a journal that mkfs left is clean, so none is replayed, and
//! the device is read-only besides. `noload` and `norecovery` would take another way through the kernel than a real
//! mount.
//!
//! This kernel does not mount xfs of version 4 (`CONFIG_XFS_SUPPORT_V4` is off); tests/filesystems.rs compares those
//! with `xfs_db`.

mod support;

use std::path::Path;

use okv_host::disk::format::content::{Content, Found};
use okv_host::disk::format::windows::Windows;
use okv_host::disk::format::{ext, xfs};
use okv_host::io::sys::filesystem;
use support::loopdev::Loop;
use support::mkfs;
use support::mount::Mounted;
use support::tools::run;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;

/// What our parser says of the first 8 KiB, which is all that a scan reads.
fn parsed(image: &Path) -> Found {
    let head = mkfs::head(image);
    let bytes = image.metadata().expect("an image").len();
    let windows = Windows::new(bytes).with(0, &head);
    ext::find(&windows).or_else(|| xfs::find(&windows)).expect("a file system that is found")
}

/// What the kernel says: the size, and what is free.
fn mounted(image: &Path, content: &Content, options: &str) -> (u64, u64) {
    let device = Loop::read_only(image).expect("a loop device");
    let mount = Mounted::read_only(&device, content.kind.word(), options);
    (filesystem::df_bytes(mount.path()).expect("statfs"), filesystem::free_bytes(mount.path()).expect("statfs"))
}

/// Why ours and the kernel's differ, if they do.
fn difference(image: &Path, options: &str) -> Option<String> {
    let found = parsed(image);
    let ours = found.content.df_bytes;
    let (kernel, free) = mounted(image, &found.content, options);
    // xfs keeps a reserve of its free blocks for itself, so only ext's are told.
    let told = found.content.free_bytes;
    (ours != Some(kernel) || told.is_some_and(|told| told != free) || !found.problems.is_empty())
        .then(|| format!("ours {ours:?} and {told:?}, the kernel's {kernel} and {free}, {:?}", found.problems))
}

/// File systems made by the tools are as large as the kernel says.
fn compare(cases: &[(u64, &str)]) {
    mkfs::compare(cases, |image| difference(image, ""));
}

#[test]
fn ext2_and_ext3_are_as_large_as_the_kernel_reports() {
    compare(&[
        (100 * MIB, "mke2fs -t ext2 -b 1024"),
        (100 * MIB, "mke2fs -t ext2 -b 2048"),
        (100 * MIB, "mke2fs -t ext2 -b 4096"),
        (100 * MIB, "mke2fs -t ext2 -r 0 -O none -b 1024"),
        (100 * MIB + 7 * 1024, "mke2fs -t ext2 -b 1024"),
        (500 * MIB, "mke2fs -t ext2 -O ^resize_inode"),
        (500 * MIB, "mke2fs -t ext2 -O ^sparse_super,^resize_inode -b 1024"),
        (8 * GIB, "mke2fs -t ext2 -O ^sparse_super,^resize_inode -b 4096"),
        (TIB, "mke2fs -t ext2 -N 100000"),
        (4 * TIB, "mke2fs -t ext2 -O ^resize_inode -N 100000"),
        (100 * MIB, "mke2fs -t ext3"),
        (512 * MIB, "mke2fs -t ext3"),
        (512 * MIB, "mke2fs -t ext3 -b 1024 -J size=8"),
        (512 * MIB, "mke2fs -t ext3 -b 2048 -J size=40"),
        (GIB, "mke2fs -t ext3 -I 128"),
        (3 * GIB, "mke2fs -t ext3 -g 8192"),
        (GIB, "mke2fs -t ext2;tune2fs -j"),
        (GIB, "mke2fs -t ext3;tune2fs -O ^has_journal"),
        (2 * GIB, "mke2fs -t ext3 -O meta_bg,^resize_inode"),
    ]);
}

#[test]
fn ext4_is_as_large_as_the_kernel_reports() {
    compare(&[
        (100 * MIB, "mke2fs -t ext4"),
        (100 * MIB, "mke2fs -t ext4 -b 1024"),
        (500 * MIB, "mke2fs -t ext4"),
        (512 * MIB, "mke2fs -t ext4"),
        (512 * MIB, "mke2fs -t ext4 -b 2048"),
        (512 * MIB, "mke2fs -t ext4 -O ^64bit"),
        (512 * MIB, "mke2fs -t ext4 -O ^flex_bg"),
        (512 * MIB, "mke2fs -t ext4 -O ^flex_bg,^resize_inode -b 1024"),
        (512 * MIB, "mke2fs -t ext4 -O ^metadata_csum"),
        (512 * MIB, "mke2fs -t ext4 -O ^metadata_csum,uninit_bg"),
        (512 * MIB, "mke2fs -t ext4 -O ^metadata_csum,^64bit,uninit_bg,^huge_file"),
        (512 * MIB, "mke2fs -t ext4 -O ^resize_inode"),
        (512 * MIB, "mke2fs -t ext4 -O ^has_journal"),
        (512 * MIB, "mke2fs -t ext4 -O ^sparse_super,^resize_inode"),
        (2 * GIB, "mke2fs -t ext4 -O sparse_super2"),
        (2 * GIB, "mke2fs -t ext4 -O sparse_super2 -E num_backup_sb=1"),
        (2 * GIB, "mke2fs -t ext4 -O sparse_super2 -E num_backup_sb=0"),
        (GIB, "mke2fs -t ext4 -O quota"),
        (GIB, "mke2fs -t ext4 -O quota,project -I 512"),
        (GIB, "mke2fs -t ext4 -O orphan_file"),
        (GIB, "mke2fs -t ext4 -O inline_data,ea_inode,large_dir"),
        (GIB, "mke2fs -t ext4 -J size=128"),
        (GIB, "mke2fs -t ext4 -J size=64,fast_commit_size=4 -O fast_commit"),
        (GIB, "mke2fs -t ext4 -i 4096 -I 1024"),
        (GIB, "mke2fs -t ext4 -T largefile4"),
        (GIB, "mke2fs -t ext4 -G 4 -E packed_meta_blocks=1"),
        (GIB, "mke2fs -t ext4 -E stride=16,stripe_width=64"),
        (GIB, "mke2fs -t ext4 -E resize=16777216"),
        (3 * GIB, "mke2fs -t ext4 -O meta_bg,^resize_inode"),
        (3 * GIB, "mke2fs -t ext4 -O meta_bg,^resize_inode -b 1024"),
        (20 * GIB, "mke2fs -t ext4 -O meta_bg,^resize_inode,^flex_bg -b 1024"),
        (100 * GIB, "mke2fs -t ext4 -O meta_bg,^resize_inode,^64bit -b 2048"),
        (100 * GIB, "mke2fs -t ext4"),
        (TIB, "mke2fs -t ext4 -O ^flex_bg -N 1000000"),
        (4 * TIB, "mke2fs -t ext4"),
        (4 * TIB, "mke2fs -t ext4 -O meta_bg,^resize_inode -N 4000000"),
        (512 * MIB, "mke2fs -t ext4;tune2fs -O ^metadata_csum"),
        (512 * MIB, "mke2fs -t ext4 -E resize=1000000;tune2fs -O ^has_journal;tune2fs -J size=20"),
    ]);
}

#[test]
fn ext4_with_clusters_is_as_large_as_the_kernel_reports() {
    compare(&[
        (512 * MIB, "mke2fs -t ext4 -O bigalloc"),
        (GIB, "mke2fs -t ext4 -O bigalloc -C 16384"),
        (4 * GIB, "mke2fs -t ext4 -O bigalloc -C 65536 -b 1024"),
        (20 * GIB, "mke2fs -t ext4 -O bigalloc,^flex_bg,^resize_inode -C 65536"),
        (TIB, "mke2fs -t ext4 -O bigalloc -C 1048576"),
    ]);
}

#[test]
fn xfs_is_as_large_as_the_kernel_reports() {
    compare(&[
        (512 * MIB, "mkfs.xfs"),
        (300 * MIB, "mkfs.xfs"),
        (512 * MIB, "mkfs.xfs -b size=1024"),
        (512 * MIB, "mkfs.xfs -b size=2048 -i size=1024"),
        (GIB, "mkfs.xfs -l size=100m"),
        (GIB, "mkfs.xfs -s size=4096"),
        (GIB, "mkfs.xfs -m rmapbt=1"),
        (GIB, "mkfs.xfs -m reflink=0,finobt=0"),
        (GIB, "mkfs.xfs -m bigtime=1,inobtcount=1 -i nrext64=1"),
        (10 * GIB, "mkfs.xfs -d su=64k,sw=4 -l su=32k"),
        (10 * GIB, "mkfs.xfs -d agcount=16 -n size=8192"),
        (TIB, "mkfs.xfs"),
        (4 * TIB, "mkfs.xfs -m rmapbt=1,reflink=1"),
    ]);
}

#[test]
fn a_journal_on_another_device_takes_no_space() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = mkfs::sparse_file(folder.path(), "journal", 64 * MIB);
    mkfs::make("mke2fs -O journal_dev -b 4096", &journal);
    let image = mkfs::sparse_file(folder.path(), "image", 512 * MIB);
    // mke2fs enters the file system in the journal as its user, so it has to write to a device.
    let journal_device = Loop::attach(&journal, 512).expect("a loop device");
    let node = journal_device.device().display().to_string();
    mkfs::make(&format!("mke2fs -t ext4 -b 4096 -J device={node}"), &image);
    let options = format!("journal_path={node}");
    assert_eq!(difference(&image, &options), None);
}

#[test]
fn a_log_on_another_device_takes_no_space() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = mkfs::sparse_file(folder.path(), "log", 64 * MIB);
    let image = mkfs::sparse_file(folder.path(), "image", 512 * MIB);
    mkfs::make(&format!("mkfs.xfs -l logdev={}", log.display()), &image);
    let log_device = Loop::read_only(&log).expect("a loop device");
    assert_eq!(difference(&image, &format!("logdev={}", log_device.device().display())), None);
    assert_eq!(parsed(&image).content.df_bytes, Some(512 * MIB));
}

#[test]
fn a_superblock_without_stored_overhead_gives_the_same_size() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, command) in [
        ("plain", "mke2fs -t ext4"),
        ("old", "mke2fs -t ext3"),
        ("clusters", "mke2fs -t ext4 -O bigalloc"),
        ("small clusters", "mke2fs -t ext4 -O bigalloc,^resize_inode -C 8192"),
        ("clusters of 1 KiB blocks", "mke2fs -t ext4 -O bigalloc,^resize_inode -C 16384 -b 1024"),
        ("clusters without flex_bg", "mke2fs -t ext4 -O bigalloc,^resize_inode,^flex_bg -C 65536"),
    ] {
        let image = mkfs::sparse_file(folder.path(), name, 3 * GIB);
        mkfs::make(command, &image);
        let stored = parsed(&image).content.df_bytes;
        edit_superblock(&image, |sb| sb[584..588].fill(0));
        // With clusters the kernel leaves the blocks reserved for descriptors out when it counts, and mke2fs does not.
        if name != "clusters" {
            assert_eq!(parsed(&image).content.df_bytes, stored, "{name}");
        }
        assert_eq!(difference(&image, ""), None, "{name}");
    }
}

#[test]
fn the_boot_partitions_of_the_procedure_have_the_size_that_df_prints() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut shown = Vec::new();
    for (name, bytes, command) in [
        ("ext4, 512 MiB", 512 * MIB, "mke2fs -t ext4"),
        ("ext4, 512 MiB, without 64bit as older tools make it", 512 * MIB, "mke2fs -t ext4 -O ^64bit,^metadata_csum"),
        ("ext4, 500 MiB", 500 * MIB, "mke2fs -t ext4"),
        ("xfs, 512 MiB", 512 * MIB, "mkfs.xfs"),
    ] {
        let image = mkfs::sparse_file(folder.path(), name, bytes);
        mkfs::make(command, &image);
        let found = parsed(&image);
        let size = found.content.df_bytes.expect("a size");
        shown.push((name, size, size.div_ceil(MIB)));
        let device = Loop::read_only(&image).expect("a loop device");
        let mount = Mounted::read_only(&device, found.content.kind.word(), "");
        let df = run("df", &["-h", "--output=size", mount.path().to_str().expect("a path in UTF-8")]);
        assert_eq!(df.split_whitespace().last(), Some(&*format!("{}M", shown.last().expect("one").2)), "{name}");
    }
    let exact: Vec<_> = shown.iter().map(|(_, size, mib)| (*size, *mib)).collect();
    assert_eq!(exact[..2], [(510_873_600, 488), (511_266_816, 488)], "{shown:?}");
    assert_eq!((exact[2].1, exact[3]), (459, (448 * MIB, 448)), "{shown:?}");
}

/// Changes the superblock of an image, and its checksum to match.
fn edit_superblock(image: &Path, edit: impl FnOnce(&mut [u8; 1024])) {
    use std::os::unix::fs::FileExt;
    let file = std::fs::File::options().read(true).write(true).open(image).expect("an image");
    let mut sb = [0; 1024];
    file.read_exact_at(&mut sb, 1024).expect("a superblock");
    edit(&mut sb);
    let has_checksum = sb[101] & 4 != 0;
    if has_checksum {
        let crc = !crc32c::crc32c(&sb[..1020]);
        sb[1020..].copy_from_slice(&crc.to_le_bytes());
    }
    file.write_all_at(&sb, 1024).expect("a superblock to write");
}
