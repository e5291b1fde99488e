//! A subject reads what another one gathered only through what that exports, also where both lie beside each other in
//! `subjects::Subjects` and no import shows it.

use std::collections::BTreeSet;

use crate::sources::modules;
use crate::subjects::{SUBJECTS, in_subjects};

/// The fields of `Subjects` that are not named as their subject is.
const OTHER_NAMES: &[(&str, &str)] = &[("ssh", "ssh_keys")];

/// What `Facts` gives of a subject, which that exports: a subject that reads it declares so.
const EXPORTED: &[(&str, &str)] =
    &[("release", "upgrade"), ("loader", "boot"), ("os_change", "upgrade"), ("server_info", "console")];

fn subject(field: &str) -> &str {
    OTHER_NAMES.iter().find(|(name, _)| *name == field).map_or(field, |(_, subject)| subject)
}

/// The names behind `.` where what is before it ends in one of `receivers`.
fn read_of<'c>(code: &'c str, receivers: &[&str]) -> BTreeSet<&'c str> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices('.') {
        let before = code[..at].trim_end().trim_end_matches("?").trim_end_matches("()").trim_end_matches("as_ref");
        let before = before.trim_end_matches(['?', '.']);
        let receiver = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        if receivers.contains(&receiver) {
            let behind = code[at + 1..].trim_start();
            let end = behind.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(behind.len());
            found.insert(&behind[..end]);
        }
    }
    found
}

#[test]
fn a_read_is_found_behind_each_name_of_what_the_subjects_gathered() {
    for code in ["subjects.upgrade.log", "inputs.subjects()?.upgrade", "facts.subjects.as_ref()?.upgrade.x"] {
        assert!(read_of(code, &["subjects"]).contains("upgrade"), "{code}");
    }
    assert!(!read_of("run.upgrade.log", &["subjects"]).contains("upgrade"));
}

#[test]
fn a_subject_reads_no_field_of_another_one() {
    let all = modules();
    let (_, gathered) = all.iter().find(|(module, _)| module.join("::") == "subjects::facts").unwrap();
    let (_, fields) = gathered.code.split_once("pub struct Subjects {").unwrap();
    let fields = fields.split('}').next().unwrap().lines().filter_map(|line| line.trim().strip_prefix("pub "));
    let fields: Vec<&str> = fields.map(|line| line.split(':').next().unwrap()).collect();
    assert!(fields.len() > 5 && fields.iter().all(|field| SUBJECTS.iter().any(|(name, _)| *name == subject(field))));
    let mut looked = 0;
    for (module, source) in in_subjects() {
        let place = source.path.display();
        assert!(!source.code.contains("Subjects {"), "{place} takes apart what the subjects gathered");
        for name in read_of(&source.code, &["subjects"]).into_iter().filter(|name| fields.contains(name)) {
            assert_eq!(subject(name), module[1], "{place} reads a field of another subject");
            looked += 1;
        }
        for (_, other) in EXPORTED.iter().filter(|(name, _)| read_of(&source.code, &["facts"]).contains(name)) {
            let (_, reads) = SUBJECTS.iter().find(|(name, _)| *name == module[1]).unwrap();
            let may = *other == module[1] || reads.contains(other);
            assert!(may, "{place}: {} does not declare that it reads {other}", module[1]);
        }
    }
    assert!(looked > 10, "only {looked} reads were looked at");
}
