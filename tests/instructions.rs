//! How many instructions a disk of a fleet takes, counted by valgrind's callgrind: the same on a busy machine as on a
//! quiet one.
//!
//! A change that makes a hot path twice as long fails here. One that makes it longer for a reason raises the limit, and
//! says why.

#[path = "support/release.rs"]
mod release;
#[path = "support/unpack.rs"]
mod unpack;

use std::fs;
use std::path::Path;
use std::process::Command;

/// A fixture, and the instructions that a disk like it took when this was written, in the release build.
const USUAL: &[(&str, u64)] = &[
    ("gpt-lvm-node", 103_000),
    ("mbr-lvm-node", 54_000),
    ("gpt-128-entries", 353_000),
    ("mbr-20-logicals", 73_000),
    ("ext4", 9_500),
    ("blank", 7_000),
];

/// How much more is let pass, in percent: other versions of the compiler and other processors count a little
/// differently.
const MARGIN: u64 = 40;

/// The disk of a fixture as a sparse file.
fn unpacked(fixture: &str, to: &Path) {
    unpack::unpack(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/images").join(fixture).join("disk"), to);
}

/// The instructions of a scan of this disk `times` over.
fn count(binary: &Path, dir: &Path, times: usize) -> u64 {
    let list = dir.join("list");
    fs::write(&list, "disk\n".repeat(times)).unwrap();
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(binary)
        .args(["scan", "--format", "jsonl", "--jobs", "1", "--files-from", "list"])
        .current_dir(dir)
        .output()
        .expect("valgrind is installed by scripts/install-test-tools");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    assert_eq!(output.stdout.iter().filter(|b| **b == b'\n').count(), times, "{log}");
    let counted = log.lines().find_map(|line| line.split("Collected : ").nth(1)).expect("a count in the log");
    counted.trim().parse().unwrap()
}

#[test]
fn no_hot_path_has_become_much_longer() {
    let binary = release::binary();
    let counts: Vec<(&str, u64, u64)> = USUAL
        .iter()
        .map(|(fixture, usual)| {
            let dir = tempfile::tempdir().unwrap();
            unpacked(fixture, &dir.path().join("disk"));
            // The start of the program is in both, and so is not in the difference.
            let more = count(&binary, dir.path(), 30) - count(&binary, dir.path(), 10);
            (*fixture, more / 20, *usual)
        })
        .collect();
    let too_many = |(_, now, usual): &(&str, u64, u64)| now * 100 > usual * (100 + MARGIN);
    assert!(!counts.iter().any(too_many), "instructions a disk now, and usual: {counts:#?}");
    // Limits that have become too wide let a change pass that doubles what there is now.
    let too_few = |(_, now, usual): &(&str, u64, u64)| now * 2 < *usual;
    assert!(!counts.iter().any(too_few), "lower what is usual, in instructions a disk: {counts:#?}");
}
