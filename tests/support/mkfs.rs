//! Makes file systems with the real tools, on sparse files that go away with their folder.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::tools::run;

/// A sparse file `name` of `bytes` bytes in `folder`.
pub(crate) fn sparse_file(folder: &Path, name: &str, bytes: u64) -> PathBuf {
    let path = folder.join(name);
    File::create_new(&path).and_then(|file| file.set_len(bytes)).expect("a sparse file");
    path
}

/// Runs the words of `command` with the path of `image` at the end: `mke2fs -t ext4`.
pub(crate) fn make(command: &str, image: &Path) {
    let mut words = command.split_whitespace();
    let program = words.next().expect("a program");
    let path = image.to_str().expect("a path in UTF-8");
    // Nothing that asks, nothing that talks.
    let quiet: &[&str] = match program {
        "mke2fs" => &["-q", "-F"],
        "mkfs.xfs" => &["-q", "-f"],
        _ => &[],
    };
    let args: Vec<&str> = quiet.iter().copied().chain(words).chain([path]).collect();
    run(program, &args);
}

/// The first 8 KiB of an image, which is what is read of a volume; zeros where it is shorter.
pub(crate) fn head(image: &Path) -> Vec<u8> {
    use std::io::Read;
    let mut bytes = Vec::new();
    File::open(image).and_then(|file| file.take(8192).read_to_end(&mut bytes)).expect("an image to read");
    bytes
}
