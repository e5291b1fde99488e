//! The disks of the fixtures as raw files, and what qemu-img makes of them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::scan::scan;
use crate::tools;
pub(crate) use crate::unpack::unpack;

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
