//! A subject is one folder: what it gathers is below what judges it, rules and plans are below its steps, and what another subject may
//! read of it is what its `mod.rs` declares.

use crate::sources::{Module, Source, modules};

/// The subjects, each with those that it may read. One that is read stands before its readers.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("boot", &[]),
    ("disks", &["boot"]),
    ("swap", &["boot", "disks"]),
    ("kernels", &["boot"]),
    ("next_start", &["boot", "kernels"]),
    ("ssh_keys", &[]),
    ("upgrade", &[]),
    ("media", &["upgrade"]),
    ("preflight", &[]),
    ("records", &[]),
];

/// The parts of a subject, the lowest first. What is of none of these names is judgement that rules and plans share, between `facts`
/// and `rules`.
fn part(module: &Module) -> Option<u8> {
    Some(match module.get(2).map(String::as_str)? {
        "facts" => 0,
        "rules" | "plan" => 2,
        "steps" => 3,
        _ => 1,
    })
}

fn in_subjects() -> Vec<(Module, Source)> {
    let is_of_one = |module: &Module| {
        module.first().is_some_and(|first| first == "subjects")
            && module.get(1).is_some_and(|second| SUBJECTS.iter().any(|(name, _)| name == second))
    };
    modules().into_iter().filter(|(module, _)| is_of_one(module)).collect()
}

#[test]
fn facts_are_below_judgement_which_is_below_rules_and_plans_which_are_below_steps() {
    let mut looked = 0;
    for (module, source) in in_subjects() {
        for (other, name) in source.imports.iter().filter(|(other, _)| other.len() > 2 && other[..2] == module[..2]) {
            let (Some(own), Some(its)) = (part(&module), part(other)) else { continue };
            let is_same_part = module.get(2) == other.get(2);
            assert!(
                is_same_part || its < own || (own, its) == (1, 1),
                "{} imports {}::{name}",
                source.path.display(),
                other.join("::")
            );
            looked += 1;
        }
    }
    assert!(looked > 100, "only {looked} imports were looked at");
}

#[test]
fn a_subject_reads_another_one_only_through_what_that_declares() {
    let mut looked = 0;
    for (module, source) in in_subjects() {
        for (other, name) in &source.imports {
            let is_another = other.first().is_some_and(|first| first == "subjects")
                && other.get(1).is_some_and(|second| *second != module[1] && SUBJECTS.iter().any(|(s, _)| s == second));
            if !is_another {
                continue;
            }
            let may = SUBJECTS
                .iter()
                .find(|(name, _)| *name == module[1])
                .is_some_and(|(_, reads)| reads.contains(&other[1].as_str()));
            assert!(may, "{}: {} does not declare that it reads {}", source.path.display(), module[1], other[1]);
            assert_eq!(
                other.len(),
                2,
                "{}: {}::{name} is not declared in its mod.rs",
                source.path.display(),
                other.join("::")
            );
            looked += 1;
        }
    }
    assert!(looked > 5, "only {looked} imports were looked at");
}

#[test]
fn rules_and_plans_are_pure() {
    let foreign = ["std::fs", "std::process", "std::net", "io::sys", "io::image", "Runner", "Root::"];
    for (module, source) in in_subjects().into_iter().filter(|(module, _)| part(module) == Some(2)) {
        for word in foreign {
            assert!(!source.code.contains(word), "{} ({}) names {word}", source.path.display(), module.join("::"));
        }
    }
}

#[test]
fn every_folder_of_subjects_is_a_subject_that_is_listed() {
    let folders = modules().into_keys().filter(|module| module.len() > 2 && module[0] == "subjects");
    // `rule` is what rules are made of.
    for module in folders.filter(|module| module[1] != "rule") {
        assert!(SUBJECTS.iter().any(|(name, _)| *name == module[1]), "{} is not listed", module[1]);
    }
}
