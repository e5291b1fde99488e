//! Version 4, which new kernels do not mount: what mkfs.xfs put there from a list, and what xfs_db shows of it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use okv_host::disk::filesystem::xfs::Unreplayed;
use okv_host::disk::filesystem::{Content, FileImage, FileSystem};
use okv_host::io::image::Image;

use super::plant::bytes;
use super::{made, opened, printed, set_attribute, volume};
use crate::support::tools::run;

/// What is put there: a path, its mode, and its bytes or target.
pub(super) type Planted = (String, u32, Vec<u8>);

/// Adds a folder to the list of mkfs.xfs -p; `$` ends it.
fn folder(list: &mut String, all: &mut Vec<Planted>, path: &str, inside: impl FnOnce(&mut String, &mut Vec<Planted>)) {
    let name = path.rsplit('/').next().unwrap_or_default();
    let _ = writeln!(list, "{name} d--750 3 4");
    all.push((path.to_owned(), 0o040_750, Vec::new()));
    inside(list, all);
    list.push_str("$\n");
}

/// The list and what it makes; files have their bytes below `sources`.
pub(super) fn planted(sources: &Path, many: usize) -> (String, Vec<Planted>) {
    let (mut list, mut all) = ("/dev/null\n0 0\nd--755 0 0\n".to_owned(), Vec::new());
    for size in [0, 1, 511, 512, 513, 4096, 70_000, 2_000_001] {
        let (name, content) = (format!("size-{size}"), bytes(size, size as u64));
        fs::write(sources.join(&name), &content).expect("a file");
        let _ = writeln!(list, "{name} -u-644 1 2 {}", sources.join(&name).display());
        all.push((name, 0o104_644, content));
    }
    for len in [1, 60, 100, 155, 156, 157, 300, 412, 513, 900, 1023] {
        let (name, target) = (format!("link-{len}"), "0123456789/".repeat(100)[..len].to_owned());
        let _ = writeln!(list, "{name} l--777 0 0 {target}");
        all.push((name, 0o120_777, target.into_bytes()));
    }
    list.push_str("fifo p--600 0 0\nblock b--660 0 6 8 1\ncharacter c--620 0 5 4 65\n");
    for (name, mode) in [("fifo", 0o010_600), ("block", 0o060_660), ("character", 0o020_620)] {
        all.push((name.to_owned(), mode, Vec::new()));
    }
    for count in [0, 1, 6, 30, 100, 700, many] {
        let path = format!("with-{count}");
        folder(&mut list, &mut all, &path.clone(), |list, all| {
            for n in 0..count {
                let name = format!("{n}-{}", "n".repeat(n % 40));
                let _ = writeln!(list, "{name} p--600 0 0");
                all.push((format!("{path}/{name}"), 0o010_600, Vec::new()));
            }
        });
    }
    deep(&mut list, &mut all, "deep".to_owned(), 100);
    list.push_str("$\n");
    (list, all)
}

fn deep(list: &mut String, all: &mut Vec<Planted>, path: String, left: usize) {
    folder(list, all, &path.clone(), |list, all| {
        if left > 0 {
            deep(list, all, format!("{path}/d"), left - 1);
        }
    });
}

fn matches(options: &str, many: usize) {
    let scratch = tempfile::tempdir().expect("a folder");
    let (list, all) = planted(scratch.path(), many);
    let list_path = scratch.path().join("list");
    fs::write(&list_path, list).expect("a list");
    let list_path = list_path.display().to_string();
    let options: Vec<&str> = options.split_whitespace().chain(["-p", &list_path]).collect();
    let path = made(scratch.path(), &options, 256);
    // xfs_db cannot set one where attributes have the first format.
    let files = ["size-4096", "link-60", "with-1", "with-100", "fifo"];
    for file in files.into_iter().filter(|_| !options.contains(&"size=256,attr=1")) {
        set_attribute(&path, file);
    }
    let (files, volume) = (opened(&path), volume(&path));
    assert_eq!(files.unreplayed(), Unreplayed::Clean, "{options:?}");
    for (name, mode, content) in &all {
        same(&files, &volume, name, *mode, content);
    }
    assert_eq!(below(&files, files.top()), all.len(), "{options:?}");
    for (name, ..) in all.iter().filter(|(name, ..)| name.starts_with("with-") != name.contains('/')) {
        let shown = printed(&path, &format!("/{name}"), "core.nblocks core.size");
        let inode = files.inode(number(&files, name)).expect("an inode");
        let image = path.to_str().expect("a path in UTF-8");
        let block = run("xfs_db", &["-r", "-c", "sb", "-c", "print blocksize", image]);
        let block: u64 = block.trim().rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a number");
        let ours = format!("core.nblocks = {}\ncore.size = {}\n", inode.blocks * 512 / block, inode.bytes);
        assert_eq!(shown, ours, "{name}");
    }
    if options.contains(&"ftype=0") {
        let largest = format!("/with-{many}");
        assert_eq!(printed(&path, &largest, "core.format"), "core.format = 3 (btree)\n", "a tree of extents");
    }
    println!("{} files: mkfs.xfs {options:?}", all.len());
}

fn number(files: &dyn FileSystem, path: &str) -> u64 {
    path.split('/').fold(files.top(), |folder, name| {
        let found = files.find(folder, name.as_bytes()).unwrap_or_else(|e| panic!("{path}: {e}"));
        found.unwrap_or_else(|| panic!("{path} is not there"))
    })
}

fn same(files: &dyn FileSystem, volume: &Arc<dyn Image>, name: &str, mode: u32, content: &[u8]) {
    // The names of the largest folders are looked for one in a hundred times.
    if name.starts_with("with-") && name.len() % 100 != 20 {
        return;
    }
    let number = number(files, name);
    let inode = files.inode(number).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(inode.mode, mode, "{name}");
    if inode.is_link() {
        assert_eq!(files.content(number).expect("a link"), Content::Inline(content.to_vec()), "{name}");
    } else if inode.is_file() {
        assert_eq!((inode.uid, inode.gid, inode.bytes), (1, 2, content.len() as u64), "{name}");
        let image = FileImage::new(Arc::clone(volume), files.content(number).expect("a file")).expect("sound extents");
        let mut read = vec![0; content.len()];
        image.read_at(&mut read, 0).expect("its bytes");
        assert!(read == content, "{name}");
    }
}

/// How many names are below a folder.
fn below(files: &dyn FileSystem, folder: u64) -> usize {
    let names = files.names(folder, 1 << 20).expect("a folder");
    let deeper = names.iter().filter(|entry| files.inode(entry.inode).expect("an inode").is_folder());
    names.len() + deeper.map(|entry| below(files, entry.inode)).sum::<usize>()
}

#[test]
fn files_of_version_4_are_those_that_were_put_there() {
    for options in [
        "-m crc=0 -n ftype=0",
        "-m crc=0 -n ftype=1 -i size=512",
        "-m crc=0,finobt=0 -b size=512 -n ftype=0 -i size=256,attr=1 -l version=1",
        "-m crc=0 -b size=512 -n size=16384,ftype=1",
        "-m crc=0 -b size=1024 -i size=256 -n size=4096",
        "-m crc=0 -b size=65536 -i size=2048",
        "-m crc=0 -s size=4096 -n size=65536",
    ] {
        matches(options, 4000);
    }
}
