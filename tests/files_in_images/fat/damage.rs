//! Damage to a FAT: no panic and no endless reading.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use okv_host::disk::filesystem::FileSystem;
use okv_host::disk::filesystem::fat::Fat;
use okv_host::io::image::Memory;

use super::{copy, longest, made, plant};

/// Numbers without an order that is seen.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// The bytes of a file system with a tree on it.
fn bytes(options: &str, kib: u64) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), options, kib);
    let tree = folder.path().join("tree");
    fs::create_dir(&tree).expect("a folder");
    plant::tree(&tree, 30, longest(options));
    copy(&path, &tree);
    fs::read(&path).expect("an image")
}

/// Walks over what at most so many names lead to; how many names, and how many errors.
fn walk(bytes: Vec<u8>) -> (usize, usize) {
    let Ok(fat) = Fat::open(Arc::new(Memory::new(bytes))) else { return (0, 1) };
    let (mut ahead, mut seen, mut errors) = (vec![fat.top()], 0, 0);
    while let Some(folder) = ahead.pop() {
        let Ok(entries) = fat.names(folder, 2000) else {
            errors += 1;
            continue;
        };
        for entry in entries.into_iter().take(3000_usize.saturating_sub(seen)) {
            seen += 1;
            match entry.is_folder {
                Some(true) => ahead.push(entry.inode),
                _ => errors += usize::from(fat.content(entry.inode).is_err()),
            }
            errors += usize::from(fat.inode(entry.inode).is_err());
        }
    }
    (seen, errors)
}

/// Where the first allocation table begins: behind the reserved sectors.
fn table_at(bytes: &[u8]) -> usize {
    usize::from(u16::from_le_bytes([bytes[14], bytes[15]])) * 512
}

const KINDS: [(&str, u64); 3] = [("-F 12 -s 4", 6000), ("-F 16 -s 1", 4000), ("-F 32 -s 1", 34 << 10)];

#[test]
fn changed_bytes_and_entries_of_the_table_that_lead_anywhere_end_in_bounded_time() {
    for (options, kib) in KINDS {
        let sound = bytes(options, kib);
        let (names, errors) = walk(sound.clone());
        assert!(names > 60 && errors == 0, "{options}: {names} names, {errors} errors");
        // Each round has a copy of its own, and a FAT32 is large.
        let rounds = if sound.len() > 10 << 20 { 60 } else { 300 };
        let table = table_at(&sound);
        let (mut random, mut failed, begun) = (Random(1), 0, Instant::now());
        for round in 0..rounds {
            let mut bytes = sound.clone();
            for _ in 0..=round % 20 {
                let place = match round % 3 {
                    0 => table + random.below(400),
                    1 => random.below(64 << 10),
                    // Behind it nothing is in use.
                    _ => random.below(bytes.len() / 2),
                };
                bytes[place] = random.below(256) as u8;
            }
            let once = Instant::now();
            failed += usize::from(walk(bytes).1 > 0);
            assert!(once.elapsed() < Duration::from_secs(5), "{options}, round {round}: {:?}", once.elapsed());
        }
        println!("{failed} of {rounds} damaged in {:?}: {options}", begun.elapsed());
        assert!(failed > rounds / 10, "{options}: {failed}");
    }
}

#[test]
fn a_chain_that_runs_in_a_circle_is_an_error_wherever_it_begins() {
    let sound = bytes("-F 16 -s 1", 4000);
    let fat = Fat::open(Arc::new(Memory::new(sound.clone()))).expect("a sound image");
    let folder = fat.find(fat.top(), b"efi").expect("a folder").expect("the folder");
    let file = fat.find(folder, b"size-300001").expect("a folder").expect("the file");
    let at = file as usize * 32;
    let first = usize::from(u16::from_le_bytes([sound[at + 26], sound[at + 27]]));
    let table = table_at(&sound);
    for from in (0..500).step_by(7) {
        for to in [0, from / 2, from] {
            let mut bytes = sound.clone();
            let place = table + (first + from) * 2;
            bytes[place..place + 2].copy_from_slice(&((first + to) as u16).to_le_bytes());
            let fat = Fat::open(Arc::new(Memory::new(bytes))).expect("a sound boot sector");
            let why = fat.content(file).expect_err("an error").to_string();
            assert!(why.contains("run in a circle"), "{from} to {to}: {why}");
        }
    }
}

#[test]
fn a_volume_that_is_cut_off_is_refused_with_both_sizes() {
    for (options, kib) in KINDS {
        let bytes = bytes(options, kib);
        for len in [0, 1, 511, 512, 4096, 1 << 20, bytes.len() / 2] {
            let cut = Memory::new(bytes[..len].to_vec());
            let why = Fat::open(Arc::new(cut)).err().expect("an error").to_string();
            let expected = if len < 512 { "no FAT boot sector" } else { "and the volume has" };
            assert!(why.contains(expected), "{len}: {why}");
        }
    }
}
