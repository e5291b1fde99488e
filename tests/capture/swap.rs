//! What memory wrote to swap is in no capture.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

use okv_host::io::image;

use super::overlay::Host;
use super::traces::content;
use super::{captured, of_node};

const MAGIC: &[u8] = b"SWAPSPACE2";
const MEMORY: &[u8] = b"MEMORY OF A PROCESS ";
const LUKS: &[u8] = b"LUKS\xba\xbe\0\x01";

/// A node whose disk is a raw sparse file. Gives the first byte of its swap volume too.
fn host() -> (Host, File, u64) {
    let host = Host::named("good-uefi");
    let path = host.path().join("dev/sda");
    let container = image::open(&path).unwrap();
    let header = fs::read(&path).unwrap();
    let raw = host.path().join("raw");
    let file = File::options().read(true).write(true).create_new(true).open(&raw).unwrap();
    file.set_len(container.bytes()).unwrap();
    let mut swap = None;
    for line in header.split(|b| *b == b'\n').take_while(|line| !line.is_empty()) {
        let words: Vec<&str> = std::str::from_utf8(line).unwrap().split(' ').collect();
        let ["block", at, len] = words.as_slice() else { continue };
        let (at, len): (u64, usize) = (at.parse().unwrap(), len.parse().unwrap());
        let mut bytes = vec![0; len];
        container.read_at(&mut bytes, at).unwrap();
        file.write_all_at(&bytes, at).unwrap();
        if bytes.ends_with(MAGIC) {
            swap = Some(at + len as u64 - 4096);
        }
    }
    fs::rename(&raw, &path).unwrap();
    (host, file, swap.unwrap())
}

/// Fills a swap volume of pages of this size with memory.
fn fill(disk: &File, swap: u64, page: u64) {
    let memory = MEMORY.repeat(256 << 10 >> 4);
    disk.write_all_at(&memory[..256 << 10], swap + page).unwrap();
    if page > 4096 {
        disk.write_all_at(&[0; 10], swap + 4086).unwrap();
        disk.write_all_at(&memory[..(page - 512 - 4096) as usize], swap + 4096).unwrap();
        disk.write_all_at(MAGIC, swap + page - 10).unwrap();
    }
}

#[track_caller]
fn assert_no_memory(host: &Path) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    captured(host, &file);
    let all = content(&file);
    let found = all.windows(MEMORY.len()).filter(|window| *window == MEMORY).count();
    assert_eq!(found, 0);
    let scan = ["scan", "--format", "json", "--root"];
    let read = |path: &Path| String::from_utf8(of_node(&scan, path).stdout).unwrap().replace("capture", "folder");
    assert_eq!(read(host), read(&file));
}

#[test]
fn memory_behind_the_header_is_left_out() {
    let (host, disk, swap) = host();
    fill(&disk, swap, 4096);
    assert_no_memory(host.path());
}

#[test]
fn memory_is_left_out_where_the_volume_may_be_something_else_too() {
    let (host, disk, swap) = host();
    fill(&disk, swap, 4096);
    disk.write_all_at(LUKS, swap).unwrap();
    assert_no_memory(host.path());
}

#[test]
fn memory_is_left_out_where_only_the_name_of_the_volume_tells_that_it_is_swap() {
    let (host, disk, swap) = host();
    fill(&disk, swap, 4096);
    disk.write_all_at(&[1; 4096], swap).unwrap();
    assert_no_memory(host.path());
}

#[test]
fn an_area_of_larger_pages_is_found_in_its_capture_and_its_memory_is_left_out() {
    for page in [8192, 65_536] {
        let (host, disk, swap) = host();
        fill(&disk, swap, page);
        assert_no_memory(host.path());
        let scan = of_node(&["scan", "--format", "json", "--root"], host.path());
        let text = String::from_utf8(scan.stdout).unwrap();
        assert!(text.contains(&format!("\"page_bytes\": {page}")), "{text}");
    }
}
