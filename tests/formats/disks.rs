//! The disks of the fixtures as raw files, and what qemu-img makes of them.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use okv_host::io::image;
use serde_json::Value;

use crate::scan::scan;
use crate::tools;

/// Unpacks a disk of a fixture into a sparse file.
pub(crate) fn unpack(packed: &Path, to: &Path) {
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

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/images")
}

/// A node's disk as a raw file in `dir`.
pub(crate) fn node(dir: &Path) -> PathBuf {
    let to = dir.join("node.img");
    unpack(&fixtures().join("gpt-lvm-node/disk"), &to);
    to
}

pub(crate) fn qemu_img(dir: &Path, line: &str) -> String {
    let words = line.split_whitespace().map(|word| word.replace("{dir}", &dir.to_string_lossy()));
    let words: Vec<String> = words.collect();
    tools::run("qemu-img", &words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The disks of a file, without what may differ from a raw one.
pub(crate) fn alike(path: &Path) -> Vec<Value> {
    let mut disks = scan(&[path]);
    for disk in &mut disks {
        disk["path"] = Value::Null;
        disk["image_type"] = Value::Null;
        // Volumes name the disk that they lie on.
        let text = disk.to_string();
        let shown = path.to_string_lossy();
        *disk = serde_json::from_str(&text.replace(&*shown, "DISK")).unwrap();
    }
    disks
}

pub(crate) fn kind(path: &Path) -> String {
    scan(&[path])[0]["image_type"].as_str().unwrap().to_owned()
}

/// The messages of what is wrong with the disk of a file.
pub(crate) fn problems(path: &Path) -> Vec<String> {
    let disk = scan(&[path]).remove(0);
    let problems = disk["problems"].as_array().unwrap();
    problems.iter().map(|p| format!("{}: {}", p["id"].as_str().unwrap(), p["message"].as_str().unwrap())).collect()
}
