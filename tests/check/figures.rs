//! Figures and commands of findings: what a script reads in place of the prose.

use std::collections::BTreeSet;

use okv_host::subjects::rule::{Finding, Verdict};

use crate::{Host, judged};

/// Rules that compare with a limit, or that count.
const WITH_FIGURES: &[&str] = &[
    "boot-free",
    "boot-size",
    "disk-bios-limit",
    "disk-minimum",
    "iso-present",
    "iso-space",
    "kernel-old",
    "ssl-jars",
    "swap-size",
    "upgrade-log",
    "vg-free",
    "vg-health",
];

fn of_all_hosts() -> Vec<Finding> {
    crate::overlay::names().iter().flat_map(|name| judged(Host::named(name).path())).collect()
}

#[test]
fn each_rule_that_compares_or_counts_has_figures() {
    let findings = of_all_hosts();
    let with: BTreeSet<&str> =
        findings.iter().filter(|f| f.figures != Default::default()).map(|f| f.id.as_str()).collect();
    for rule in WITH_FIGURES {
        assert!(with.contains(rule), "{rule}");
    }
}

/// A number that is missing, or over, is there where the rule finds fault with it, and only there.
#[test]
fn what_is_missing_or_over_agrees_with_the_verdict() {
    let by_bytes = ["boot-size", "disk-minimum", "swap-size", "disk-bios-limit"];
    let mut seen = 0;
    for finding in of_all_hosts().iter().filter(|f| by_bytes.iter().any(|rule| f.id == *rule)) {
        let figures = &finding.figures;
        let lacks = figures.missing_bytes.or(figures.over_bytes).or(figures.missing_mib);
        match finding.verdict {
            Verdict::Pass | Verdict::Note => assert_eq!(lacks, None, "{finding:?}"),
            Verdict::Block | Verdict::Warn => assert!(lacks.is_some(), "{finding:?}"),
            _ => continue,
        }
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn the_commands_of_a_finding_are_in_its_remedy_in_their_order() {
    let mut seen = BTreeSet::new();
    for finding in of_all_hosts() {
        let mut rest = finding.remedy.as_str();
        for command in &finding.commands {
            let words: Vec<&str> = command.iter().map(|word| if word.is_empty() { "''" } else { word }).collect();
            let line = words.join(" ");
            let at = rest.find(&line).unwrap_or_else(|| panic!("{line:?} is not in {:?}", finding.remedy));
            rest = &rest[at + line.len()..];
            seen.insert(line);
        }
        let is_command = finding.remedy.starts_with("okv-host ") || finding.remedy.contains("un: ");
        assert!(!is_command || !finding.commands.is_empty(), "{:?}", finding.remedy);
    }
    assert!(seen.len() > 7, "{seen:?}");
}
