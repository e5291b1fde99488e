//! The table of docs/procedure.md, which has for every numbered item of the procedure what does it, verifies it or
//! records it, against the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use okv_host::subjects::table::RULES;
use serde_json::Value;

/// Sections and how many numbered items each has; 7.4 has none.
const ITEMS: &[(&str, u32)] =
    &[("7.2", 14), ("7.3", 14), ("7.4", 0), ("7.5", 4), ("7.6", 18), ("7.7", 7), ("7.8", 7), ("7.9", 10)];

/// What is in the place of an item at a step of the vendor's HSM guide, which follows an item that refers to it.
const GUIDE: (&str, &str) = ("hsm-guide", "7.2-14");

/// A row of the table: the words in backticks of its columns.
struct Row {
    item: String,
    step: String,
    who: String,
    does: Vec<String>,
    /// Commands and rules.
    verifies: Vec<String>,
    records: Vec<String>,
}

fn rows() -> Vec<Row> {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/procedure.md")).unwrap();
    let is_row = |line: &&str| line.starts_with("| 7.") || line.starts_with(&format!("| {} |", GUIDE.0));
    let rows = document.lines().filter(is_row);
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [item, step, who, does, verifies, records] = cells[..] else { panic!("{line}") };
        let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let [step] = &quoted(step)[..] else { panic!("{line}") };
        Row {
            item: item.to_owned(),
            step: step.clone(),
            who: who.to_owned(),
            does: quoted(does),
            verifies: quoted(verifies),
            records: quoted(records),
        }
    })
    .collect()
}

fn okv_host(arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    let output = command.env_clear().current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Steps of a runbook by their ids.
fn steps() -> BTreeMap<String, Value> {
    steps_of("good-uefi")
}

/// The same of a fixture host.
fn steps_of(host: &str) -> BTreeMap<String, Value> {
    let text = okv_host(&["runbook", "--root", &format!("fixtures/hosts/{host}"), "--format", "json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    let steps = report["steps"].as_array().unwrap();
    steps.iter().map(|step| (step["id"].as_str().unwrap().to_owned(), step.clone())).collect()
}

/// The items that a source covers.
fn items_of(source: &str) -> Vec<String> {
    let Some((section, items)) = source.split_once('-').filter(|_| source != GUIDE.0) else {
        return vec![source.to_owned()];
    };
    let (first, last) = items.split_once("..").unwrap_or((items, items));
    let (first, last): (u32, u32) = (first.parse().unwrap(), last.parse().unwrap());
    (first..=last).map(|item| format!("{section}-{item}")).collect()
}

#[test]
fn every_item_has_exactly_one_row_and_there_are_no_others() {
    let all = ITEMS.iter().flat_map(|(section, items)| match items {
        0 => vec![(*section).to_owned()],
        _ => (1..=*items).map(|item| format!("{section}-{item}")).collect(),
    });
    let (guide, refers) = GUIDE;
    let all = all.flat_map(|item| if item == refers { vec![item, guide.to_owned()] } else { vec![item] });
    let rows: Vec<String> = rows().into_iter().map(|row| row.item).collect();
    assert_eq!(rows, all.collect::<Vec<_>>());
}

#[test]
fn every_row_names_the_step_that_covers_its_item() {
    let steps = steps();
    let mut covered = BTreeSet::new();
    for row in rows() {
        let step = steps.get(&row.step).unwrap_or_else(|| panic!("{}: no step {}", row.item, row.step));
        let source = step["source"].as_str().unwrap();
        assert!(items_of(source).contains(&row.item), "{}: {} is of {source}", row.item, row.step);
        covered.insert(row.step);
    }
    assert_eq!(covered, steps.into_keys().collect(), "steps without a row");
}

#[test]
fn every_item_belongs_to_one_step_of_the_program() {
    let items: Vec<String> = steps().values().flat_map(|step| items_of(step["source"].as_str().unwrap())).collect();
    let rows: BTreeSet<String> = rows().into_iter().map(|row| row.item).collect();
    assert_eq!(items.len(), rows.len(), "an item of two steps: {items:?}");
    assert_eq!(items.into_iter().collect::<BTreeSet<_>>(), rows);
}

#[test]
fn every_command_that_is_named_is_there() {
    let help = okv_host(&["--help"]);
    let list = help.split_once("\n\n").unwrap().1.split_once("\nOptions:\n").unwrap().0;
    let is_there = |name: &str| list.lines().any(|line| line.split_whitespace().next() == Some(name));
    assert!(is_there("check") && is_there("confirm"), "{help}");
    let mut named = BTreeSet::new();
    for row in rows() {
        for word in row.does.iter().chain(&row.verifies).chain(&row.records) {
            let Some(name) = word.strip_prefix("okv-host ") else { continue };
            assert!(is_there(name), "{}: no command {name}", row.item);
            named.insert(name.to_owned());
        }
    }
    for step in steps().values() {
        let Some(name) = step["command"].as_str().and_then(|command| command.strip_prefix("okv-host ")) else {
            continue;
        };
        let name = name.split(' ').next().unwrap();
        assert!(is_there(name), "{}: no command {name}", step["id"]);
    }
    assert!(named.len() > 5, "{named:?}");
}

#[test]
fn each_row_names_the_rules_of_its_step_and_each_rule_with_an_item_is_of_a_step() {
    let list: Value = serde_json::from_str(&okv_host(&["check", "--list", "--format", "json"])).unwrap();
    let rules: BTreeSet<&str> = list["rules"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    let steps = steps();
    let mut used = BTreeSet::new();
    for row in rows() {
        let verifies = row.verifies.iter().map(String::as_str);
        let named: BTreeSet<&str> = verifies.filter(|word| !word.starts_with("okv-host ")).collect();
        assert!(named.is_subset(&rules), "{}: {named:?}", row.item);
        let of_step: BTreeSet<&str> =
            steps[&row.step]["rules"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap()).collect();
        assert_eq!(named, of_step, "{}", row.item);
        used.extend(of_step.into_iter().map(str::to_owned));
    }
    let with_item = RULES.iter().filter(|rule| !rule.procedure.is_empty()).map(|rule| rule.id.to_string());
    assert_eq!(used, with_item.collect(), "rules with an item, and rules of a step");
}

#[test]
fn an_item_that_nothing_does_or_verifies_is_recorded() {
    for row in rows() {
        assert!(!(row.does.is_empty() && row.verifies.is_empty() && row.records.is_empty()), "{}", row.item);
        assert!(row.records.iter().all(|word| word == "okv-host confirm"), "{}", row.item);
        let is_other_host = row.item.starts_with("7.9-");
        assert!(!is_other_host || !row.records.is_empty(), "{}: other hosts are a person's", row.item);
        assert_eq!(row.who.starts_with("operator"), row.does.is_empty(), "{}", row.item);
    }
}

#[test]
fn a_step_is_recorded_by_the_operator_only_where_the_table_has_it() {
    let recorded: BTreeMap<String, bool> = rows().into_iter().map(|row| (row.step, !row.records.is_empty())).collect();
    let hosts = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts")).unwrap();
    let mut asked = BTreeSet::new();
    for host in hosts.map(|host| host.unwrap()).filter(|host| host.path().is_dir()) {
        for (id, step) in steps_of(host.file_name().to_str().unwrap()) {
            if step["command"].as_str().is_some_and(|command| command.starts_with("okv-host confirm ")) {
                assert!(recorded[&id], "{id} of {}", host.path().display());
                asked.insert(id);
            }
        }
    }
    assert!(asked.len() > 10, "{asked:?}");
}
