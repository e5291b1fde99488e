//! The disk of a fixture as the sparse file that it was before it was packed.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

use okv_host::io::image;

/// Unpacks a disk of a fixture into a sparse file.
pub fn unpack(packed: &Path, to: &Path) {
    let disk = image::open(packed).unwrap();
    let file = File::create(to).unwrap();
    file.set_len(disk.bytes()).unwrap();
    let header = fs::read(packed).unwrap();
    for line in header.split(|b| *b == b'\n').take_while(|line| !line.is_empty()) {
        let words: Vec<&str> = std::str::from_utf8(line).unwrap().split(' ').collect();
        if let ["block", at, len] = words[..] {
            let (at, len): (u64, usize) = (at.parse().unwrap(), len.parse().unwrap());
            let mut bytes = vec![0; len];
            disk.read_at(&mut bytes, at).unwrap();
            file.write_all_at(&bytes, at).unwrap();
        }
    }
}
