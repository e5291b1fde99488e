//! Every command names the same next action for the first blocker.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

use crate::Host;
use crate::overlay::names;

fn printed(arguments: &[&str], root: &Path) -> Vec<u8> {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.env_clear().args(arguments).arg("--root").arg(root).output().unwrap().stdout
}

/// What stands behind `Next` and the id that it is for, in one line.
fn next_of(screen: &[u8], begins: &str) -> (String, String) {
    let text = String::from_utf8_lossy(screen);
    let behind = text.split(begins).nth(1).unwrap_or_else(|| panic!("{text}"));
    let lines = behind.lines().enumerate().take_while(|(at, line)| *at == 0 || line.starts_with("      "));
    let words = lines.flat_map(|(_, line)| line.split_whitespace()).collect::<Vec<_>>().join(" ");
    let (id, what) = words.split_once(": ").unwrap_or_else(|| panic!("{words}"));
    (id.split(' ').next().unwrap().to_owned(), plain(what))
}

/// Without how a command is introduced.
fn plain(what: &str) -> String {
    let what = what.trim_start_matches("On that node, run: ").trim_start_matches("Run: ");
    what.trim_end_matches('.').to_lowercase()
}

#[test]
fn the_next_action_for_the_first_blocker_is_the_same_in_every_command() {
    let mut compared = 0;
    for name in names() {
        let host = Host::named(&name);
        let json = |command: &str| -> Value {
            serde_json::from_slice(&printed(&[command, "--format", "json"], host.path())).unwrap()
        };
        if json("check")["verdict"] != "blocked" {
            continue;
        }
        let (rule, next) = next_of(&printed(&["check"], host.path()), "\nNext: ");
        let full = String::from_utf8(printed(&["check", "--only", &rule], host.path())).unwrap();
        let full = full.split("\n        remedy    ").nth(1).unwrap().split("\n        source").next().unwrap();
        assert_eq!(plain(&full.split_whitespace().collect::<Vec<_>>().join(" ")), next, "{name}");
        let (_, of_runbook) = next_of(&printed(&["runbook"], host.path()), "\nNext: ");
        assert_eq!(of_runbook, next, "{name}");
        let reason = json("upgrade")["reasons"][0].clone();
        assert_eq!((reason["id"].as_str(), plain(reason["remedy"].as_str().unwrap())), (Some(&*rule), next), "{name}");
        compared += 1;
    }
    assert!(compared >= 8, "{compared}");
}

#[test]
fn a_wrong_release_comes_first_and_a_node_that_must_be_replaced_hears_of_no_backup() {
    let host = Host::named("everything-wrong");
    let upgrade = |host: &Host| String::from_utf8(printed(&["upgrade"], host.path())).unwrap();
    assert!(upgrade(&host).starts_with("refused (disk-bios-limit)") && !upgrade(&host).contains("backup"));
    let host = host.with("etc/issue", "Oracle Key Vault Server 22.1.0.0.0\n");
    assert!(upgrade(&host).starts_with("refused (release)"), "{}", upgrade(&host));
    let check = printed(&["check"], host.path());
    assert!(String::from_utf8_lossy(&check).contains("THIS NODE MUST BE REPLACED"));
    assert_eq!(next_of(&check, "\nNext: ").0, "release");
}

#[test]
fn a_section_shows_its_items_and_one_step_of_it_is_asked_for_elsewhere() {
    let host = Host::named("good-uefi");
    let steps = |word: &str| {
        let text = String::from_utf8(printed(&["runbook", word], host.path())).unwrap();
        let items = text.lines().filter_map(|line| line.split_once(" (7.")?.1.split_once(')'));
        items.map(|(item, _)| item.to_owned()).filter(|item| item.starts_with('6')).collect::<Vec<_>>()
    };
    assert_eq!(steps("7.6"), ["6-1..3", "6-4..6", "6-7..17", "6-18"]);
    let mut confirm = Command::cargo_bin("okv-host").unwrap();
    let refused = confirm.env_clear().args(["confirm", "7.6", "--note", "x"]).output().unwrap();
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(2) && text.contains("add-disk (7.6-4..6)"), "{text}");
    let explained = Command::cargo_bin("okv-host").unwrap().args(["check", "--explain", "7.6"]).output().unwrap();
    assert!(String::from_utf8(explained.stdout).unwrap().contains("\nvg-free\n"));
}
