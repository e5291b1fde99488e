//! Saved answers of the management console: `check --server-info FILE --server-status FILE`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const INFO: &str = r#"{"result": "Success", "value": {"caCertificateExpirationDate": "2036-03-01 10:00:00", "cpuCores": "8",
    "diskInGB": "2000", "fraInGB": "150", "memoryInKB": "32780112",
    "platformCertificatesExpirationDate": "2036-09-30 23:59:59",
    "serverCertificateExpirationDate": "2020-05-01 00:00:00", "version": "21.8.0.0.0"}}"#;
const STATUS: &str = r#"{"value": {"backupStatus": "Idle", "disk": {"usagePercentage": 41, "usedInGB": "820", "totalInGB": 2000},
    "services": {"KMIPService": "Down", "RESTfulService": "Up"}}}"#;

/// `check` of a node that is ready, with these files.
fn check(folder: &Path, files: &[(&str, &str, &[u8])]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    command.args(["check", "--format", "json", "--root", "fixtures/hosts/good-uefi"]);
    for (option, name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        command.arg(option).arg(&path);
    }
    command.output().unwrap()
}

/// Verdict, message and measurement of a rule.
fn found(files: &[(&str, &str, &[u8])], rule: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let report: Value = serde_json::from_slice(&check(folder.path(), files).stdout).unwrap();
    let finding = report["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == rule).unwrap();
    let text = |field: &str| finding[field].as_str().unwrap().to_owned();
    [text("verdict"), text("message"), text("measured")].join(" ")
}

fn of_info(text: &str, rule: &str) -> String {
    found(&[("--server-info", "info.json", text.as_bytes())], rule)
}

#[test]
fn the_dates_of_the_console_are_judged_whatever_the_case_and_nesting() {
    let flat = r#"{"PLATFORM_CERTIFICATES_EXPIRATION_DATE": "2036-09-30 23:59:59", "serverCertificateExpirationDate":
        "2020-05-01 00:00:00", "CA certificate expiration date": "2036-03-01 10:00:00"}"#;
    for text in [INFO.to_owned(), flat.to_owned(), format!("[{{\"node\": {INFO}}}]")] {
        assert!(of_info(&text, "platform-certificate").starts_with("pass "), "{text}");
        assert!(of_info(&text, "server-certificate").starts_with("block expired on 2020-05-01"), "{text}");
        assert!(of_info(&text, "ca-certificate").starts_with("note expires on 2036-03-01"), "{text}");
    }
}

#[test]
fn what_has_no_documented_meaning_is_shown() {
    let files =
        [("--server-status", "status.json", STATUS.as_bytes()), ("--server-info", "info.json", INFO.as_bytes())];
    let shown = found(&files, "console-status");
    for part in [
        "note ",
        "KMIPService Down",
        "backup: Idle",
        "disk 41 % of 2000 GB",
        "memory 32780112 KB",
        "release 21.8.0.0.0",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(found(&[], "console-status").starts_with("not-applicable "));
}

#[test]
fn a_version_alone_is_a_missing_privilege_and_what_cannot_be_understood_is_unknown() {
    let alone = of_info(r#"{"value": {"version": "21.10.0.0.0"}}"#, "platform-certificate");
    assert!(alone.starts_with("confirm ") && alone.contains("lacks a privilege"), "{alone}");
    for text in ["", "okv: command not found", r#"{"value": {"version": "21"#, r#"{"value": {"other": 1}}"#] {
        assert!(of_info(text, "platform-certificate").starts_with("unknown "), "{text}");
    }
    let large = vec![b' '; 100 << 20];
    assert!(found(&[("--server-info", "large.json", &large)], "platform-certificate").starts_with("unknown "));
    assert!(found(&[("--server-status", "status.json", b"{}")], "console-status").starts_with("warn "));
}

#[test]
fn a_file_that_is_not_there_and_disks_beside_it_are_usage_errors() {
    let run = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_okv-host")).args(args).output().unwrap();
    let root = ["check", "--root", "fixtures/hosts/good-uefi"];
    for option in ["--server-info", "--server-status"] {
        let output = run(&[&root[..], &[option, "/nowhere/x.json"]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/x.json"));
        assert_eq!(run(&["check", option, "x", "--image", "y"]).status.code(), Some(2));
    }
}
