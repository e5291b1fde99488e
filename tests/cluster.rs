//! `cluster` as a user meets it: the reports of fixture hosts, and cluster information with field names that may not be
//! the real ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use assert_cmd::Command;
use made::of_any_build;
use okv_host::base::dates::{Date, Moment};
use overlay::Host;
use predicates::prelude::{PredicateBooleanExt, predicate};
use serde_json::{Value, json};
use snapbox::{Data, assert_data_eq};
use tempfile::TempDir;
use terminal::{at_terminal, strip};

#[path = "support/made.rs"]
mod made;
#[path = "support/overlay.rs"]
mod overlay;
#[path = "support/terminal.rs"]
mod terminal;

fn okv_host(dir: &Path) -> Command {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.env_clear().current_dir(dir);
    command
}

/// A directory of saved reports and cluster information.
struct Saved(TempDir);

impl Saved {
    /// The reports of `check` on these hosts, each in a file of the host's name.
    fn reports(files: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let host = Host::named(file.strip_suffix(".json").unwrap());
            let mut check = okv_host(dir.path());
            let output = check.args(["check", "--format", "json", "--root"]).arg(host.path()).output().unwrap();
            fs::write(dir.path().join(file), output.stdout).unwrap();
        }
        fs::copy(fixtures().join("info.json"), dir.path().join(INFO)).unwrap();
        Self(dir)
    }

    fn cluster(&self, arguments: &[&str]) -> Command {
        let mut command = okv_host(self.0.path());
        command.arg("cluster").args(arguments);
        command
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cluster")
}

const STAGED: &str = "procedure-staged.json";
const SMALL_SWAP: &str = "swap-4gib.json";
const GOOD: &str = "good-uefi.json";
const BIOS: &str = "good-bios.json";
const UNREADABLE: &str = "unreadable-swaps.json";
const INFO: &str = "info.json";

/// Four nodes: a pair of which one is blocked, one read-only node, and one that is upgraded already.
const FOUR: &[&str] = &[
    STAGED,
    SMALL_SWAP,
    GOOD,
    BIOS,
    "--cluster-info",
    INFO,
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
    let saved = Saved::reports(&[STAGED, SMALL_SWAP, GOOD, BIOS]);
    for (format, file) in [("text", "cluster.txt"), ("json", "cluster.json")] {
        let output = saved.cluster(FOUR).args(["--format", format]).assert().code(1).get_output().stdout.clone();
        let text = String::from_utf8(output).unwrap();
        assert!(format == "json" || text.lines().all(|l| l.chars().count() <= 80), "{text}");
        assert_data_eq!(of_any_build(&text, &["at"]), Data::read_from(&fixtures().join(file), None).raw());
    }
    let report: Value =
        serde_json::from_slice(&saved.cluster(FOUR).args(["--format", "json"]).output().unwrap().stdout).unwrap();
    assert_eq!(report["order"][1]["blocked_by"], serde_json::json!(["swap-size", "disabled-too-long"]));
    assert_eq!(report["next"]["what_for"], serde_json::json!(["disabled-too-long"]));
    let order: Vec<_> = report["order"].as_array().unwrap().iter().map(|step| step["node"].as_str().unwrap()).collect();
    assert_eq!(
        order,
        ["okv3", "okv2", "okv1"],
        "read-only first; of the pair the one whose time runs; okv4 has the release"
    );
}

#[test]
fn the_exit_status_is_the_verdict() {
    let saved = Saved::reports(&[GOOD, BIOS, SMALL_SWAP, UNREADABLE]);
    saved.cluster(&[GOOD, BIOS]).assert().code(0);
    saved.cluster(&[GOOD, SMALL_SWAP]).assert().code(1);
    saved.cluster(&[GOOD, UNREADABLE]).assert().code(3);
    saved.cluster(&[GOOD, GOOD]).assert().code(3);
    saved.cluster(&[GOOD, "no-such-file"]).assert().code(3).stdout(predicate::str::contains("report-unreadable"));
    saved.cluster(&[GOOD, "--cluster-info", "no-such-file"]).assert().code(3);
    saved.cluster(&[GOOD, "--cluster-info", INFO]).assert().code(3);
}

#[test]
fn the_screen_fits_the_terminal_and_has_colours_there_alone() {
    let saved = Saved::reports(&[STAGED, SMALL_SWAP, GOOD, BIOS]);
    for columns in [60, 80, 120] {
        let mut command = process::Command::new(env!("CARGO_BIN_EXE_okv-host"));
        command.env_clear().env("TERM", "xterm-256color").current_dir(saved.0.path());
        command.arg("cluster").args(FOUR).stdin(process::Stdio::null());
        let text = at_terminal(command, columns);
        let plain = strip(&text);
        assert!(text.contains("\u{1b}[1m\u{1b}[31mCANNOT BE UPGRADED"), "{text}");
        assert!(plain.lines().all(|line| line.chars().count() <= columns.into()), "{plain}");
        let first = plain.lines().take(3).flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        assert!(first.contains("CANNOT BE UPGRADED: of 4 nodes, 1 blocked"), "{first}");
    }
}

#[test]
fn the_answer_comes_first_and_what_is_next_stands_behind_the_order() {
    let saved = Saved::reports(&[STAGED, SMALL_SWAP, GOOD, BIOS]);
    let text = |arguments: &[&str]| String::from_utf8(saved.cluster(arguments).output().unwrap().stdout).unwrap();
    let whole = text(FOUR);
    let answer = "CANNOT BE UPGRADED: of 4 nodes, 1 blocked, 1 with the release already";
    assert_eq!(whole.lines().nth(1), Some(answer));
    let places = ["CANNOT", "\nBLOCK", "\nOrder", "\nNext", "\nnode "].map(|word| whole.find(word).unwrap());
    assert!(places.is_sorted(), "{whole}");
    let quiet = text(&[FOUR, &["-q"]].concat());
    assert_eq!(quiet, format!("{answer}\n"));
    let next = |reports: &[&str]| {
        let whole = text(reports);
        whole.split("\nNext ").nth(1).unwrap().lines().next().unwrap().trim().to_owned()
    };
    assert_eq!(next(&[GOOD, SMALL_SWAP]), "swap-4gib, swap-size: On swap-4gib, run: okv-host check");
    assert_eq!(next(&[GOOD, "none.json"]).split(':').next(), Some("report-unreadable"));
    assert_eq!(next(&[GOOD]), "order: Add what okv cluster info get prints: --cluster-info FILE.");
    assert!(text(&[GOOD]).contains("NO BLOCKER FOUND"));
}

#[test]
fn wrong_usage_exits_with_2() {
    let saved = Saved::reports(&[GOOD]);
    for arguments in [
        &[][..],
        &[GOOD, "--node", "x"],
        &[GOOD, "--node", "=x"],
        &[GOOD, "--disabled", "okv1=yesterday"],
        &[GOOD, "--disabled", "okv1=2026-11-01T03:00"],
        &[GOOD, "--format", "jsonl"],
    ] {
        saved.cluster(arguments).assert().code(2).stdout("");
    }
    for age in ["1w", "24", "0h", "", "-1d"] {
        saved.cluster(&[GOOD, "--max-age", age]).assert().code(2).stdout("");
    }
    saved.cluster(&[GOOD; 1025]).assert().code(2);
}

#[test]
fn a_file_that_is_no_report_is_named_and_the_others_are_still_judged() {
    let saved = Saved::reports(&[GOOD, BIOS]);
    let good = fs::read_to_string(saved.path(GOOD)).unwrap();
    let file = saved.path("report.json");
    for text in ["", "{}", "[]", &"[".repeat(100_000), &good.replace("check.v1", "check.v9"), &good[..good.len() / 2]] {
        fs::write(&file, text).unwrap();
        let assert = saved.cluster(&[BIOS, "--format", "json"]).arg(&file).assert().code(3);
        let report: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
        assert_eq!(report["problems"][0]["id"], "report-unreadable");
        assert_eq!(report["nodes"][0]["name"], "good-bios");
    }
    fs::File::create(&file).unwrap().set_len(1 << 40).unwrap();
    let assert = saved.cluster(&[BIOS, "--format", "json"]).arg(&file).assert().code(3);
    let report: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert!(report["problems"][0]["message"].as_str().unwrap().contains("larger than"), "{report:#}");
}

#[test]
fn a_name_cannot_drive_the_terminal() {
    let saved = Saved::reports(&[GOOD]);
    let good = fs::read_to_string(saved.path(GOOD)).unwrap();
    let file = saved.path("report.json");
    fs::write(&file, good.replace("good-uefi", "\\u001b[2J")).unwrap();
    let assert = saved.cluster(&[]).arg(&file).assert().code(0);
    assert!(!assert.get_output().stdout.contains(&0x1b));
}

#[test]
fn a_node_without_a_report_and_a_time_that_is_to_come_are_wrong_usage() {
    let saved = Saved::reports(&[GOOD]);
    let names = predicate::str::contains("none of the reports is on nosuch").and(predicate::str::contains("good-uefi"));
    saved.cluster(&[GOOD, "--node", "nosuch=okv1"]).assert().code(2).stderr(names);
    let future = predicate::str::contains("that time is to come");
    saved.cluster(&[GOOD, "--disabled", "good-uefi=2999-01-01T00:00Z"]).assert().code(2).stderr(future);
}

const SERVER_INFO: &str = r#"{"result": "Success", "value": {"caCertificateExpirationDate": "2036-03-01 10:00:00", "cpuCores":
    "8", "diskInGB": 2000, "fraInGB": "150", "memoryInKB": "32780112", "platformCertificatesExpirationDate":
    "2036-09-30 23:59:59", "serverCertificateExpirationDate": "2036-05-01 00:00:00", "version": "21.6.0.0.0"}}"#;
const SERVER_STATUS: &str = r#"{"value": {"backupStatus": "Idle", "services": {"KMIPService": "Down"}}}"#;

/// Two nodes that are ready, with these saved answers; what `cluster` prints of them as text, and its exit status.
fn with_answers(answers: &[(&str, &str, &str)]) -> (String, Option<i32>) {
    let saved = Saved::reports(&[GOOD, BIOS]);
    let mut command = saved.cluster(&[GOOD, BIOS]);
    for (number, (option, node, text)) in answers.iter().enumerate() {
        let file = format!("{number}.json");
        fs::write(saved.path(&file), text).unwrap();
        command.args([*option, &format!("{node}={file}")]);
    }
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap().split_whitespace().collect::<Vec<_>>().join(" "), output.status.code())
}

#[test]
fn saved_answers_of_the_console_are_shown_by_node_and_their_dates_are_judged() {
    let sound = [("--server-info", "good-uefi", SERVER_INFO), ("--server-status", "good-uefi", SERVER_STATUS)];
    let (text, status) = with_answers(&sound);
    for part in
        ["good-uefi: CA until 2036-03-01; platform certificates until 2036-09-30", "KMIPService Down", "disk 2000 GB"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(status, Some(0), "{text}");
    let expired = SERVER_INFO.replace("2036-09-30", "2020-09-30");
    let (text, status) = with_answers(&[("--server-info", "good-bios", &expired)]);
    assert!(
        text.contains("the platform certificates of good-bios expired on 2020-09-30: it cannot be upgraded"),
        "{text}"
    );
    assert_eq!(status, Some(1));
}

#[test]
fn a_saved_answer_that_says_too_little_or_cannot_be_understood_is_reported() {
    let of = |text: &str| with_answers(&[("--server-info", "good-uefi", text)]);
    let (text, status) = of(r#"{"value": {"version": "21.6.0.0.0"}}"#);
    assert!(text.contains("WARN server-info-privilege") && text.contains("lacks a privilege"), "{text}");
    assert_eq!(status, Some(0));
    for bad in ["", "okv: command not found", &SERVER_INFO[..90], r#"{"value": {"other": 1}}"#] {
        let (text, status) = of(bad);
        assert!(text.contains("UNKNOWN server-info-unreadable"), "{text}");
        assert_eq!(status, Some(3), "{bad}");
    }
    let (text, status) = with_answers(&[("--server-status", "good-uefi", "{}")]);
    assert!(text.contains("WARN server-status-unreadable") && status == Some(0), "{text}");
}

#[test]
fn a_saved_answer_names_one_node_that_is_there() {
    for (answers, why) in [
        (&[("--server-info", "okv9", SERVER_INFO)][..], "there is no such node. The nodes are good-bios, good-uefi"),
        (
            &[("--server-info", "good-uefi", SERVER_INFO), ("--server-info", "good-uefi", SERVER_INFO)],
            "there is more than one file on this node",
        ),
        (
            &[("--server-status", "good-uefi", SERVER_STATUS), ("--server-status", "good-uefi", SERVER_STATUS)],
            "there is more than one file on this node",
        ),
    ] {
        let (text, status) = with_answers(answers);
        assert!(text.contains(why), "{text}");
        assert_eq!(status, Some(2));
    }
    let saved = Saved::reports(&[GOOD]);
    for option in ["--server-info", "--server-status"] {
        saved.cluster(&[GOOD, option, "good-uefi=none.json"]).assert().code(2).stdout("");
        saved.cluster(&[GOOD, option, "good-uefi"]).assert().code(2).stdout("");
    }
}

/// The ids of the problems of a cluster of these two, and the answer as text in one line.
fn problems(saved: &Saved, arguments: &[&str]) -> (Vec<String>, String) {
    let json = saved.cluster(arguments).args(["--format", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&json.stdout).unwrap();
    let ids = report["problems"].as_array().unwrap().iter().map(|problem| problem["id"].as_str().unwrap().to_owned());
    let text = String::from_utf8(saved.cluster(arguments).output().unwrap().stdout).unwrap();
    (ids.collect(), text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Changes fields of `made` of a saved report.
fn with_made(saved: &Saved, file: &str, change: impl FnOnce(&mut Value)) {
    let mut report: Value = serde_json::from_slice(&fs::read(saved.path(file)).unwrap()).unwrap();
    change(&mut report["made"]);
    fs::write(saved.path(file), report.to_string()).unwrap();
}

#[test]
fn an_old_report_is_unknown_where_an_age_is_asked_for() {
    let saved = Saved::reports(&[GOOD, BIOS]);
    let now = Date::of_second(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    with_made(&saved, GOOD, |made| made["at"] = format!("{now}T00:00:00Z").into());
    with_made(&saved, BIOS, |made| made["at"] = "2020-01-01T00:00:00Z".into());
    assert_eq!(problems(&saved, &[GOOD, BIOS]).0, [""; 0]);
    let (ids, text) = problems(&saved, &[GOOD, BIOS, "--max-age", "2d"]);
    assert_eq!(ids, ["report-old"]);
    let remedy = "it is of 2020-01-01 00:00 UTC Run okv-host check again on that node.";
    assert!(text.contains("UNKNOWN report-old: the report on good-bios is ") && text.contains(remedy), "{text}");
    saved.cluster(&[GOOD, BIOS, "--max-age", "2d"]).assert().code(3);
    saved.cluster(&[GOOD, BIOS, "--max-age", "99999d"]).assert().code(0);
    with_made(&saved, BIOS, |made| *made = Value::Null);
    let (ids, text) = problems(&saved, &[GOOD, BIOS, "--max-age", "2d"]);
    assert_eq!(ids, ["report-old", "tool-versions-differ"]);
    assert!(text.contains("the report on good-bios does not show when it was made"), "{text}");
}

#[test]
fn an_old_report_is_named_in_the_order() {
    let saved = Saved::reports(&[STAGED, SMALL_SWAP, GOOD, BIOS]);
    with_made(&saved, GOOD, |made| made["at"] = "2000-01-01T00:00:00Z".into());
    let json = saved.cluster(FOUR).args(["--max-age", "9000d", "--format", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&json.stdout).unwrap();
    let first = &report["order"][0];
    assert_eq!((&first["node"], &first["verdict"]), (&"okv3".into(), &"unknown".into()));
    assert_eq!(first["unknown_by"], serde_json::json!(["report-old"]));
}

#[test]
fn other_versions_other_profiles_and_one_machine_under_two_names_are_reported() {
    let saved = Saved::reports(&[GOOD, BIOS]);
    let of = |change: fn(&mut Value)| {
        let saved = Saved::reports(&[GOOD, BIOS]);
        [GOOD, BIOS].iter().for_each(|file| with_made(&saved, file, |made| made["machine"] = (*file).into()));
        with_made(&saved, BIOS, change);
        let code = saved.cluster(&[GOOD, BIOS]).output().unwrap().status.code();
        (problems(&saved, &[GOOD, BIOS]).0.join(" "), code)
    };
    assert_eq!(problems(&saved, &[GOOD, BIOS]).0, [""; 0]);
    assert_eq!(of(|_| {}), (String::new(), Some(0)));
    assert_eq!(of(|made| made["version"] = "0.1.9".into()), ("tool-versions-differ".to_owned(), Some(0)));
    assert_eq!(of(|made| made["profile_sha256"] = "00".into()), ("profile-sums-differ".to_owned(), Some(0)));
    assert_eq!(of(|made| made["machine"] = GOOD.into()), ("machine-twice".to_owned(), Some(3)));
    assert_eq!(of(|made| made["at"] = 7.into()).1, Some(3), "no time");
}

#[test]
fn the_report_on_a_cluster_is_made_of_reports_by_the_clock_of_this_host() {
    let saved = Saved::reports(&[GOOD]);
    let json = saved.cluster(&[GOOD, "--format", "json"]).output().unwrap();
    let made = &serde_json::from_slice::<Value>(&json.stdout).unwrap()["made"];
    let report: Value = serde_json::from_slice(&fs::read(saved.path(GOOD)).unwrap()).unwrap();
    assert_eq!((&made["read"], &made["host"]), (&"reports".into(), &Value::Null));
    assert_eq!(made["profile_sha256"], report["made"]["profile_sha256"]);
    assert!(Moment::parse(made["at"].as_str().unwrap()).is_some_and(|at| at.has_zone));
}

#[test]
fn cluster_information_of_any_size_takes_little_memory() {
    let saved = Saved::reports(&[GOOD]);
    let file = saved.path("info.json");
    let node = r#"{"nodeName": "a", "x": [1, 2, 3, 4]}"#;
    // Of data (setrlimit(2)): the C library only reserves address space for the memory of a second thread.
    // One that is read, and one that is not.
    for nodes in [25_000, 300_000] {
        fs::write(&file, format!(r#"{{"value": {{"nodes": [{}]}}}}"#, vec![node; nodes].join(","))).unwrap();
        let limited = "ulimit -d 65536; exec \"$0\" cluster \"$1\" --cluster-info \"$2\" -q";
        let mut command = process::Command::new("sh");
        command.args(["-c", limited, env!("CARGO_BIN_EXE_okv-host")]).arg(saved.path(GOOD)).arg(&file);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{nodes}: {output:?}");
    }
}

#[test]
fn a_thousand_reports_are_judged_with_the_information_on_their_nodes() {
    let saved = Saved::reports(&[GOOD]);
    let mut report: Value = serde_json::from_str(&fs::read_to_string(saved.path(GOOD)).unwrap()).unwrap();
    let names: Vec<String> = (0..1000).map(|n| format!("okv{n:04}")).collect();
    for name in &names {
        report["host"] = name.as_str().into();
        fs::write(saved.path(&format!("{name}.json")), report.to_string()).unwrap();
    }
    let node =
        |name: &String| json!({"nodeName": name, "mode": "READ-ONLY", "status": "ACTIVE", "version": "21.7.0.0.0"});
    let info = json!({"value": {"nodes": names.iter().map(node).collect::<Vec<_>>()}});
    fs::write(saved.path(INFO), info.to_string()).unwrap();
    let files: Vec<String> = names.iter().map(|name| format!("{name}.json")).collect();
    let arguments: Vec<&str> =
        files.iter().map(String::as_str).chain(["--cluster-info", INFO, "--format", "json"]).collect();
    let output = saved.cluster(&arguments).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["nodes"].as_array().unwrap().len(), 1000);
    assert_eq!(found["order"].as_array().unwrap().len(), 1000, "{}", found["problems"]);
}
