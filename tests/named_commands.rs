//! Every command that a text asks an operator to type exists, and its words are valid.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use command_line::{commands_in, parses};
use okv_host::cli::Cli;
use okv_host::procedure::STEPS;
use okv_host::subjects::table::RULES;
use overlay::Host;
use serde_json::Value;

#[path = "support/command_line.rs"]
mod command_line;
#[path = "support/overlay.rs"]
mod overlay;

/// Programs of a node that texts name.
const PROGRAMS: &[&str] = &[
    "okv-host",
    "chmod",
    "chown",
    "cp",
    "dnf",
    "grubby",
    "mkswap",
    "mount",
    "mv",
    "reboot",
    "rm",
    "ssh-keygen",
    "sshd",
    "swapoff",
    "swapon",
    "systemctl",
    "tmux",
    "umount",
    "uname",
    "vgextend",
    "vgimport",
    "vgreduce",
    "vgscan",
    "yum",
    "dbfw-diagnostics-package.rb",
    "agentctl",
    "df",
    "dracut",
    "efibootmgr",
    "mkdir",
    "grub2-mkconfig",
    "pvscan",
    "lvs",
    "vgs",
    "pvs",
];

fn report(command: &str, host: &Host) -> Value {
    let mut process = Command::cargo_bin("okv-host").unwrap();
    process.env_clear().args([command, "--format", "json", "--root"]).arg(host.path());
    serde_json::from_slice(&process.output().unwrap().stdout).unwrap()
}

/// What the records of rules and steps ask an operator to do.
fn texts_of_records() -> Vec<String> {
    let rules = RULES.iter().map(|rule| rule.fix);
    let steps = STEPS.iter().map(|row| row.how);
    rules.chain(steps).map(str::to_owned).collect()
}

/// What `check` and `runbook` ask an operator to do on a fixture host, the next action included.
fn texts_of_hosts() -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for name in overlay::names() {
        let host = Host::named(&name);
        for command in ["check", "runbook"] {
            let report = report(command, &host);
            let rows = report["findings"].as_array().or(report["steps"].as_array()).unwrap();
            let fields = rows.iter().flat_map(|row| ["remedy", "how", "command"].map(|key| row[key].as_str()));
            texts.extend(fields.flatten().map(str::to_owned));
        }
        let mut process = Command::cargo_bin("okv-host").unwrap();
        process.env_clear().args(["check", "--root"]).arg(host.path());
        let screen = String::from_utf8(process.output().unwrap().stdout).unwrap();
        let next = screen.split("\nNext: ").nth(1).and_then(|next| next.split("\n\n").next()).unwrap();
        texts.insert(next.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    texts
}

#[test]
fn every_command_of_a_record_is_valid() {
    let texts = texts_of_records();
    texts.iter().flat_map(|text| commands_in(text)).for_each(parses);
    assert!(texts.iter().flat_map(|text| commands_in(text)).count() > 20);
}

#[test]
fn what_does_or_verifies_a_step_is_a_command() {
    let program = Cli::in_groups();
    for row in STEPS {
        for command in row.does().iter().chain(row.verified_by) {
            let name = command.strip_prefix("okv-host ").unwrap();
            assert!(program.find_subcommand(name).is_some(), "{}: {command}", row.id);
        }
    }
}

#[test]
fn every_argument_vector_of_a_finding_is_a_command_that_exists() {
    let mut seen = 0;
    for name in overlay::names() {
        let report = report("check", &Host::named(&name));
        let commands = report["findings"].as_array().unwrap().iter().filter_map(|f| f["commands"].as_array()).flatten();
        for command in commands {
            let words: Vec<&str> = command.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
            let program = words[0].rsplit('/').next().unwrap();
            assert!(PROGRAMS.contains(&program), "{words:?}");
            if program == "okv-host" {
                parses(&words[1..].join(" "));
            }
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn every_command_in_a_remedy_or_a_next_action_of_a_fixture_host_is_valid() {
    let texts = texts_of_hosts();
    texts.iter().flat_map(|text| commands_in(text)).for_each(parses);
    assert!(texts.iter().flat_map(|text| commands_in(text)).count() > 20);
}

#[test]
fn what_an_operator_is_to_run_is_a_known_program() {
    for text in texts_of_records().into_iter().chain(texts_of_hosts()) {
        let behind = text.split("un: ").skip(1).map(str::to_owned);
        let whole = text.starts_with('/').then(|| text.clone());
        for command in behind.chain(whole) {
            let program = command.split([' ', ';']).next().unwrap().rsplit('/').next().unwrap();
            assert!(PROGRAMS.contains(&program), "{program:?} of {text:?}");
        }
    }
}

/// Every source file below `dir`.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => sources(&path),
            Some(end) if end == "rs" => vec![path],
            _ => vec![],
        })
        .collect()
}

/// The code of a file without comments, each text of several lines as one.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
    lines.join("\n").replace("\\\n", "")
}

#[test]
fn every_option_that_a_text_of_the_program_names_is_one_of_its_command() {
    let program = Cli::in_groups();
    let mut seen = 0;
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let code = code(&path);
        for words in commands_in(&code) {
            let words = words.split(['"', '\n', ';', '`', '|', '>']).next().unwrap().split(". ").next().unwrap();
            let mut words = words.split([' ', ',', '.', ':', ')', '=']).filter(|word| !word.is_empty());
            let Some(command) = words.next().and_then(|word| program.find_subcommand(word)) else { continue };
            for option in words.filter_map(|word| word.strip_prefix("--")) {
                let is_one = command.get_arguments().any(|arg| arg.get_long() == Some(option)) || option == "help";
                assert!(is_one, "{}: okv-host {} has no --{option}", path.display(), command.get_name());
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "{seen}");
}
