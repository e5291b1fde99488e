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
    let judged = images.env_clear().args(["check", "--image"]).arg(&disk).assert().code(3);
    assert!(String::from_utf8_lossy(&judged.get_output().stdout).contains("not judged"));
}

#[test]
fn profile_show_prints_the_profile_in_effect_with_its_sum_and_where_it_comes_from() {
    let host = Host::named("good-uefi");
    let plain = text(&host, &["profile", "show"]);
    assert!(plain.starts_with("release  21.8\nsource   built in\nSHA-256  "), "{plain}");
    let shown = |host: &Host, arguments: &[&str]| -> Value {
        let output = okv_host(host, &[&["profile", "show", "--format", "json"], arguments].concat()).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let sum = shown(&host, &[])["sha256"].as_str().unwrap().to_owned();
    assert!(plain.contains(&sum) && plain.contains("\n  \"swap_bytes\": 68719476736,\n"), "{plain}");
    assert_eq!(json(&host, &[])["made"]["profile_sha256"], *sum);
    let host = host.with(PROFILE, OF_21_10);
    let own = shown(&host, &[]);
    assert_eq!((&own["source"], &own["release"]), (&"/etc/okv-host/profile.json".into(), &"21.10".into()));
    assert_eq!(own["profile"]["release"], "21.10", "all fields are there, those of the extended one too");
    assert_eq!(own["sha256"], own["made"]["profile_sha256"]);
    let later = shown(&host, &["--profile", "21.99"]);
    assert_eq!((&later["source"], &later["figures_of"]), (&"built in".into(), &"21.11".into()));
}

#[test]
fn profile_check_names_everything_that_is_wrong_in_a_file() {
    let host = Host::named("good-uefi").with(PROFILE, OF_21_10);
    let check = |host: &Host, arguments: &[&str]| {
        let output = okv_host(host, &[&["profile", "check"], arguments].concat()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (status, good) = check(&host, &[]);
    assert_eq!(status, 0, "{good}");
    assert!(good.starts_with("/etc/okv-host/profile.json: a release profile for 21.10\nSHA-256  "), "{good}");
    let damaged = r#"{"extends": "21.8", "swap_bites": 1, "places": {"iso_folder": "x"}}"#;
    let host = host.with(PROFILE, damaged);
    let (status, bad) = check(&host, &[]);
    let expected = "/etc/okv-host/profile.json: 2 faults\n  places.iso_folder: a place that is no absolute path\n  \
                    swap_bites: there is no such field\n";
    assert_eq!((status, bad.as_str()), (2, expected));
    let file = host.path().join(PROFILE);
    let (status, named) = check(&host, &[file.to_str().unwrap()]);
    assert!(status == 2 && named.contains("2 faults"), "{named}");
    let (status, none) = check(&Host::named("good-uefi"), &[]);
    assert!(status == 3 && none.contains("Name a file"), "{none}");
    for wrong in [&["none.json"][..], &["x", "--profile", "21.8"]] {
        assert_eq!(check(&host, wrong).0, 2);
    }
}
