//! The records of the rules are complete and agree with the runbook, and the documents made from them are up to date.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use okv_host::procedure::{STEPS, row_of_item};
use okv_host::profile::Profile;
use okv_host::report::documents;
use okv_host::subjects::rule::Waivable;
use okv_host::subjects::table::{RULES, named};
use okv_host::subjects::waivers;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file below `dir`, with its text.
fn sources(dir: &Path) -> Vec<(PathBuf, String)> {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => sources(&path),
            Some(end) if end == "rs" => vec![(path.clone(), fs::read_to_string(&path).unwrap())],
            _ => vec![],
        })
        .collect()
}

#[test]
fn the_documents_are_those_of_the_records() {
    for (path, text) in documents(&Profile::named("21.8").unwrap()) {
        let is_there = fs::read_to_string(project().join(&path)).unwrap_or_default();
        let line = text.lines().zip(is_there.lines()).position(|(new, old)| new != old).map_or(0, |at| at + 1);
        assert!(text == is_there, "{path} is out of date (line {line}). Run: cargo run --example make-docs");
    }
}

#[test]
fn every_rule_is_in_its_document_once_and_has_a_section() {
    let text = fs::read_to_string(project().join("docs/rules.md")).unwrap();
    for rule in RULES {
        assert_eq!(text.matches(&format!("\n## {}\n", rule.id)).count(), 1, "{}", rule.id);
        let in_tables = text.matches(&format!("\n| [`{0}`](#{0}) |", rule.id)).count();
        assert_eq!(in_tables, if rule.waivable == Waivable::Yes { 1 } else { 2 }, "{}", rule.id);
    }
}

#[test]
fn every_id_is_in_kebab_case_and_names_one_rule() {
    let mut ids = BTreeSet::from([waivers::ID]);
    for rule in RULES {
        let id = rule.id.as_str();
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        assert!(id.split('-').all(is_word), "{id}");
        assert!(ids.insert(rule.id), "{id} twice");
        assert_eq!(named(id).map(|found| found.id), Some(rule.id));
    }
    assert!(named(waivers::ID.as_str()).is_none() && named("").is_none());
}

#[test]
fn every_record_is_complete() {
    let profile = Profile::named("21.8").unwrap();
    let is_sentence = |text: &str| text.starts_with(char::is_uppercase) && text.ends_with('.');
    for rule in RULES {
        let id = rule.id;
        assert!(!rule.title.is_empty() && !rule.inputs.is_empty(), "{id}");
        assert!(is_sentence(rule.why) && rule.why.len() <= 240, "{id}: {}", rule.why);
        assert!(rule.fix.starts_with(char::is_uppercase) && (60..=260).contains(&rule.fix.len()), "{id}: {}", rule.fix);
        assert!(rule.inputs.iter().all(|input| !input.is_empty()), "{id}");
        assert!(!(rule.required)(&profile).is_empty(), "{id}");
        let source = (rule.source)(&profile);
        assert!(!source.is_empty() && !source.contains("names none"), "{id}: {source}");
        assert!(
            rule.waivable == Waivable::Yes || matches!(rule.waivable, Waivable::Never(why) if is_sentence(why)),
            "{id}"
        );
    }
}

#[test]
fn a_rule_names_items_of_steps_that_it_judges_and_every_such_step_one_of_them() {
    for rule in RULES {
        let mut steps = BTreeSet::new();
        for item in rule.procedure {
            let row = row_of_item(item).unwrap_or_else(|| panic!("{}: no item {item}", rule.id));
            assert!(row.rules().contains(&rule.id), "{}: {item} is of {}, which does not ask it", rule.id, row.id);
            steps.insert(row.id);
        }
        let judged = STEPS.iter().filter(|row| row.rules().contains(&rule.id)).map(|row| row.id);
        assert_eq!(steps, judged.collect(), "{}", rule.id);
    }
}

#[test]
fn a_rule_has_a_file_of_its_own_that_begins_with_what_it_does() {
    let sources = sources(&project().join("src"));
    for rule in RULES {
        let made = format!("RuleId::new(\"{}\")", rule.id);
        let files: Vec<_> = sources.iter().filter(|(_, text)| text.contains(&made)).collect();
        let [(path, text)] = files[..] else { panic!("{}: made in {} files", rule.id, files.len()) };
        assert!(text.starts_with(&format!("//! `{}`: ", rule.id)), "{}", path.display());
        assert_eq!(text.matches("RuleId::new(").count(), 1, "{}", path.display());
    }
}

/// The pages that people write, with their text.
fn pages() -> Vec<(PathBuf, String)> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(project().join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file()); // `schema` has no page
    paths.extend(["README.md", "CONTRIBUTING.md"].map(|name| project().join(name)));
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The output of `okv-host ARGUMENTS` or of `okv-host ARGUMENTS | head -N`.
fn output_of(command: &str) -> String {
    let (command, most) = command.split_once(" | head -").unwrap_or((command, ""));
    let arguments = command.strip_prefix("okv-host ").unwrap_or_else(|| panic!("{command}")).split(' ');
    let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_okv-host"));
    let output = process.env_clear().current_dir(project()).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().take(most.parse().unwrap_or(usize::MAX)).map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_a_page_shows_is_what_the_command_prints() {
    let mut shown = 0;
    for (path, text) in pages() {
        for block in text.split("```console\n").skip(1) {
            let block = block.split("```").next().unwrap();
            let (command, expected) = block.strip_prefix("$ ").unwrap().split_once('\n').unwrap();
            assert_eq!(output_of(command), expected, "{}: {command}", path.display());
            shown += 1;
        }
    }
    assert!(shown >= 2, "the README shows a healthy and a sick node");
}

#[test]
fn every_link_of_a_page_leads_to_a_file() {
    for (path, text) in pages() {
        for target in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let file = target.split('#').next().unwrap();
            let is_there = file.is_empty() || file.contains("://") || path.parent().unwrap().join(file).exists();
            assert!(is_there, "{}: {target}", path.display());
        }
    }
}

#[test]
fn the_readme_is_short() {
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    assert!(readme.lines().count() < 120);
}
