//! The release binary is one static file: it runs in an empty chroot, where there is no C library, no /proc and no
//! shell. Takes root, for chroot(2).

#[path = "support/release.rs"]
mod release;

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_release_binary_runs_in_an_empty_chroot() {
    assert!(okv_host::io::sys::is_root(), "this test takes root");
    let jail = tempfile::tempdir().unwrap();
    fs::copy(release::binary(), jail.path().join("okv-host")).unwrap();
    let node = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts/good-uefi");
    let copied = Command::new("cp").arg("-a").arg(node).arg(jail.path().join("node")).status().unwrap();
    assert!(copied.success());
    let run = |arguments: &[&str]| {
        let output = Command::new("chroot").arg(jail.path()).arg("/okv-host").args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, version) = run(&["--version"]);
    assert!(code == Some(0) && version.starts_with(concat!("okv-host ", env!("CARGO_PKG_VERSION"))), "{version}");
    let (code, report) = run(&["check", "--root", "/node"]);
    assert!(code == Some(0) && report.contains("\nNO BLOCKER FOUND"), "{code:?} {report}");
}

#[test]
fn the_release_binary_names_no_interpreter_and_no_library() {
    let bytes = fs::read(release::binary()).unwrap();
    // ELF64 program headers: PT_INTERP is 3.
    let at =
        |offset: usize, len: usize| bytes[offset..offset + len].iter().rev().fold(0, |n, b| n << 8 | usize::from(*b));
    assert_eq!(&bytes[..5], b"\x7fELF\x02");
    let (table, size, count) = (at(32, 8), at(54, 2), at(56, 2));
    let kinds: Vec<usize> = (0..count).map(|i| at(table + i * size, 4)).collect();
    assert!(kinds.contains(&1), "no PT_LOAD among {kinds:?}");
    assert!(!kinds.contains(&3), "it asks for a dynamic loader");
}
