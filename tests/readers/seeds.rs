//! Seeds from the fixtures, as they are or taken out of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::io::image::sparse::{Sparse, is_sparse};
use crate::io::image::{Image, Memory};

/// Longest file that is a seed as it is.
const LONGEST: u64 = 1 << 16;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn fixtures() -> PathBuf {
    project().join("fixtures")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&entry.path(), files),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {} // The links of sysfs run in circles.
        }
    }
}

/// The files below `folder` of the project, by name.
fn below(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&project().join(folder), &mut files);
    files.sort();
    files
}

/// Each different content of the fixtures whose paths end with `end`.
pub(super) fn ending(end: &str) -> Vec<Vec<u8>> {
    let is_fit = |path: &PathBuf| {
        path.to_str().is_some_and(|path| path.ends_with(end)) && fs::metadata(path).is_ok_and(|m| m.len() <= LONGEST)
    };
    let files = below("fixtures").into_iter().filter(is_fit);
    distinct(files.filter_map(|path| fs::read(path).ok()))
}

/// Each different file in `folder` of the fixtures.
pub(super) fn within(folder: &str) -> Vec<Vec<u8>> {
    let files = below(&format!("fixtures/{folder}")).into_iter();
    let short = files.filter(|path| fs::metadata(path).is_ok_and(|m| m.len() <= LONGEST));
    distinct(short.filter_map(|path| fs::read(path).ok()))
}

/// The inputs that fuzzing found for a reader and that are in the repository: base64, one a line.
pub(super) fn kept(name: &str) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(project().join("tests/fuzz/corpus").join(name)).unwrap_or_default();
    text.lines().map(decoded).collect()
}

/// The bytes of a text in base64; what is no digit of it is passed over.
pub(super) fn decoded(text: &str) -> Vec<u8> {
    let digit = |c: char| match c {
        'A'..='Z' => Some(c as u32 - 'A' as u32),
        'a'..='z' => Some(c as u32 - 'a' as u32 + 26),
        '0'..='9' => Some(c as u32 - '0' as u32 + 52),
        '+' => Some(62),
        '/' => Some(63),
        _ => None,
    };
    let (mut out, mut word, mut bits) = (Vec::new(), 0_u32, 0);
    for value in text.chars().filter_map(digit) {
        word = (word << 6) | value;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
        }
    }
    out
}

pub(super) fn distinct(all: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = all.collect();
    all.sort();
    all.dedup();
    all
}

/// Every disk among the fixtures' images.
pub(super) fn images() -> &'static [Sparse] {
    static IMAGES: OnceLock<Vec<Sparse>> = OnceLock::new();
    IMAGES.get_or_init(read_images)
}

fn read_images() -> Vec<Sparse> {
    let disks = below("fixtures/images").into_iter().filter_map(|path| fs::read(path).ok());
    let disks = disks.map(Memory::new).filter(|disk| is_sparse(disk));
    disks.filter_map(|disk| Sparse::read(&disk).ok()).collect()
}

/// `len` bytes at `at`, where the image has them.
pub(super) fn part(image: &dyn Image, at: u64, len: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(len).ok()?];
    image.read_at(&mut bytes, at).ok().map(|()| bytes)
}

pub(super) fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The blocks of a file between lines that begin with `%%`.
pub(super) fn blocks(file: &str) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(project().join(file)).unwrap_or_default();
    let blocks = text.split("\n%% ").filter_map(|block| block.split_once('\n'));
    distinct(blocks.map(|(_, block)| format!("{block}\n").into_bytes()))
}

/// The profiles of releases that are built in.
pub(super) fn built_in_profiles() -> Vec<Vec<u8>> {
    let files = below("src/profile").into_iter().filter(|path| path.extension().is_some_and(|end| end == "json"));
    files.filter_map(|path| fs::read(path).ok()).collect()
}
