//! xfs: every file of trees on file systems of many shapes, as the kernel shows them in a mount.

mod damage;
mod log;
mod old;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use okv_host::disk::filesystem::FileSystem;
use okv_host::disk::filesystem::xfs::{Unreplayed, Xfs};
use okv_host::io::image::{self, Image};

use crate::support::loopdev::Loop;
use crate::support::mkfs;
use crate::support::mount::Mounted;
use crate::support::tools::{Tool, run};
use crate::{compare, plant};

const MIB: u64 = 1 << 20;

fn volume(image: &Path) -> Arc<dyn Image> {
    image::open(image).map(Arc::from).expect("an image")
}

fn opened(image: &Path) -> Xfs {
    Xfs::open(volume(image)).unwrap_or_else(|e| panic!("{}: {e}", image.display()))
}

/// Makes a file system in an image of its own, also one that is smaller than mkfs.xfs makes otherwise.
fn made(folder: &Path, options: &[&str], mib: u64) -> PathBuf {
    let path = mkfs::sparse_file(folder, "image", mib * MIB);
    let mut tool = Tool::new("mkfs.xfs").args(["-q", "-f"]).args(options);
    for name in ["TEST_DIR", "TEST_DEV", "QA_CHECK_FS"] {
        tool = tool.env(name, "1");
    }
    tool.arg(&path).run().unwrap_or_else(|e| panic!("{e}"));
    path
}

/// Gives a file an attribute, which takes room from its data fork.
fn set_attribute(image: &Path, file: &str) {
    let image = image.to_str().expect("a path in UTF-8");
    run("xfs_db", &["-x", "-c", &format!("path /{file}"), "-c", "attr_set -v 40 name", image]);
}

/// Fields of an inode, as xfs_db(8) shows them.
fn printed(image: &Path, file: &str, fields: &str) -> String {
    let image = image.to_str().expect("a path in UTF-8");
    run("xfs_db", &["-r", "-c", &format!("path {file}"), "-c", &format!("print {fields}"), image])
}

fn words(options: &str) -> Vec<&str> {
    options.split_whitespace().collect()
}

/// Makes a file system with these options and a tree on it; compares all of it. The number of files.
fn matches(options: &str, many: usize) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), &words(options), 1024);
    {
        let device = Loop::attach(&path, 512).expect("a loop device");
        let mounted = Mounted::writable(&device, "xfs", "");
        plant::tree(mounted.path(), many);
        plant::preallocated(mounted.path());
    }
    for file in ["files/size-4097", "files/size-0", "links/target-60", "with-5", "pieces-40", "pieces-many"] {
        set_attribute(&path, file);
    }
    if options.starts_with("-b size=1024") {
        let height = printed(&path, "/pieces-many", "u3.bmbt.level");
        assert!(height.ends_with("= 2\n") || height.ends_with("= 3\n"), "blocks above the leaves: {height}");
    }
    let xfs = opened(&path);
    assert_eq!(xfs.unreplayed(), Unreplayed::Clean, "{options}");
    let device = Loop::read_only(&path).expect("a loop device");
    let mounted = Mounted::read_only(&device, "xfs", "");
    let files = compare::whole(&xfs, &volume(&path), mounted.path());
    println!("{files} files: mkfs.xfs {options}");
    files
}

#[test]
fn files_on_the_usual_file_system_are_those_that_the_kernel_shows() {
    assert!(matches("", 12_000) > 12_000);
}

#[test]
fn a_folder_with_tens_of_thousands_of_names_and_a_tree_of_a_hundred_thousand_files_are_read_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), &[], 1024);
    let device = Loop::attach(&path, 512).expect("a loop device");
    {
        let mounted = Mounted::writable(&device, "xfs", "");
        plant::crowd(mounted.path(), &[50_000, 20_000, 20_000, 10_000]);
    }
    let xfs = opened(&path);
    let begun = std::time::Instant::now();
    let mut seen = 0;
    for folder in xfs.names(xfs.top(), 9).expect("folders") {
        for entry in xfs.names(folder.inode, 1 << 20).expect("names") {
            xfs.inode(entry.inode).expect("an inode");
            seen += 1;
        }
    }
    println!("{seen} names and inodes in {:?}", begun.elapsed());
    let mounted = Mounted::read_only(&device, "xfs", "");
    assert_eq!(compare::whole(&xfs, &volume(&path), mounted.path()), 100_004);
}

#[test]
fn a_folder_in_its_inode_has_numbers_of_8_bytes_on_a_large_file_system() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), &["-l", "size=64m"], 8 << 20);
    let device = Loop::attach(&path, 512).expect("a loop device");
    {
        let mounted = Mounted::writable(&device, "xfs", "");
        for n in 0..12 {
            let folder = mounted.path().join(format!("{n}"));
            std::fs::create_dir(&folder).expect("a folder");
            for name in ["a", "b"] {
                std::fs::write(folder.join(name), plant::bytes(5000, n)).expect("a file");
            }
        }
    }
    let xfs = opened(&path);
    let names = xfs.names(xfs.top(), 20).expect("names");
    assert!(names.iter().any(|entry| entry.inode > u64::from(u32::MAX)), "{names:?}");
    let mounted = Mounted::read_only(&device, "xfs", "");
    assert_eq!(compare::whole(&xfs, &volume(&path), mounted.path()), 36);
}

#[test]
fn a_file_system_with_exchange_range_and_parent_pointers_is_read() {
    use std::os::unix::fs::FileExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), &[], 512);
    let file = std::fs::File::options().read(true).write(true).open(&path).expect("an image");
    let mut sector = [0; 512];
    file.read_exact_at(&mut sector, 0).expect("a superblock");
    sector[219] |= 0xc0;
    sector[224..228].fill(0);
    let crc = crc32c::crc32c(&sector).to_le_bytes();
    sector[224..228].copy_from_slice(&crc);
    file.write_all_at(&sector, 0).expect("a superblock");
    let device = Loop::attach(&path, 512).expect("a loop device");
    {
        let mounted = Mounted::writable(&device, "xfs", "");
        plant::tree(mounted.path(), 1000);
        plant::preallocated(mounted.path());
    }
    let mounted = Mounted::read_only(&device, "xfs", "");
    assert!(compare::whole(&opened(&path), &volume(&path), mounted.path()) > 3000);
}

#[test]
fn files_are_those_that_the_kernel_shows_with_each_feature() {
    for options in [
        "-m bigtime=0,inobtcount=0,reflink=0,rmapbt=0,finobt=0 -i sparse=0,nrext64=0",
        "-m bigtime=1,inobtcount=1,reflink=1,rmapbt=1,finobt=1 -i sparse=1,nrext64=1",
        "-m reflink=0,rmapbt=1",
    ] {
        matches(options, 500);
    }
}

#[test]
fn files_are_those_that_the_kernel_shows_with_each_size_of_blocks_folders_and_inodes() {
    for options in [
        "-b size=1024",
        "-b size=1024 -n size=65536",
        "-b size=2048 -i size=1024",
        "-b size=8192",
        "-b size=65536",
        "-n size=8192",
        "-n size=65536",
        "-i size=1024",
        "-i size=2048 -s size=4096",
    ] {
        matches(options, 3000);
    }
}
