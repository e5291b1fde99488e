//! Images of virtual machines: the input is the file, as it is or packed in a container.
#![no_main]

mod disks;

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use disks::containers;
use libfuzzer_sys::fuzz_target;
use okv_host::disk::{Scratch, Source, scan_file};
use okv_host::readers::parts::Seal;
use okv_host::io::image::Image;

/// Larger files are cut: a fixed VHDX of a small disk has a few MiB.
const LARGEST: u64 = 16 << 20;

thread_local! {
    /// A file in memory, alone in its folder.
    static IMAGE: (PathBuf, File) = {
        let folder = PathBuf::from(format!("/dev/shm/okv-host-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder in memory");
        let path = folder.join("image");
        let file = OpenOptions::new().create(true).truncate(true).write(true).open(&path).expect("a file in memory");
        (path, file)
    };
    static USED: RefCell<Scratch> = RefCell::default();
}

fuzz_target!(|data: &[u8]| {
    let packed = containers(data).into_iter().next();
    let unpacked = packed.and_then(|disk| disk.get(0, disk.bytes().min(LARGEST) as usize));
    let bytes = unpacked.as_deref().unwrap_or(data);
    IMAGE.with(|(path, file)| {
        file.set_len(0).and_then(|()| file.write_all_at(bytes, 0)).expect("room in memory");
        let (first, more) = USED.with_borrow_mut(|scratch| scan_file(&Source::open(path), scratch));
        assert!(more.len() <= 65, "{} disks", more.len());
        for disk in std::iter::once(&first).chain(&more) {
            assert!(disk.problems.len() < 8192, "{} problems", disk.problems.len());
            assert!(disk.bytes > 0 || disk.could_not_be_opened());
        }
    });
});
