//! What is pure names nothing that reads or changes a host.

use crate::sources::{Module, modules};
use crate::subjects::part;

/// Folders, and files of mixed ones, that are pure beside the judgement of the subjects.
const PURE: &[&str] = &[
    "cluster",
    "compare",
    "disk::format",
    "engine",
    "procedure",
    "profile",
    "subjects::facts",
    "subjects::rule",
    "subjects::table",
    "subjects::waivers",
];

/// What is not, within them.
const NOT_PURE: &[&str] = &["engine::apply"];

const FOREIGN: &[&str] = &[
    "std::env",
    "std::fs",
    "std::net",
    "process::Command",
    "process::exit",
    "std::thread",
    "SystemTime",
    "Instant::",
    "OpenOptions",
    "Runner",
    "Root::",
    "&Root",
    "io::image",
    "io::sys",
    "Journal",
    "tool::Host",
];

fn is_in(module: &Module, folders: &[&str]) -> bool {
    let path = module.join("::");
    folders.iter().any(|folder| path == *folder || path.starts_with(&format!("{folder}::")))
}

/// The judgement of a subject, with its rules and plans.
fn is_judgement(module: &Module) -> bool {
    let is_of_subject = module.len() > 2 && module[0] == "subjects" && !is_in(module, PURE);
    is_of_subject && matches!(part(module), Some(1 | 2))
}

#[test]
fn judgement_rules_plans_and_data_are_pure() {
    let (mut looked, mut wrong) = (0, Vec::new());
    for (module, source) in modules() {
        if !is_judgement(&module) && (!is_in(&module, PURE) || is_in(&module, NOT_PURE)) {
            continue;
        }
        let named = FOREIGN.iter().filter(|word| source.code.contains(**word));
        wrong.extend(named.map(|word| format!("{} names {word}", source.path.display())));
        looked += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(looked > 150, "only {looked} files were looked at");
}

#[test]
fn each_folder_that_is_pure_is_there() {
    for folder in PURE.iter().chain(NOT_PURE) {
        assert!(modules().keys().any(|module| module.join("::") == *folder), "{folder} is no module");
    }
}
