//! `compare` as a user meets it: the reports of two fixture hosts of one name.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use overlay::Host;
use predicates::prelude::{PredicateBooleanExt, predicate};
use serde_json::{Value, json};
use snapbox::{Data, assert_data_eq};
use tempfile::TempDir;

#[path = "support/overlay.rs"]
mod overlay;
#[path = "support/terminal.rs"]
mod terminal;

const BEFORE: &str = "before.json";
const AFTER: &str = "after.json";

/// Two reports in a folder.
struct Reports(TempDir);

impl Reports {
    /// Those of `check` on two hosts, both with this name.
    fn of_hosts(before: Host, after: Host) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (file, host) in [(BEFORE, before), (AFTER, after)] {
            let host = host.with("proc/sys/kernel/hostname", "okv1\n");
            let mut check = Command::cargo_bin("okv-host").unwrap();
            let output = check.env_clear().args(["check", "--format", "json", "--root"]).arg(host.path()).output();
            fs::write(dir.path().join(file), output.unwrap().stdout).unwrap();
        }
        Self(dir)
    }

    /// Those with these findings.
    fn of_findings(before: &[Value], after: &[Value]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (file, findings) in [(BEFORE, before), (AFTER, after)] {
            let report = json!({"schema": "okv-host.check.v1", "profile": "21.8", "host": "okv1", "verdict": "ready",
                "findings": findings, "a_later_field": [1]});
            fs::write(dir.path().join(file), report.to_string()).unwrap();
        }
        Self(dir)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("okv-host").unwrap();
        command.env_clear().current_dir(self.0.path()).arg("compare").args(arguments);
        command
    }

    fn both(&self, options: &[&str]) -> Command {
        self.command(&[&[BEFORE, AFTER], options].concat())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.both(&["--format", "json"]).output().unwrap().stdout).unwrap()
    }
}

fn finding(id: &str, verdict: &str, measured: &str) -> Value {
    let message = format!("it is {verdict}");
    json!({"id": id, "verdict": verdict, "subject": "node", "measured": measured, "message": message})
}

#[test]
fn two_reports_of_a_node_get_the_golden_answer() {
    let after = Host::named("good-bios").with("etc/issue", "Oracle Key Vault Server 18.8.0.0.0\n");
    let reports = Reports::of_hosts(Host::named("everything-wrong"), after);
    for (format, file) in [("text", "compare.txt"), ("json", "compare.json")] {
        let output = reports.both(&["--format", format]).assert().code(1).get_output().stdout.clone();
        let text = String::from_utf8(output).unwrap();
        assert!(format == "json" || text.lines().all(|l| l.chars().count() <= 80), "{text}");
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compare").join(file);
        assert_data_eq!(text, Data::read_from(&golden, None).raw());
    }
    let quiet = String::from_utf8(reports.both(&["-q"]).assert().code(1).get_output().stdout.clone()).unwrap();
    assert!(quiet.starts_with("GOT WORSE: 1 worse, ") && quiet.lines().count() == 1, "{quiet}");
}

#[test]
fn the_exit_status_is_1_only_where_something_got_worse() {
    let [pass, block] = [finding("a", "pass", "1"), finding("a", "block", "1")];
    let new = finding("b", "unknown", "");
    for (before, after, status, outcome) in [
        (vec![&pass], vec![&block], 1, "worse"),
        (vec![&block], vec![&pass], 0, "improved"),
        (vec![&block], vec![&block], 0, "same"),
        (vec![&pass], vec![&pass, &new], 1, "worse"),
        (vec![&pass, &new], vec![&pass], 0, "same"),
    ] {
        let reports = Reports::of_findings(
            &before.into_iter().cloned().collect::<Vec<_>>(),
            &after.into_iter().cloned().collect::<Vec<_>>(),
        );
        for options in [&[][..], &["-q"], &["--format", "json"]] {
            reports.both(options).assert().code(status);
        }
        assert_eq!(reports.json()["outcome"], outcome);
    }
}

#[test]
fn a_report_that_cannot_be_read_is_named_with_the_cause_and_status_3() {
    let reports = Reports::of_findings(&[finding("a", "pass", "1")], &[finding("a", "pass", "1")]);
    let good = fs::read_to_string(reports.path(BEFORE)).unwrap();
    let no_findings = good.split("\"findings\"").next().unwrap().to_owned() + "\"findings\": []}";
    for text in [
        "",
        "{}",
        "[]",
        "null",
        &"[".repeat(100_000),
        &good.replace("check.v1", "check.v9"),
        &good.replace("\"pass\"", "\"fine\""),
        &good[..good.len() / 2],
        &no_findings,
    ] {
        fs::write(reports.path(AFTER), text).unwrap();
        for options in [&[][..], &["-q"], &["--format", "json"]] {
            let why = predicate::str::contains("cannot read after.json: ");
            reports.both(options).assert().code(3).stdout("").stderr(why);
        }
    }
    fs::write(reports.path(AFTER), [0xff; 9]).unwrap();
    reports.both(&[]).assert().code(3).stderr(predicate::str::contains("UTF-8"));
    fs::File::create(reports.path(AFTER)).unwrap().set_len(1 << 40).unwrap();
    reports.both(&[]).assert().code(3).stderr(predicate::str::contains("larger than 8388608 bytes"));
    let both = predicate::str::contains("cannot read a: ").and(predicate::str::contains("cannot read .: "));
    reports.command(&["a", "."]).assert().code(3).stdout("").stderr(both);
}

#[test]
fn reports_of_different_hosts_are_refused_with_both_names() {
    let reports = Reports::of_findings(&[finding("a", "pass", "1")], &[finding("a", "pass", "1")]);
    let good = fs::read_to_string(reports.path(AFTER)).unwrap();
    fs::write(reports.path(AFTER), good.replace("okv1", "\\u001b[2Jokv2")).unwrap();
    let names = predicate::str::contains("different hosts: okv1, then \\u{1b}[2Jokv2.");
    reports.both(&[]).assert().code(3).stdout("").stderr(names.and(predicate::str::contains('\x1b').not()));
}

#[test]
fn wrong_usage_exits_with_2() {
    let reports = Reports::of_findings(&[finding("a", "pass", "1")], &[finding("a", "pass", "1")]);
    for arguments in [&[][..], &[BEFORE], &[BEFORE, AFTER, AFTER], &[BEFORE, AFTER, "--format", "jsonl"]] {
        reports.command(arguments).assert().code(2).stdout("");
    }
}

#[test]
fn a_name_cannot_drive_the_terminal_and_no_line_is_too_wide() {
    let long = format!("\u{1b}[2J{}", "words ".repeat(60));
    let reports = Reports::of_findings(&[finding(&long, "pass", &long)], &[finding(&long, "warn", "\u{202e}")]);
    for columns in [60, 80, 120] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_okv-host"));
        command.env_clear().env("TERM", "xterm-256color").current_dir(reports.0.path());
        command.args(["compare", BEFORE, AFTER]).stdin(std::process::Stdio::null());
        let text = terminal::at_terminal(command, columns);
        assert!(text.contains("\u{1b}[1m\u{1b}[31mGOT WORSE"), "{text}");
        let plain = terminal::strip(&text);
        assert!(!plain.contains(['\u{1b}', '\u{202e}']) && plain.contains("\\u{1b}"), "{plain}");
        assert!(plain.lines().all(|line| line.chars().count() <= columns.into()), "{plain}");
    }
}

#[test]
fn ten_thousand_findings_are_compared_at_once_also_where_all_are_of_one_subject() {
    let alike = |verdict: &str| (0..10_000).map(|_| finding("a", verdict, "1")).collect::<Vec<_>>();
    let each = |verdict: &str| (0..10_000).map(|n| finding(&format!("a{n}"), verdict, "1")).collect::<Vec<_>>();
    for (before, after) in [(alike("pass"), alike("warn")), (each("pass"), each("warn"))] {
        let reports = Reports::of_findings(&before, &after);
        let began = std::time::Instant::now();
        assert_eq!(reports.json()["worse"].as_array().unwrap().len(), 10_000);
        reports.both(&[]).assert().code(1).stdout(predicate::str::contains("GOT WORSE: 10000 worse"));
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
