//! `check --waivers` as a user meets it.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use overlay::Host;
use serde_json::Value;
use snapbox::{Data, assert_data_eq};

#[path = "support/overlay.rs"]
mod overlay;

fn check(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.env_clear().current_dir(env!("CARGO_MANIFEST_DIR")).arg("check").args(arguments);
    command
}

/// Checks the host procedure-wrong with the waivers of the fixtures.
fn waived(format: &str) -> Output {
    let host = Host::named("procedure-wrong");
    let mut command = check(&["--all", "--waivers", "fixtures/waivers/waivers.json", "--format", format, "--root"]);
    command.arg(host.path()).output().unwrap()
}

/// The findings of a report in text: a line that begins at its left edge, and those below it.
fn findings(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        match found.last_mut() {
            Some(last) if line.starts_with(' ') => *last += &format!("{line}\n"),
            _ => found.push(format!("{line}\n")),
        }
    }
    found
}

fn is_about_waivers(finding: &str) -> bool {
    finding.contains("waive") && finding.starts_with(char::is_lowercase)
}

#[test]
fn a_report_shows_every_waiver_and_what_became_of_it() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/waivers");
    let (text, json) = (waived("text"), waived("json"));
    assert_eq!((text.status.code(), json.status.code()), (Some(1), Some(1)));
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    let about_waivers: String = findings(&text).into_iter().filter(|finding| is_about_waivers(finding)).collect();
    assert_data_eq!(about_waivers, Data::read_from(&golden.join("check.txt"), None).raw());

    let mut report: Value = serde_json::from_slice(&json.stdout).unwrap();
    report["made"]["commit"] = Value::Null;
    let findings = report["findings"].as_array_mut().unwrap();
    findings.retain(|finding| finding["id"] == "waivers" || finding.get("waived").is_some());
    let about_waivers = format!("{}\n", serde_json::to_string_pretty(&report).unwrap());
    assert_data_eq!(about_waivers, Data::read_from(&golden.join("check.json"), None).raw());
    let states: Vec<_> = report["waivers"].as_array().unwrap().iter().map(|w| w["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["active", "active", "expired", "not-allowed", "unused", "no-such-rule"]);
}

#[test]
fn a_node_is_ready_when_all_that_blocks_is_waived() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("waivers.json");
    let host = Host::named("swap-64gib-less-two-pages");
    let until = |day: &str| {
        let waiver = format!(r#"{{"id": "swap-size", "reason": "the disk is on its way", "until": "{day}"}}"#);
        fs::write(&file, format!(r#"{{"schema": "okv-host.waivers.v1", "waivers": [{waiver}]}}"#)).unwrap();
        check(&["--root"]).arg(host.path()).arg("--waivers").arg(&file).output().unwrap()
    };
    assert_eq!(until("9999-12-31").status.code(), Some(0));
    assert_eq!(until("1999-12-31").status.code(), Some(1));
}

#[test]
fn a_file_that_is_no_file_of_waivers_is_wrong_usage() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("waivers.json");
    for text in ["", "{}", "[]", r#"{"schema": "okv-host.waivers.v2", "waivers": []}"#] {
        fs::write(&file, text).unwrap();
        check(&["--root", "fixtures/hosts/good-uefi", "--waivers"]).arg(&file).assert().code(2).stdout("");
    }
    check(&["--root", "fixtures/hosts/good-uefi", "--waivers", "no-such-file"]).assert().code(2).stdout("");
}
