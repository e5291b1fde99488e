//! How files are written: whole, beside the screen, with an exit status of their own where they are not.

use std::fs;

use predicates::prelude::{PredicateBooleanExt, predicate};
use serde_json::Value;

use crate::terminal::strip;
use crate::{Host, okv_host, written};

#[test]
fn every_format_is_written_and_the_screen_and_the_exit_status_stay() {
    let host = Host::named("swap-4gib");
    let root = host.path().to_str().unwrap();
    for (command, formats) in [
        ("check", &["json", "text", "markdown", "html", "nagios", "prometheus"][..]),
        ("runbook", &["json", "text", "markdown", "html"]),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let alone = okv_host(&[command, "--root", root]).output().unwrap();
        let mut with_files = okv_host(&[command, "--root", root]);
        for format in formats {
            with_files.arg("--output").arg(format!("{format}:{}", dir.path().join(format).display()));
        }
        with_files.assert().code(alone.status.code().unwrap()).stdout(alone.stdout.clone()).stderr("");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), formats.len(), "no unfinished file is left");
        assert_eq!(fs::read(dir.path().join("text")).unwrap(), alone.stdout, "{command}");
        for format in ["json", "markdown"].iter().filter(|format| command == "runbook" || **format == "json") {
            let printed = okv_host(&[command, "--root", root, "--format", format]).output().unwrap().stdout;
            assert_eq!(fs::read(dir.path().join(format)).unwrap(), printed, "{command} {format}");
        }
    }
}

#[test]
fn text_has_80_columns_and_no_colour_however_quiet_the_screen_is() {
    let host = Host::named("everything-wrong");
    let text = written(&["check", "-q"], host.path(), "text");
    assert!(text.lines().count() > 10 && text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert_eq!(strip(&text), text);
}

#[test]
fn markdown_has_the_verdict_and_every_finding_in_a_table() {
    let host = Host::named("everything-wrong");
    let text = written(&["check"], host.path(), "markdown");
    let json: Value = serde_json::from_str(&written(&["check"], host.path(), "json")).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), json["findings"].as_array().unwrap().len() + 2);
    let bars = |row: &str| row.replace("\\|", "").matches('|').count();
    assert!(rows.iter().all(|row| bars(row) == 6), "{text}");
    assert!(text.contains("**THIS NODE MUST BE REPLACED: 4 blockers"), "{text}");
}

#[test]
fn a_file_that_cannot_be_written_has_its_own_exit_status_and_the_verdict_is_shown() {
    let host = Host::named("boot-500m-ext4");
    let dir = tempfile::tempdir().unwrap();
    let [none, good] = ["none/file", "good"].map(|name| format!("json:{}", dir.path().join(name).display()));
    let root = host.path().to_str().unwrap();
    let mut check = okv_host(&["check", "-q", "--root", root, "--output", &none, "--output", &good]);
    check
        .assert()
        .code(6)
        .stdout(predicate::str::starts_with("THIS NODE MUST BE REPLACED"))
        .stderr(predicate::str::starts_with("okv-host: cannot write ").and(predicate::str::contains("No such file")));
    assert!(dir.path().join("good").exists(), "one that cannot be written keeps no other from it");
}

#[test]
fn a_wrong_output_is_a_usage_error_before_anything_is_read() {
    for (arguments, why) in [
        (&["check", "--output", "pdf:x"][..], "the formats are json, text"),
        (&["check", "--output", "json:-"], "--format prints to stdout"),
        (&["check", "--output", "json:x", "--output", "text:x"], "named twice"),
        (&["check", "--list", "--output", "json:x"], "--output is for a verdict"),
        (&["check", "--explain", "swap-size", "--format", "nagios"], "--format nagios is for a verdict"),
        (&["runbook", "--output", "nagios:x"], "It has json, text, markdown, html"),
    ] {
        let code = if arguments.contains(&"nagios") { 3 } else { 2 };
        let output = okv_host(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(why), "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}
