//! The release profile and the waivers in `/etc/okv-host` of a node, as a user meets them.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use overlay::Host;
use predicates::prelude::predicate;
use serde_json::Value;

#[path = "support/overlay.rs"]
mod overlay;

const PROFILE: &str = "etc/okv-host/profile.json";
const WAIVERS: &str = "etc/okv-host/waivers.json";
const OF_21_10: &str = r#"{"extends": "21.8", "release": "21.10"}"#;

fn waivers() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/waivers/waivers.json")).unwrap()
}

fn okv_host(host: &Host, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.env_clear().current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).arg("--root").arg(host.path());
    command
}

fn json(host: &Host, arguments: &[&str]) -> Value {
    let output = okv_host(host, &[&["check", "--format", "json"], arguments].concat()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(host: &Host, arguments: &[&str]) -> String {
    String::from_utf8(okv_host(host, arguments).output().unwrap().stdout).unwrap()
}

#[test]
fn the_files_of_a_node_judge_as_those_that_options_name() {
    let named = json(&Host::named("procedure-wrong"), &["--waivers", "fixtures/waivers/waivers.json"]);
    let host = Host::named("procedure-wrong").with(WAIVERS, waivers());
    let own = json(&host, &[]);
    assert!(own["waivers"].as_array().is_some_and(|waivers| waivers.len() == 6), "{own}");
    assert_eq!((&own["findings"], &own["waivers"]), (&named["findings"], &named["waivers"]));
    let host = host.with(PROFILE, OF_21_10);
    assert_eq!(json(&host, &[])["profile"], "21.10");
    assert_eq!(json(&host, &["--profile", "21.11"])["profile"], "21.11");
}

#[test]
fn the_screen_names_each_file_that_is_used() {
    let host = Host::named("procedure-wrong").with(WAIVERS, waivers()).with(PROFILE, OF_21_10);
    let lines = "\nprofile: /etc/okv-host/profile.json\nwaivers: /etc/okv-host/waivers.json\n";
    for command in [&["check"][..], &["check", "--all"], &["runbook"]] {
        let text = text(&host, command);
        assert!(text.contains(lines) && text.contains("upgrade to 21.10"), "{text}");
    }
    assert!(text(&host, &["runbook", "--format", "markdown"]).contains("profile: /etc/okv-host/profile.json"));
    let only_waivers = text(&host, &["check", "--profile", "21.8"]);
    assert!(only_waivers.contains("\nwaivers: ") && !only_waivers.contains("\nprofile: "), "{only_waivers}");
    assert_eq!(text(&host, &["check", "-q"]).lines().count(), 1);
}

#[test]
fn stage_and_upgrade_name_them_on_stderr() {
    let iso = "var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso";
    let host = Host::named("good-uefi").with(iso, "").with(PROFILE, OF_21_10);
    let line = predicate::eq("profile: /etc/okv-host/profile.json\n");
    okv_host(&host, &["stage", iso]).assert().stderr(line);
    okv_host(&host, &["upgrade"]).assert().stderr(line);
    okv_host(&host, &["upgrade", "-q"]).assert().stderr("");
    okv_host(&host, &["upgrade", "--profile", "21.8"]).assert().stderr("");
}

#[test]
fn a_file_that_cannot_be_used_ends_the_command_unless_an_option_names_another() {
    for bad in [&b""[..], b"{", b"{}", b"\xff\xfe", &b" ".repeat((1 << 20) + 1)] {
        for (path, option, other) in
            [(PROFILE, "--profile", "21.8"), (WAIVERS, "--waivers", "fixtures/waivers/waivers.json")]
        {
            let host = Host::named("good-uefi").with(path, bad);
            for command in ["check", "runbook", "upgrade"] {
                let why = predicate::str::contains(format!("/{path}: "));
                okv_host(&host, &[command]).assert().code(3).stdout("").stderr(why);
            }
            let output = okv_host(&host, &["check", option, other]).output().unwrap();
            assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
        }
    }
}

#[test]
fn a_folder_in_the_place_of_a_file_is_refused_and_images_have_none() {
    let host = Host::named("good-uefi").with("etc/okv-host/profile.json/file", "");
    okv_host(&host, &["check"]).assert().code(3).stdout("");
    let disk = host.path().join("disk");
    fs::write(&disk, vec![0; 1 << 20]).unwrap();
    let mut images = Command::cargo_bin("okv-host").unwrap();
    images.env_clear().args(["check", "--image"]).arg(&disk).assert().code(1);
}
