//! The files of `--output`, and the line of a monitoring plugin, as a user meets them.

mod files;
mod html;
mod injection;
mod nagios;
mod prometheus;

#[path = "../support/overlay.rs"]
mod overlay;
#[path = "../support/terminal.rs"]
#[allow(dead_code)] // a part is used
mod terminal;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
pub(crate) use overlay::Host;
use tempfile::TempDir;

pub(crate) fn okv_host(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.env_clear().args(arguments);
    command
}

/// A command about `root` that writes a file of this format; its text.
pub(crate) fn written(arguments: &[&str], root: &Path, format: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    let mut command = okv_host(arguments);
    command.arg("--root").arg(root).arg("--output").arg(format!("{format}:{}", file.display())).output().unwrap();
    std::fs::read_to_string(file).unwrap()
}

/// The reports of `check` on these hosts.
pub(crate) fn reports(hosts: &[(&str, &Host)]) -> (TempDir, Vec<PathBuf>) {
    let dir = tempfile::tempdir().unwrap();
    let of = |(name, host): &(&str, &Host)| {
        let file = dir.path().join(name);
        std::fs::write(&file, written(&["check"], host.path(), "json")).unwrap();
        file
    };
    let files = hosts.iter().map(of).collect();
    (dir, files)
}

/// What `cluster` writes in this format on these reports.
pub(crate) fn of_cluster(files: &[PathBuf], format: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    let mut command = okv_host(&["cluster", "--output", &format!("{format}:{}", file.display())]);
    command.args(files).output().unwrap();
    std::fs::read_to_string(file).unwrap()
}
