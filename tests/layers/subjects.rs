//! A subject is one folder: what it gathers is below what judges it, rules and plans are below its steps, and what
//! another subject may read of it is what its `mod.rs` declares.

use std::collections::BTreeMap;

use crate::sources::{Module, Source, exports, modules};

/// The subjects, each with those that it may read. One that is read stands before its readers.
pub(crate) const SUBJECTS: &[(&str, &[&str])] = &[
    ("boot", &[]),
    ("disks", &["boot"]),
    ("next_start", &["boot"]),
    ("swap", &["boot", "disks", "next_start"]),
    ("kernels", &["boot", "next_start"]),
    ("ssh_keys", &[]),
    ("upgrade", &[]),
    ("media", &["upgrade"]),
    ("preflight", &["upgrade"]),
    ("console", &[]),
    ("certificates", &["console"]),
    ("records", &["disks"]),
];

/// The parts of a subject, the lowest first. What is of none of these names is judgement that rules and plans share,
/// between `facts` and `rules`.
pub(crate) fn part(module: &Module) -> Option<u8> {
    Some(match module.get(2).map(String::as_str)? {
        "facts" => 0,
        "rules" | "plan" => 2,
        "steps" => 3,
        _ => 1,
    })
}

pub(crate) fn in_subjects() -> Vec<(Module, Source)> {
    let is_of_one = |module: &Module| {
        module.first().is_some_and(|first| first == "subjects")
            && module.get(1).is_some_and(|second| SUBJECTS.iter().any(|(name, _)| name == second))
    };
    modules().into_iter().filter(|(module, _)| is_of_one(module)).collect()
}

/// What a file imports of its own subject, with names that the subject's `mod.rs` exports as of where they come from.
fn imports_of_own(module: &Module, source: &Source, exported: &Exported) -> Vec<Module> {
    let own = source.imports.iter().filter(|(other, _)| other.starts_with(&module[..2]));
    own.filter_map(|(other, name)| match other.len() {
        2 => exported.get(&module[1])?.get(name).cloned(),
        _ => Some(other.clone()),
    })
    .collect()
}

/// By subject, what its `mod.rs` exports.
type Exported = BTreeMap<String, BTreeMap<String, Module>>;

fn exported(modules: &BTreeMap<Module, Source>) -> Exported {
    let names = modules.keys().cloned().collect();
    let folders = modules.iter().filter(|(module, _)| module.len() == 2 && module[0] == "subjects");
    folders.map(|(module, source)| (module[1].clone(), exports(module, &source.code, &names))).collect()
}

#[test]
fn facts_are_below_judgement_which_is_below_rules_and_plans_which_are_below_steps() {
    let exported = exported(&modules());
    assert!(exported.values().map(BTreeMap::len).sum::<usize>() > 50, "hardly any export was found");
    let mut looked = 0;
    for (module, source) in in_subjects() {
        for other in imports_of_own(&module, &source, &exported) {
            let (Some(own), Some(its)) = (part(&module), part(&other)) else { continue };
            let is_same_part = module.get(2) == other.get(2);
            assert!(
                is_same_part || its < own || (own, its) == (1, 1),
                "{} imports {}",
                source.path.display(),
                other.join("::")
            );
            looked += 1;
        }
    }
    assert!(looked > 100, "only {looked} imports were looked at");
}

#[test]
fn the_first_file_of_a_subject_only_declares_and_exports() {
    for (module, source) in in_subjects().into_iter().filter(|(module, _)| module.len() == 2) {
        let mut code = source.code.as_str();
        while let Some((item, rest)) = code.split_once(';') {
            let words: Vec<&str> = item.split_whitespace().filter(|word| !word.starts_with("pub")).collect();
            assert!(matches!(words[0], "mod" | "use"), "{} has {item}", module.join("::"));
            code = rest;
        }
        assert_eq!(code.trim(), "", "{}", module.join("::"));
    }
}

#[test]
fn only_facts_and_steps_read_a_host() {
    for (module, source) in in_subjects() {
        let reads = source.imports.iter().any(|(other, name)| other.join("::") == "host" && name == "Root");
        let may = matches!(part(&module), Some(0 | 3));
        assert!(!reads || may, "{} reads a host outside of facts and steps", source.path.display());
    }
}

#[test]
fn what_rules_are_made_of_knows_no_subject() {
    for (module, source) in modules() {
        if !matches!(module.get(1).map(String::as_str), Some("rule" | "waivers")) || module[0] != "subjects" {
            continue;
        }
        for (other, name) in source.imports.iter().filter(|(other, _)| other.len() > 1 && other[0] == "subjects") {
            let is_subject = SUBJECTS.iter().any(|(subject, _)| *subject == other[1]);
            assert!(!is_subject, "{} imports {}::{name}", source.path.display(), other.join("::"));
        }
    }
}

#[test]
fn a_subject_stands_behind_those_that_it_reads() {
    for (at, (name, reads)) in SUBJECTS.iter().enumerate() {
        let before = |other: &&str| SUBJECTS[..at].iter().any(|(name, _)| *name == *other);
        assert!(reads.iter().all(before), "{name} stands before one of {reads:?}");
    }
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
fn every_folder_of_subjects_is_a_subject_that_is_listed() {
    let folders = modules().into_keys().filter(|module| module.len() > 2 && module[0] == "subjects");
    // `rule` is what rules are made of.
    for module in folders.filter(|module| module[1] != "rule") {
        assert!(SUBJECTS.iter().any(|(name, _)| *name == module[1]), "{} is not listed", module[1]);
    }
}
