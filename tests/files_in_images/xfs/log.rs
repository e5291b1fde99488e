//! Whether the log is clean, as xfs_logprint(8) finds it.

use std::fs::File;
use std::path::Path;

use okv_host::disk::filesystem::xfs::Unreplayed;

use super::{made, opened, words};
use crate::support::loopdev::Loop;
use crate::support::mount::Mounted;
use crate::support::tools::Tool;

/// What xfs_logprint says of the log, and where it begins behind its newest record, in blocks of 512 bytes.
fn printed(image: &Path) -> (Unreplayed, u64) {
    let text = Tool::new("xfs_logprint").arg("-t").arg(image).outcome().expect("xfs_logprint").stdout;
    let line = text.lines().find(|line| line.contains("head:")).unwrap_or_else(|| panic!("{text}"));
    let head = line.split("head: ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
    let state = if line.contains("<CLEAN>") { Unreplayed::Clean } else { Unreplayed::Dirty };
    (state, head.unwrap_or_else(|| panic!("{line}")))
}

/// Mounts and unmounts it, and looks at its log in between and then.
fn stays_right(options: &str, mib: u64, mounts: usize, files: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), &words(options), mib);
    assert_eq!((opened(&path).unreplayed(), printed(&path).0), (Unreplayed::Clean, Unreplayed::Clean), "{options}");
    let (mut wraps, mut last) = (0, 0);
    let mut looked = |expected: Unreplayed| {
        let (state, head) = printed(&path);
        assert_eq!((opened(&path).unreplayed(), state), (expected.clone(), expected), "{options}, head {head}");
        wraps += usize::from(head < last);
        last = head;
    };
    for mount in 0..mounts {
        let device = Loop::attach(&path, 512).expect("a loop device");
        {
            let mounted = Mounted::writable(&device, "xfs", "");
            for n in 0..files {
                let file = File::create(mounted.path().join(format!("{mount}-{n}"))).expect("a file");
                file.sync_all().expect("written");
                if n % 20 == 19 {
                    looked(Unreplayed::Dirty);
                }
            }
        }
        looked(Unreplayed::Clean);
    }
    println!("the log went round {wraps} times: mkfs.xfs {options}");
    assert!(wraps >= 2, "{wraps}: {options}");
}

#[test]
fn a_log_is_dirty_while_it_is_mounted_and_clean_afterwards_however_often_it_goes_round() {
    stays_right("-l su=256k", 512, 8, 100);
    stays_right("-l su=32k", 64, 12, 100);
    stays_right("-b size=1024", 40, 100, 60);
}

#[test]
fn a_log_on_another_device_is_unknown() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = crate::support::mkfs::sparse_file(folder.path(), "log", 64 << 20);
    let log = format!("logdev={},size=32m", log.display());
    let path = made(folder.path(), &["-l", &log], 64);
    assert_eq!(opened(&path).unreplayed(), Unreplayed::Unknown("the log is on another device".into()));
}
