//! Damage to what is read of an xfs: no panic, no endless reading, and with checksums no answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use okv_host::disk::filesystem::xfs::Xfs;
use okv_host::io::image::{Image, Memory};

use super::{made, words};
use crate::changed::{self, Changed};
use crate::support::loopdev::Loop;
use crate::support::mount::Mounted;

fn walk(image: Arc<dyn Image>) -> std::io::Result<Vec<String>> {
    changed::walk(&Xfs::open(image)?)
}

/// A small file system that has each kind of metadata.
fn image(options: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), &words(options), 20);
    let device = Loop::attach(&path, 512).expect("a loop device");
    let mounted = Mounted::writable(&device, "xfs", "");
    for (name, count) in [("short", 3), ("block", 12), ("leaf", 60)] {
        let folder = mounted.path().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        for n in 0..count {
            let target = "x".repeat(if n == 1 { 700 } else { 30 });
            std::os::unix::fs::symlink(target, folder.join(format!("{n:0>20}"))).expect("a link");
        }
    }
    let file = std::fs::File::create(mounted.path().join("pieces")).expect("a file");
    for n in 0..90 {
        std::os::unix::fs::FileExt::write_all_at(&file, &[n; 1024], 2048 * u64::from(n)).expect("a piece");
    }
    drop((file, mounted));
    std::fs::read(&path).expect("an image")
}

#[test]
fn every_change_of_a_byte_of_metadata_is_an_error() {
    let bytes = Arc::new(Memory::new(image("-b size=1024")));
    let read = Arc::default();
    let changed =
        |change, read: &Arc<_>| Arc::new(Changed { bytes: Arc::clone(&bytes), change, read: Arc::clone(read) });
    let sound = walk(changed(None, &read)).expect("a sound image");
    assert!(sound.len() > 75, "{sound:#?}");
    // The first one is the superblock with what lies behind it.
    let mut places: Vec<(u64, usize)> = read.lock().expect("a list").drain(..).skip(1).collect();
    places.extend([(0, 512)]);
    places.sort_unstable();
    places.dedup();
    let begun = Instant::now();
    let (mut tried, mut state) = (0, 1_u64);
    for (at, len) in places.iter().cycle().take(places.len() * 20) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let place = at + (state >> 33) % *len as u64;
        let once = Instant::now();
        let answer = walk(changed(Some((place, 1 << (state >> 61))), &Arc::default()));
        assert!(answer.is_err(), "a change of byte {place} is not seen");
        assert!(once.elapsed() < Duration::from_secs(2), "byte {place}");
        tried += 1;
    }
    println!("{tried} changes in {:?}", begun.elapsed());
}

#[test]
fn no_change_of_metadata_without_checksums_ends_badly() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (list, _) = super::old::planted(scratch.path(), 40);
    let path = scratch.path().join("list");
    std::fs::write(&path, list).expect("a list");
    let path = path.display().to_string();
    let image = made(scratch.path(), &["-m", "crc=0", "-b", "size=512", "-p", &path], 32);
    let bytes = Arc::new(Memory::new(std::fs::read(image).expect("an image")));
    let read = Arc::default();
    let changed =
        |change, read: &Arc<_>| Arc::new(Changed { bytes: Arc::clone(&bytes), change, read: Arc::clone(read) });
    let sound = walk(changed(None, &read)).expect("a sound image").len();
    let mut places: Vec<(u64, usize)> = read.lock().expect("a list").drain(..).collect();
    places.sort_unstable();
    places.dedup();
    let (mut errors, mut state) = (0, 1_u64);
    for (at, len) in &places {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let place = at + (state >> 33) % (*len as u64).min(512);
        let once = Instant::now();
        let answer = walk(changed(Some((place, 1 << (state >> 61))), &Arc::default()));
        errors += usize::from(answer.is_err());
        assert!(once.elapsed() < Duration::from_secs(2), "byte {place}");
    }
    println!("{errors} errors of {} changes, {sound} names", places.len());
    assert!(errors > 10);
}

#[test]
fn a_volume_that_is_cut_off_is_refused_with_both_sizes() {
    let bytes = image("-b size=1024");
    for len in [0, 1, 511, 512, 4096, 1 << 20, bytes.len() - 1] {
        let why = Xfs::open(Arc::new(Memory::new(bytes[..len].to_vec()))).err().expect("an error").to_string();
        let expected = if len < 512 { "no xfs superblock" } else { "and the volume has" };
        assert!(why.contains(expected), "{len}: {why}");
    }
}
