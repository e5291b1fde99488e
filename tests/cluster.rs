//! `cluster` as a user meets it: the reports of fixture hosts, and cluster information with field names that may not be the real ones.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::predicate;
use serde_json::Value;
use snapbox::{Data, assert_data_eq};

fn cluster(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.env_clear().current_dir(env!("CARGO_MANIFEST_DIR")).arg("cluster").args(arguments);
    command
}

const STAGED: &str = "fixtures/hosts/procedure-staged/check.json";
const SMALL_SWAP: &str = "fixtures/hosts/swap-4gib/check.json";
const GOOD: &str = "fixtures/hosts/good-uefi/check.json";
const BIOS: &str = "fixtures/hosts/good-bios/check.json";

/// Four nodes: a pair of which one is blocked, one read-only node, and one that is upgraded already.
const FOUR: &[&str] = &[
    STAGED,
    SMALL_SWAP,
    GOOD,
    BIOS,
    "--cluster-info",
    "fixtures/cluster/info.json",
    "--node",
    "procedure-staged=okv1",
    "--node",
    "swap-4gib=okv2",
    "--node",
    "good-uefi=okv3",
    "--node",
    "good-bios=okv4",
    "--disabled",
    "okv2=2026-11-01T03:00Z",
];

#[test]
fn a_cluster_of_four_gets_the_golden_report() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cluster");
    for (format, file) in [("text", "cluster.txt"), ("json", "cluster.json")] {
        let output = cluster(FOUR).args(["--format", format]).assert().code(1).get_output().stdout.clone();
        let text = String::from_utf8(output).unwrap();
        assert!(format == "json" || text.lines().all(|l| l.chars().count() <= 80), "{text}");
        assert_data_eq!(text, Data::read_from(&golden.join(file), None).raw());
    }
    let report: Value =
        serde_json::from_slice(&cluster(FOUR).args(["--format", "json"]).output().unwrap().stdout).unwrap();
    let order: Vec<_> = report["order"].as_array().unwrap().iter().map(|step| step["node"].as_str().unwrap()).collect();
    assert_eq!(
        order,
        ["okv3", "okv2", "okv1"],
        "read-only first; of the pair the one whose time runs; okv4 has the release"
    );
}

#[test]
fn the_exit_status_is_the_verdict() {
    cluster(&[GOOD, BIOS]).assert().code(0);
    cluster(&[GOOD, SMALL_SWAP]).assert().code(1);
    cluster(&[GOOD, "fixtures/hosts/unreadable-swaps/check.json"]).assert().code(3);
    cluster(&[GOOD, GOOD]).assert().code(3);
    cluster(&[GOOD, "no-such-file"]).assert().code(3).stdout(predicate::str::contains("report-unreadable"));
    cluster(&[GOOD, "--cluster-info", "no-such-file"]).assert().code(3);
    cluster(&[GOOD, "--cluster-info", "fixtures/cluster/info.json"]).assert().code(3);
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [
        &[][..],
        &[GOOD, "--node", "x"],
        &[GOOD, "--node", "=x"],
        &[GOOD, "--disabled", "okv1=yesterday"],
        &[GOOD, "--disabled", "okv1=2026-11-01T03:00"],
        &[GOOD, "--format", "jsonl"],
    ] {
        cluster(arguments).assert().code(2).stdout("");
    }
    cluster(&[GOOD; 65]).assert().code(2);
}

#[test]
fn a_file_that_is_no_report_is_told_and_the_others_are_still_judged() {
    let dir = tempfile::tempdir().unwrap();
    let good = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(GOOD)).unwrap();
    let file = dir.path().join("report.json");
    for text in ["", "{}", "[]", &"[".repeat(100_000), &good.replace("check.v1", "check.v9"), &good[..good.len() / 2]] {
        fs::write(&file, text).unwrap();
        let assert = cluster(&[BIOS, "--format", "json"]).arg(&file).assert().code(3);
        let report: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
        assert_eq!(report["problems"][0]["id"], "report-unreadable");
        assert_eq!(report["nodes"][0]["name"], "good-bios");
    }
    fs::File::create(&file).unwrap().set_len(1 << 40).unwrap();
    cluster(&[BIOS]).arg(&file).assert().code(3).stdout(predicate::str::contains("larger than"));
}

#[test]
fn a_name_cannot_drive_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let good = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(GOOD)).unwrap();
    let file = dir.path().join("report.json");
    fs::write(&file, good.replace("good-uefi", "\\u001b[2J")).unwrap();
    let assert = cluster(&[]).arg(&file).assert().code(0);
    assert!(!assert.get_output().stdout.contains(&0x1b));
}
