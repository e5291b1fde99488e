//! Every fixture host: the findings that it was made for and no others, and the reports on three of them.
//!
//! What a rule finds on a host, with its words, is tested beside the rule in `src`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::made::of_any_build;
use crate::overlay::{names, names_of_overlays};
use crate::{Host, judged, whole};
use assert_cmd::Command;
use okv_host::subjects::rule::{Finding, Verdict, outcome};
use okv_host::subjects::table::RULES;
use serde_json::Value;
use snapbox::{Data, assert_data_eq};

/// The hosts that are whole. Their reports are kept.
const WHOLE: &[&str] = &["everything-wrong", "good-bios", "good-uefi"];

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/check").join(file)
}

/// Something that an operator has to look at, but for what is on every host: none has /boot mounted, as no node has,
/// none but those that are for it has anything in /var/lib/oracle, and none has /etc/shadow.
fn is_bad(finding: &Finding) -> bool {
    let is_on_every_host = match finding.id.as_str() {
        "boot-consistent" | "next-start" => finding.verdict == Verdict::Note && finding.message.contains("not mounted"),
        "account-expiry" => finding.verdict == Verdict::Note && finding.message.contains("not judged"),
        "iso-present" => finding.verdict == Verdict::Note && finding.subject == "/var/lib/oracle",
        _ => false,
    };
    !matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable | Verdict::Confirm) && !is_on_every_host
}

#[test]
fn every_host_gets_exactly_the_findings_that_it_was_made_for() {
    let mut text = String::new();
    for name in names() {
        let found = judged(Host::named(&name).path());
        writeln!(text, "{name}: {}", outcome(&found).word()).unwrap();
        for finding in found.iter().filter(|f| is_bad(f)) {
            writeln!(text, "  {} {}: {}", finding.verdict.word(), finding.id, finding.subject).unwrap();
        }
        for rule in RULES {
            assert!(found.iter().any(|f| f.id == rule.id), "{name}: {} has no finding", rule.id);
        }
    }
    assert_data_eq!(text, Data::read_from(&golden("findings.txt"), None).raw());
}

#[test]
fn the_reports_on_whole_hosts_are_the_golden_ones() {
    for (format, file) in [("text", "whole-hosts.txt"), ("json", "whole-hosts.json")] {
        let mut reports = String::new();
        for name in WHOLE {
            let mut check = Command::cargo_bin("okv-host").unwrap();
            check.env_clear().args(["check", "--all", "--format", format, "--root"]).arg(whole(name));
            let report = String::from_utf8(check.output().unwrap().stdout).unwrap();
            reports += &of_any_build(&report, &[]);
        }
        assert_data_eq!(reports, Data::read_from(&golden(file), None).raw());
    }
}

#[test]
fn no_line_of_a_report_on_a_host_is_wider_than_80_columns() {
    for name in names() {
        let host = Host::named(&name);
        for shown in [&[][..], &["--all"]] {
            let mut check = Command::cargo_bin("okv-host").unwrap();
            let output = check.arg("check").args(shown).arg("--root").arg(host.path()).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            assert_eq!(text.lines().find(|line| line.chars().count() > 80), None, "{name}");
        }
    }
}

/// Appends the text of every source file below `dir`.
fn read_sources(dir: &Path, text: &mut String) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_sources(&path, text);
        } else {
            *text += &fs::read_to_string(path).unwrap();
        }
    }
}

#[test]
fn every_overlay_is_a_case_of_a_test_beside_a_rule() {
    let mut sources = String::new();
    read_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let unused: Vec<String> =
        names_of_overlays().into_iter().filter(|name| !sources.contains(&format!("\"{name}\""))).collect();
    assert_eq!(unused, [""; 0]);
    let whole: Vec<String> = names().into_iter().filter(|name| !names_of_overlays().contains(name)).collect();
    assert_eq!(whole, WHOLE);
}

#[test]
fn a_report_shows_how_it_was_made_without_the_identifiers_themselves() {
    let (installation, machine) = ("0123456789abcdef0123456789abcdef", "4c4c4544-0000-4d10-8052-b4c04f4d3253");
    let host =
        Host::named("good-uefi").with("etc/machine-id", installation).with("sys/class/dmi/id/product_uuid", machine);
    for command in ["check", "runbook", "swap-extend"] {
        let mut process = Command::cargo_bin("okv-host").unwrap();
        let output =
            process.env_clear().args([command, "--format", "json", "--root"]).arg(host.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains(installation) && !text.contains(machine), "{text}");
        let report: Value = serde_json::from_str(&text).unwrap();
        let made = &report["made"];
        for sum in ["installation", "machine", "profile_sha256"] {
            assert_eq!(made[sum].as_str().map(str::len), Some(64), "{command}: {sum}");
        }
        assert!(command != "check" || made["machine"] == report["machine"], "{text}");
        let words = ["host", "version", "profile", "read"].map(|name| made[name].as_str().unwrap());
        assert_eq!(words, ["good-uefi", env!("CARGO_PKG_VERSION"), "21.8", "folder"], "{command}");
        assert!(made["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{text}");
    }
}
