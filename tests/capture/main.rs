//! `capture`: what it keeps gives the same answers, has no private key, and is refused where it is damaged or hostile.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

mod hostile;
mod round_trip;
mod secrets;
mod swap;

#[path = "../support/overlay.rs"]
mod overlay;
#[path = "../support/traces.rs"]
mod traces;

/// What the program answers to these arguments and this path behind them.
fn okv_host(arguments: &[&str], path: &Path) -> Output {
    Command::cargo_bin("okv-host").unwrap().args(arguments).arg(path).output().unwrap()
}

/// The same of a host that is called the same wherever it is: its name stands in the commands that are shown.
fn of_node(arguments: &[&str], path: &Path) -> Output {
    let dir = tempfile::tempdir().unwrap();
    symlink(path, dir.path().join("node")).unwrap();
    Command::cargo_bin("okv-host").unwrap().args(arguments).arg("node").current_dir(dir.path()).output().unwrap()
}

/// Captures the host in a folder.
fn captured(host: &Path, file: &Path) {
    let output = Command::cargo_bin("okv-host").unwrap().arg("capture").arg(file).arg("--root").arg(host).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
