//! A powered-off node, judged by its disks alone.

use crate::overlay::Host;
use crate::{verdict_of, whole};
use assert_cmd::Command;
use okv_host::disk::Source;
use okv_host::profile::Profile;
use okv_host::subjects::of_disks;
use okv_host::subjects::rule::Verdict;
use okv_host::subjects::table::{RULES, judge};

#[test]
fn disks_of_a_powered_off_node_are_judged_without_what_only_a_running_host_has() {
    let output = Command::cargo_bin("okv-host")
        .unwrap()
        .args(["check", "--format", "json", "--image"])
        .arg(whole("good-uefi").join("dev/sda"))
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["made"]["read"], &report["made"]["at"]), (&"disks".into(), &serde_json::Value::Null));
    let verdicts: Vec<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["id"].as_str().unwrap(), f["verdict"].as_str().unwrap()))
        .collect();
    assert!(RULES.iter().all(|rule| verdicts.iter().any(|(id, _)| rule.id == *id)), "{verdicts:?}");
    // All others need a running host: what nobody looked at is unknown.
    let judged: Vec<_> = verdicts.into_iter().filter(|(_, verdict)| *verdict != "unknown").collect();
    assert_eq!(
        judged,
        [
            ("disk-bios-limit", "pass"),
            ("boot-size", "pass"),
            ("disk-minimum", "pass"),
            ("swap-size", "pass"),
            ("vg-health", "pass"),
            ("vg-free", "pass"),
            ("table-health", "pass"),
        ]
    );
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn the_screen_of_disks_counts_what_was_not_judged_and_names_the_first_blocker() {
    let screen = |name: &str| {
        let mut check = Command::cargo_bin("okv-host").unwrap();
        let host = Host::named(name);
        check.env_clear().args(["check", "--image"]).arg(host.path().join("dev/sda"));
        String::from_utf8(check.output().unwrap().stdout).unwrap()
    };
    let good = screen("good-uefi");
    // This image has no files: the rule on them says so, and nothing else than disks is judged.
    let rest = RULES.len() - 8;
    assert!(good.contains(&format!("WHETHER IT CAN BE UPGRADED: 1 unknown, {rest} not judged")), "{good}");
    assert!(good.contains(&format!("\nRules not judged ({rest}) ")), "{good}");
    assert!(
        good.contains("\nUNKNOWN files-read  no file was read: ") && good.matches("UNKNOWN").count() == 1,
        "{good}"
    );
    assert!(good.contains("Or start it, and run on it:\n      okv-host check"), "{good}");
    let blocked = screen("swap-4gib");
    assert!(blocked.contains(&format!("CANNOT BE UPGRADED: 1 blocker, 1 unknown, {rest} not judged")), "{blocked}");
    assert!(blocked.contains("\nNext: swap-size: "), "{blocked}");
}

#[test]
fn a_copy_of_the_system_disk_blocks() {
    let disk = whole("good-uefi").join("dev/sda");
    let copy = tempfile::NamedTempFile::new().unwrap();
    std::fs::copy(&disk, copy.path()).unwrap();
    let sources = vec![Source::open(&disk), Source::open(copy.path())];
    let found = judge(&of_disks(sources), &Profile::named(Profile::DEFAULT).unwrap());
    assert_eq!(verdict_of(&found, "vg-health"), Verdict::Block);
    assert_eq!(verdict_of(&found, "table-health"), Verdict::Warn);
}
