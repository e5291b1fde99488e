//! Golden runbooks.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use snapbox::{Data, assert_data_eq};

use crate::made::of_any_build;
use crate::{Host, confirmation, put, records, write};

const FORMATS: [(&str, &str); 3] = [("text", "runbook.txt"), ("markdown", "runbook.md"), ("json", "runbook.json")];

/// Hosts, and the step that comes next on each.
const HOSTS: &[(&str, &str)] = &[
    ("good-uefi", "back-up"),
    ("everything-wrong", "disk-limit"),
    ("procedure-staged", "back-up"),
    ("procedure-wrong", "all-before"),
    ("kernel-old", "back-up"),
    ("vg-free-enough", "swap-extend"),
    ("unreadable-swaps", "look-at-swap"),
];

fn runbook(root: &Path, format: &str) -> Command {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.env_clear().args(["runbook", "--format", format, "--root"]).arg(root);
    command
}

/// The folder of golden runbooks.
fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/runbook").join(name)
}

/// Compares all formats of the runbook of `root` with the files in `golden`, and gives the JSON.
fn compared(root: &Path, golden: &Path, status: i32) -> Value {
    let mut json = Value::Null;
    for (format, file) in FORMATS {
        let output = runbook(root, format).assert().code(status).get_output().stdout.clone();
        let text = String::from_utf8(output).unwrap();
        let too_long = text.lines().find(|line| format == "text" && line.chars().count() > 80);
        assert_eq!(too_long, None);
        if format == "json" {
            json = serde_json::from_str(&text).unwrap();
        }
        assert_data_eq!(of_any_build(&text, &[]), Data::read_from(&golden.join(file), None).raw());
    }
    json
}

#[test]
fn the_runbooks_of_hosts_are_the_golden_ones() {
    for (name, next) in HOSTS {
        let report = compared(Host::named(name).path(), &golden(name), 1);
        assert_eq!(report["schema"], "okv-host.runbook.v1");
        assert_eq!(report["next"], *next, "{name}");
    }
}

/// Confirms every step that waits for it, until none does.
fn confirm_all(root: &Path) {
    let mut all = Vec::new();
    loop {
        put(root, &records(all.clone()));
        let output = runbook(root, "json").output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut asked = report["steps"].as_array().unwrap().iter().filter(|step| step["state"] == "confirm").peekable();
        if asked.peek().is_none() {
            return;
        }
        all.extend(asked.map(|step| confirmation("procedure-staged", step["id"].as_str().unwrap(), "seen")));
    }
}

/// Someone is logged in as root, within tmux.
fn log_in(root: &Path) {
    write(root, "proc/self/status", "Name:\tokv-host\nUid:\t0\t0\t0\t0\n");
}

/// A node on which everything before the upgrade is done or confirmed.
pub(crate) fn confirmed_host() -> Host {
    let host = Host::named("procedure-staged");
    log_in(host.path());
    confirm_all(host.path());
    host
}

#[test]
fn a_node_before_its_upgrade_with_all_confirmed_is_ready_for_it() {
    let host = confirmed_host();
    let report = compared(host.path(), &golden("confirmed"), 1);
    assert_eq!(report["next"], "run-upgrade");
}

#[test]
fn a_node_with_all_done_has_nothing_next_and_exits_with_0() {
    let host = Host::named("procedure-staged");
    log_in(host.path());
    write(host.path(), "etc/issue", "Oracle Key Vault Server 21.8.0.0.0\n");
    confirm_all(host.path());
    let report = compared(host.path(), &golden("done"), 0);
    assert_eq!(report["next"], Value::Null);
}

#[test]
fn an_open_step_counts_before_an_unknown_one() {
    runbook(Host::named("unreadable-swaps").path(), "text").assert().code(1);
    let host = Host::named("procedure-staged");
    log_in(host.path());
    write(host.path(), "etc/issue", "Oracle Key Vault Server 21.8.0.0.0\n");
    confirm_all(host.path());
    std::fs::remove_file(host.path().join("proc/swaps")).unwrap();
    runbook(host.path(), "text").assert().code(3);
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [
        &["runbook", "--format", "yaml"][..],
        &["runbook", "--root", "no-such-directory"],
        &["runbook", "--profile", "20.1"],
        &["runbook", "--root", ".", "--waivers", "no-such-file"],
        &["confirm"],
        &["confirm", "back-up"],
        &["confirm", "back-up", "--note", ""],
        &["confirm", "back-up", "--note", "two\nlines"],
        &["confirm", "back-up", "--note", "x", "--root", "."],
    ] {
        Command::cargo_bin("okv-host").unwrap().env_clear().args(arguments).assert().code(2).stdout("");
    }
}
