//! A tree with everything that lies on a disk in a way of its own.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use crate::support::tools::{Tool, run};

/// Plants a tree, without what [`preallocated`] plants; `many` is how many names the largest folder has.
pub(super) fn tree(top: &Path, many: usize) {
    for (folder, make) in [("files", files as fn(&Path)), ("links", links), ("names", names), ("special", special)] {
        let folder = top.join(folder);
        fs::create_dir(&folder).expect("a folder");
        make(&folder);
    }
    folders(top, many);
    extents(top);
    punched(&top.join("pieces-many"));
}

/// Plants files of which a part is allocated and not yet written.
pub(super) fn preallocated(top: &Path) {
    fs::write(top.join("ahead"), bytes(100_000, 7)).expect("a file");
    for (line, name) in [
        ("fallocate -l 3M {}", "unwritten"),
        ("fallocate -n -o 64K -l 4M {}", "ahead"),
        ("fallocate -z -o 1M -l 512K {}", "pieces-many"),
    ] {
        Tool::line(line, &top.join(name)).run().unwrap_or_else(|e| panic!("{e}"));
    }
    // Where the file system can, both files have the same blocks until one is written.
    let shared = top.join("shared");
    Tool::new("cp")
        .arg("--reflink=auto")
        .arg(top.join("pieces-many"))
        .arg(&shared)
        .run()
        .unwrap_or_else(|e| panic!("{e}"));
    let shared = File::options().write(true).open(shared).expect("a file");
    shared.write_all_at(&bytes(200_000, 9), 300_000).expect("a piece");
    let unwritten = File::options().write(true).open(top.join("unwritten")).expect("a file");
    unwritten.write_all_at(&bytes(70_000, 5), 1_000_000).expect("a piece");
}

/// Plants folders of so many files each.
pub(super) fn crowd(top: &Path, counts: &[usize]) {
    for (number, count) in counts.iter().enumerate() {
        let folder = top.join(format!("folder-{number}"));
        fs::create_dir(&folder).expect("a folder");
        for n in 0..*count {
            File::create(folder.join(format!("{n:0>width$}", width = 6 + n % 60))).expect("a file");
        }
    }
}

/// Bytes that differ from block to block.
pub(super) fn bytes(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut all = Vec::with_capacity(len + 8);
    while all.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        all.extend(state.to_le_bytes());
    }
    all.truncate(len);
    all
}

fn files(folder: &Path) {
    for (seed, size) in [0, 1, 511, 512, 513, 4095, 4096, 4097, 65_537, 3_000_001].into_iter().enumerate() {
        let path = folder.join(format!("size-{size}"));
        fs::write(&path, bytes(size, seed as u64)).expect("a file");
    }
    fs::hard_link(folder.join("size-512"), folder.join("again")).expect("a second name");
    chown(folder.join("size-1"), Some(70_000), Some(4_000_000_000)).expect("an owner");
    fs::set_permissions(folder.join("size-513"), Permissions::from_mode(0o6751)).expect("permissions");
}

fn links(folder: &Path) {
    for len in [1, 59, 60, 100, 155, 156, 157, 335, 336, 337, 400, 455, 456, 457, 500, 800, 912, 913, 1000, 1022, 1023]
    {
        let target = format!("/{}", "0123456789/".repeat(100));
        symlink(&target[..len], folder.join(format!("target-{len}"))).expect("a link");
    }
}

fn names(folder: &Path) {
    for byte in (1..=255_u8).filter(|byte| !b"./".contains(byte)) {
        fs::write(folder.join(OsStr::from_bytes(&[byte])), [byte]).expect("a file");
        fs::write(folder.join(OsStr::from_bytes(&[byte; 255])), []).expect("a file");
    }
}

fn special(folder: &Path) {
    let path = |name: &str| folder.join(name).to_str().expect("a path in UTF-8").to_owned();
    run("mkfifo", &[&path("fifo")]);
    run("mknod", &[&path("character"), "c", "4", "65"]);
    run("mknod", &[&path("block"), "b", "8", "1"]);
    UnixListener::bind(folder.join("socket")).expect("a socket");
    fs::write(folder.join("immutable"), b"x").expect("a file");
    run("chattr", &["+i", &path("immutable")]);
}

fn folders(top: &Path, many: usize) {
    let mut deep = top.join("deep");
    for level in 0..100 {
        fs::create_dir(&deep).expect("a folder");
        fs::write(deep.join("here"), format!("{level}")).expect("a file");
        deep.push("d");
    }
    for count in [0, 1, 5, 20, 60, 300, many] {
        let folder = top.join(format!("with-{count}"));
        fs::create_dir(&folder).expect("a folder");
        for n in 0..count {
            File::create(folder.join(format!("{n}-{}", "n".repeat(n % 40)))).expect("a file");
        }
    }
    // Names that were removed leave room, and whole blocks.
    let thinned = top.join("thinned");
    fs::create_dir(&thinned).expect("a folder");
    for n in 0..3000 {
        File::create(thinned.join(format!("{n:0>30}"))).expect("a file");
    }
    for n in (0..3000).filter(|n| (500..2000).contains(n) || n % 3 == 0) {
        fs::remove_file(thinned.join(format!("{n:0>30}"))).expect("a file");
    }
}

fn extents(top: &Path) {
    let block = block_bytes(top);
    let create = |name: &str| File::create(top.join(name)).expect("a file");
    for (name, pieces) in [("pieces-3", 3), ("pieces-12", 12), ("pieces-40", 40), ("pieces-many", 40_000_000 / block)] {
        let file = create(name);
        for n in (0..pieces).step_by(2) {
            file.write_all_at(&bytes(block, n as u64), (n * block) as u64).expect("a piece");
        }
        file.sync_all().expect("written");
    }
    let far = create("far");
    far.write_all_at(b"behind 5 GiB", 5 << 30).expect("a piece");
    far.write_all_at(b"at 4 GiB", (4 << 30) - 4).expect("a piece");
}

fn punched(file: &Path) {
    Tool::line("fallocate -p -o 128K -l 512K {}", file).run().unwrap_or_else(|e| panic!("{e}"));
}

/// Bytes of a block of the file system.
fn block_bytes(top: &Path) -> usize {
    let path = top.to_str().expect("a path in UTF-8");
    run("stat", &["-f", "-c", "%S", path]).trim().parse().expect("a number")
}
