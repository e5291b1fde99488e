//! Journals that have not been replayed: images that are copied while they are mounted, against what the kernel shows
//! once it has replayed a copy.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::{made, opened, volume};
use crate::support::loopdev::Loop;
use crate::support::mkfs;
use crate::support::mount::Mounted;
use crate::support::tools::run;
use crate::{compare, plant};
use okv_host::disk::filesystem::ext::Ext;

const ROUNDS: u64 = 6;
/// What a block with a header begins with: in data it has to be escaped.
const MAGIC: [u8; 4] = 0xc03b_3998_u32.to_be_bytes();

/// Makes, changes and removes folders and files, so that blocks are freed and used anew.
fn change(top: &Path, round: u64) {
    for n in 0..12 {
        let folder = top.join(format!("{round}-{n}"));
        fs::create_dir(&folder).expect("a folder");
        for name in 0..30 + 10 * n {
            fs::write(folder.join(format!("{name}")), plant::bytes(name * 37, round)).expect("a file");
        }
        let mut blocks = plant::bytes(20_000, round + n as u64);
        (0..20_000).step_by(1024).for_each(|at| blocks[at..at + 4].copy_from_slice(&MAGIC));
        fs::write(folder.join("escaped"), blocks).expect("a file");
    }
    if let Some(before) = round.checked_sub(1) {
        (0..9).for_each(|n| fs::remove_dir_all(top.join(format!("{before}-{n}"))).expect("a folder"));
        let file = File::options().write(true).open(top.join(format!("{before}-10/5"))).expect("a file");
        file.write_all_at(&plant::bytes(50_000, round), 7).expect("a piece");
    }
}

fn copied(image: &Path, name: String) -> PathBuf {
    let copy = image.with_file_name(name);
    run("cp", &["--sparse=always", image.to_str().expect("UTF-8"), copy.to_str().expect("UTF-8")]);
    copy
}

/// The most blocks that were replayed in a round.
fn replays(options: &str, mount: &str) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), options, 128);
    let mut most = 0;
    let device = Loop::attach(&path, 512).expect("a loop device");
    let mounted = Mounted::writable(&device, "ext4", mount);
    for round in 0..ROUNDS {
        change(mounted.path(), 2 * round);
        run("sync", &["-f", mounted.path().to_str().expect("UTF-8")]);
        change(mounted.path(), 2 * round + 1);
        let copy = copied(&path, format!("copy-{round}"));
        let again = copied(&copy, format!("again-{round}"));
        let files = opened(&copy);
        let count = files.replayed().expect("a journal that is needed");
        let other = Loop::attach(&again, 512).expect("a loop device");
        let names = compare::whole(&files, &files.volume(), Mounted::read_only(&other, "ext4", "").path());
        println!("{count} blocks replayed, {names} names, round {round}: mke2fs {options}, mount -o {mount}");
        most = most.max(count);
    }
    most
}

#[test]
fn files_are_those_that_the_kernel_shows_once_it_has_replayed_the_journal() {
    for (options, mount) in [
        ("-t ext4 -b 4096", "commit=300"),
        ("-t ext4 -b 1024 -J size=4", "commit=300"),
        ("-t ext4 -O ^64bit,^metadata_csum -b 4096", "commit=300"),
        ("-t ext4 -O ^metadata_csum", "commit=300,journal_checksum"),
        ("-t ext3 -b 1024", "commit=300"),
    ] {
        assert!(replays(options, mount) > 10, "{options}");
    }
}

#[test]
fn the_data_of_files_is_read_from_the_journal_too() {
    for (options, mount) in [
        ("-t ext4 -b 4096", "commit=300,data=journal"),
        ("-t ext4 -b 1024 -J size=8", "commit=300,data=journal"),
        ("-t ext3 -b 4096", "commit=300,data=journal"),
    ] {
        assert!(replays(options, mount) > 100, "{options}");
    }
}

#[test]
fn fast_commits_are_an_error_that_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), "-t ext4 -O fast_commit", 128);
    let device = Loop::attach(&path, 512).expect("a loop device");
    let mounted = Mounted::writable(&device, "ext4", "commit=300");
    change(mounted.path(), 0);
    run("sync", &["-f", mounted.path().to_str().expect("UTF-8")]);
    let after_sync = copied(&path, "after-sync".into());
    assert!(opened(&after_sync).replayed().is_some(), "none is needed yet");
    let file = File::create(mounted.path().join("0-1/fast")).expect("a file");
    file.write_all_at(b"x", 0).and_then(|()| file.sync_all()).expect("a fast commit");
    let copy = copied(&path, "copy".into());
    let why = Ext::open(volume(&copy)).err().expect("an error").to_string();
    assert!(why.contains("fast commits"), "{why}");
}

#[test]
fn a_needed_journal_that_is_damaged_or_elsewhere_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), "-t ext4 -b 4096", 128);
    let copy = {
        let device = Loop::attach(&path, 512).expect("a loop device");
        let mounted = Mounted::writable(&device, "ext4", "commit=300");
        change(mounted.path(), 0);
        run("sync", &["-f", mounted.path().to_str().expect("UTF-8")]);
        copied(&path, "copy".into())
    };
    let text = run("debugfs", &["-R", "blocks <8>", copy.to_str().expect("UTF-8")]);
    let first: u64 = text.split_whitespace().next().and_then(|word| word.parse().ok()).expect("a block");
    let file = File::options().read(true).write(true).open(&copy).expect("an image");
    let mut errors = 0;
    for block in 0..40 {
        for at in [0, 5, 13, 40, 4090] {
            let place = (first + block) * 4096 + at;
            let mut byte = [0];
            file.read_exact_at(&mut byte, place).expect("a byte");
            file.write_all_at(&[byte[0] ^ 16], place).expect("a byte");
            errors += usize::from(Ext::open(volume(&copy)).is_err());
            file.write_all_at(&byte, place).expect("a byte");
        }
    }
    println!("{errors} errors of 200 changes");
    assert!(errors > 100, "{errors}");
}

#[test]
fn an_external_journal_is_named_only_where_it_is_needed() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = mkfs::sparse_file(folder.path(), "journal", 16 << 20);
    mkfs::make("mke2fs -O journal_dev -b 4096", &journal);
    let why = Ext::open(volume(&journal)).err().expect("an error").to_string();
    assert!(why.contains("external journal"), "{why}");
    let device = Loop::attach(&journal, 512).expect("a loop device");
    let path = made(folder.path(), &format!("-t ext4 -b 4096 -J device={}", device.device().display()), 64);
    assert_eq!(opened(&path).replayed(), None);
    run("debugfs", &["-w", "-R", "feature needs_recovery", path.to_str().expect("UTF-8")]);
    let why = Ext::open(volume(&path)).err().expect("an error").to_string();
    assert!(why.contains("on another device"), "{why}");
}
