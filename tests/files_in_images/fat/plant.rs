//! A tree with the kinds of names and sizes that lie on a FAT in ways of their own.

use std::fs;
use std::path::Path;

/// Plants a tree; `many` is how many files the largest folder has, and `longest` how many letters the longest name.
pub(super) fn tree(top: &Path, many: usize, longest: usize) {
    let names = [
        "README.TXT",
        "lower.txt",
        "UPPER.low",
        "lower.UPP",
        "NOENDING",
        "Mixed.Txt",
        "grubx64.efi",
        "two.dots.conf",
        ".hidden",
        "blank in it",
        "Größe und Länge.äöü",
        "ÄÖÜSS.TXT",
        "Ελληνικά και Русский",
        "日本語.cfg",
        "exactly13char",
        "exactly twenty-six charact",
        "longname1.txt",
        "longname2.txt",
        "longname11.txt",
    ];
    let folder = top.join("names");
    fs::create_dir(&folder).expect("a folder");
    for (seed, name) in names.into_iter().enumerate() {
        fs::write(folder.join(name), bytes(seed * 37, seed as u64)).expect("a file");
    }
    fs::write(folder.join("x".repeat(longest - 55)), b"long").expect("a file");
    fs::write(folder.join(format!("{}.end", "Y".repeat(longest - 4))), b"longest").expect("a file");

    let folder = top.join("EFI");
    fs::create_dir(&folder).expect("a folder");
    for (seed, size) in [0, 1, 511, 512, 513, 4095, 4096, 4097, 65_537, 300_001].into_iter().enumerate() {
        fs::write(folder.join(format!("size-{size}")), bytes(size, seed as u64)).expect("a file");
    }
    let mut deep = top.to_path_buf();
    for n in 0..12 {
        deep.push(format!("Deeper {n}"));
    }
    fs::create_dir_all(&deep).expect("folders");
    fs::write(deep.join("bottom"), b"bottom").expect("a file");
    fs::create_dir(top.join("empty folder")).expect("a folder");

    let folder = top.join("many");
    fs::create_dir(&folder).expect("a folder");
    for n in 0..many {
        let name = if n % 3 == 0 { format!("{n}.TXT") } else { format!("{n} is the number of a file") };
        fs::write(folder.join(name), bytes(n % 5, n as u64)).expect("a file");
    }
}

/// Bytes that differ from place to place.
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
