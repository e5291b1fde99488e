//! Superblocks: what is found in windows of chosen sizes and places, of containers and of volumes built from the input.
#![no_main]

mod disks;

use disks::{Patched, check_content, check_scan, containers};
use libfuzzer_sys::fuzz_target;
use okv_host::disk::{Source, scan};
use okv_host::disk::format::far;
use okv_host::disk::format::signature::find_all;
use okv_host::disk::format::vfat::root_directory;
use okv_host::disk::format::windows::Windows;
use okv_host::io::image::{Image, Memory, Slice};
use okv_host::base::units::ByteRange;
use okv_host::readers::parts::windows;

fuzz_target!(|data: &[u8]| {
    let disks = containers(data);
    if disks.is_empty() {
        return built(data);
    }
    check_scan(&disks);
    for disk in &disks {
        let all = ByteRange::new(0, disk.bytes()).expect("a whole disk");
        volume(&Slice::new(disk, all));
        let source = Source::new("disk", Ok(Box::new(disk.clone())));
        for p in scan(&[source]).iter().flat_map(|disk| disk.partitions.iter().take(8)) {
            if let Some(range) = ByteRange::new(p.start_bytes, p.bytes) {
                volume(&Slice::new(disk, range));
            }
        }
    }
});

/// Everything that can be found on a volume: with its first bytes alone, cut at many lengths, and with the far places.
fn volume(image: &dyn Image) {
    let bytes = image.bytes();
    let read = |at: u64, len: u64| {
        let mut part = vec![0; len.min(bytes.saturating_sub(at)) as usize];
        image.read_at(&mut part, at).is_ok().then_some((at, part)).filter(|(_, part)| !part.is_empty())
    };
    let start = read(0, far::START);
    let head = start.as_ref().map(|(_, part)| part.as_slice()).unwrap_or_default();
    for len in [0, 1, 511, 512, 1024, 1100, 1535, 2048, 4096, 4097, 8192, 16384] {
        check(Windows::new(bytes).with(0, head.get(..len).unwrap_or(head)), image);
    }
    let end = bytes.saturating_sub(far::END);
    let far = far::ranges(bytes).into_iter().flatten().take(6).map(|r| read(r.start, r.end.saturating_sub(r.start)));
    let parts: Vec<(u64, Vec<u8>)> = far.chain([read(end, far::END)]).flatten().collect();
    let windows = parts.iter().fold(Windows::new(bytes).with(0, head), |all, (at, part)| all.with(*at, part));
    check(windows, image);
    if let Some((at, len)) = root_directory(&windows) {
        assert!(len <= 16384, "a root directory of {len} bytes");
        if let Some((at, part)) = read(at, len as u64) {
            check(Windows::new(bytes).with(0, head).with(at, &part), image);
        }
    }
}

fn check(windows: Windows<'_>, image: &dyn Image) {
    for found in find_all(&windows) {
        check_content(&found.content, image, 0, windows.volume_bytes());
        assert!(found.problems.len() < 16, "{:?}", found.problems);
    }
    let _ = root_directory(&windows);
}

/// Control: size of the volume, number of windows, and of each its place and length; then their bytes.
fn built(data: &[u8]) {
    let Some((windows, rest)) = windows(data) else { return };
    let bytes = windows.volume_bytes();
    check(windows, &Memory::new(Vec::new()));
    volume(&Memory::new(rest.to_vec()));
    let parts: Vec<(u64, &[u8])> = windows.parts().collect();
    check_scan(&[Patched::built(bytes, 0, &parts)]);
}
