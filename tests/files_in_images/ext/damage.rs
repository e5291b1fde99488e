//! Damage to what is read of an ext file system: no panic, no endless reading, and with checksums no other answer.

use std::fs;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use okv_host::disk::filesystem::ext::Ext;
use okv_host::io::image::{Image, Memory};

use super::made;
use crate::changed::{self, Changed};
use crate::support::loopdev::Loop;
use crate::support::mount::Mounted;

fn walk(image: Arc<dyn Image>) -> std::io::Result<Vec<String>> {
    changed::walk(&Ext::open(image)?)
}

/// A small file system that has each kind of metadata.
fn image(options: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), options, 16);
    let device = Loop::attach(&path, 512).expect("a loop device");
    let mounted = Mounted::writable(&device, "ext4", "");
    for (name, count) in [("short", 3), ("block", 12), ("tree", 60)] {
        let folder = mounted.path().join(name);
        fs::create_dir(&folder).expect("a folder");
        for n in 0..count {
            let target = "x".repeat(if n == 1 { 700 } else { 30 });
            std::os::unix::fs::symlink(target, folder.join(format!("{n:0>40}"))).expect("a link");
        }
    }
    let file = fs::File::create(mounted.path().join("pieces")).expect("a file");
    for n in 0..120 {
        file.write_all_at(&[n; 1024], 2048 * u64::from(n)).expect("a piece");
    }
    fs::write(mounted.path().join("small"), b"in the inode").expect("a file");
    drop((file, mounted));
    fs::read(&path).expect("an image")
}

/// Changes bytes of all that a walk reads; how many of the answers were errors, and how many another answer.
fn tried(options: &str, rounds: usize) -> (usize, usize, usize) {
    let bytes = Arc::new(Memory::new(image(options)));
    let read = Arc::default();
    let changed =
        |change, read: &Arc<_>| Arc::new(Changed { bytes: Arc::clone(&bytes), change, read: Arc::clone(read) });
    let sound = walk(changed(None, &read)).expect("a sound image");
    assert!(sound.len() > 75, "{sound:#?}");
    let mut places: Vec<(u64, usize)> = read.lock().expect("a list").drain(..).collect();
    places.sort_unstable();
    places.dedup();
    let (mut errors, mut others, mut state) = (0, 0, 1_u64);
    for (at, len) in places.iter().cycle().take(places.len() * rounds) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let place = at + (state >> 33) % *len as u64;
        let once = Instant::now();
        match walk(changed(Some((place, 1 << (state >> 61))), &Arc::default())) {
            Err(_) => errors += 1,
            Ok(answer) if answer != sound => others += 1,
            Ok(_) => {}
        }
        assert!(once.elapsed() < Duration::from_secs(2), "byte {place}");
    }
    println!("{errors} errors and {others} other answers of {}: mke2fs {options}", places.len() * rounds);
    (errors, others, places.len() * rounds)
}

#[test]
fn a_change_of_a_byte_of_metadata_with_checksums_is_an_error_or_changes_nothing() {
    for options in
        ["-t ext4 -b 1024 -O metadata_csum", "-t ext4 -b 1024 -O metadata_csum,inline_data,meta_bg,^resize_inode"]
    {
        let (errors, others, all) = tried(options, 15);
        assert!(others == 0 && errors * 10 > all * 7, "{errors} and {others} of {all}");
    }
}

#[test]
fn no_change_of_metadata_without_checksums_ends_badly() {
    for options in ["-t ext2 -b 1024", "-t ext4 -b 1024 -O ^metadata_csum"] {
        assert!(tried(options, 15).0 > 10);
    }
}

#[test]
fn a_volume_that_is_cut_off_is_refused() {
    let bytes = image("-t ext4 -b 1024");
    for len in [0, 1, 1023, 1024, 2047, 2048, 1 << 20, bytes.len() - 1] {
        let why = Ext::open(Arc::new(Memory::new(bytes[..len].to_vec()))).err().expect("an error").to_string();
        let expected = if len < 2048 { "cannot read" } else { "and the volume only" };
        assert!(why.contains(expected), "{len}: {why}");
    }
}
