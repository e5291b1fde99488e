//! Each kind of step from both sides, and where a host does not let us see.

mod after;
mod before;
mod upgrade;

use crate::{Host, NOON, facts_of, of, state, steps_of, with, write};
use okv_host::engine::{Ending, Entry};
use okv_host::host::Probed;
use okv_host::host::space::Space;
use okv_host::io::journal::Journal;
use okv_host::procedure::{NotConfirmable, SECTIONS, STEPS, State, Step, may_confirm};
use okv_host::subjects::Facts;
use okv_host::subjects::certificates::facts::certificate;
use okv_host::subjects::media::{Isos, Jars};
use okv_host::subjects::preflight::{Interface, Seen, Session};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const HOST: &str = "procedure-staged";

fn subjects(facts: &mut Facts) -> &mut okv_host::subjects::Subjects {
    facts.subjects.as_mut().unwrap()
}

/// The states of a step of the staged host, after each of some changes.
fn states(id: &str, changes: &[&dyn Fn(&mut Facts)]) -> Vec<State> {
    changes.iter().map(|change| state(&with(HOST, |facts| change(facts)), id)).collect()
}

fn upgraded(facts: &mut Facts) {
    subjects(facts).upgrade.release.said = vec![("/etc/issue".into(), "21.8.0.0.0".into())];
}

/// The steps of a host that was upgraded.
fn after(name: &str, change: impl FnOnce(&mut Facts)) -> Vec<Step> {
    with(name, |facts| {
        upgraded(facts);
        change(facts);
    })
}

fn seen(paths: &[&str], processes: &[&str], not_looked_at: &[&str]) -> Seen {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Seen { asked: 1, paths: texts(paths), processes: texts(processes), not_looked_at: texts(not_looked_at) }
}
#[test]
fn the_table_has_each_word_once_and_its_sections_in_order() {
    let mut ids: Vec<&str> = STEPS.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), STEPS.len());
    let places: Vec<(&str, u8)> = STEPS.iter().map(|row| (row.section, row.items.0)).collect();
    assert!(places.is_sorted(), "{places:?}");
    for row in STEPS {
        assert!(SECTIONS.iter().any(|(section, _)| *section == row.section), "{}", row.id);
        assert!(row.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", row.id);
    }
}

#[test]
fn a_waived_finding_makes_a_step_not_needed_and_is_reported() {
    use okv_host::base::dates::Date;
    use okv_host::subjects::table::judge;
    use okv_host::subjects::waivers;
    let profile = crate::profile();
    let facts = facts_of(Host::named("swap-64gib-less-two-pages").path());
    let text = r#"{"schema": "okv-host.waivers.v1", "waivers": [
        {"id": "swap-size", "reason": "the disk is on its way", "until": "2099-12-31"}]}"#;
    let mut findings = judge(&facts, &profile);
    let steps = okv_host::procedure::steps(&facts, &findings, &profile);
    assert_eq!((state(&steps, "swap-extend"), state(&steps, "all-before")), (State::Ready, State::Blocked));
    waivers::apply(&mut findings, &waivers::parse(text).unwrap(), Date::of_second(NOON));
    let steps = okv_host::procedure::steps(&facts, &findings, &profile);
    let step = of(&steps, "swap-extend");
    assert_eq!(step.state, State::NotNeeded);
    assert!(step.evidence.contains("waived until 2099-12-31: the disk is on its way"), "{step:?}");
    assert!(!of(&steps, "all-before").evidence.contains("swap-size"));
}

#[test]
fn what_may_be_confirmed_and_what_to_do_instead() {
    let steps = with("everything-wrong", |_| {});
    let refused = |id: &str| match may_confirm(of(&steps, id)) {
        Ok(()) => String::new(),
        Err(NotConfirmable(why)) => why,
    };
    for id in ["back-up", "plan-downtime", "hsm-before", "certificate"] {
        assert_eq!(refused(id), "", "{id}");
    }
    assert!(refused("disable-node").contains("comes after all-before"));
    assert!(refused("disk-limit").contains("a confirmation does not change that"));
    assert!(refused("add-disk").contains("okv-host swap-extend --prepare"));
    assert!(refused("swap-extend").contains("okv-host swap-extend does and proves it"));
    assert!(refused("stage-iso").contains("okv-host stage ISO --sha256 HEX does and proves it"));
    assert!(refused("enable-node").contains("comes after the upgrade"));
    assert!(refused("free-space").contains("is not-needed"));
}
