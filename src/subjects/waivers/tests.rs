use super::*;
use crate::subjects::rule::{Figures, Outcome, outcome};
use crate::subjects::table::RULES;

fn finding(id: &str, verdict: Verdict, subject: &str) -> Finding {
    let text = String::new;
    Finding {
        id: named(id).unwrap().id,
        verdict,
        subject: subject.into(),
        measured: text(),
        figures: Figures::default(),
        required: text(),
        message: text(),
        remedy: text(),
        commands: Vec::new(),
        source: text(),
        waived: None,
    }
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn waiver(id: &str, subject: Option<&str>) -> Waiver {
    Waiver {
        target: Target::of(id.into()),
        subject: subject.map(str::to_owned),
        reason: "known".into(),
        until: day("2026-12-31"),
    }
}

/// The outcome after one waiver on a day, its state, and whether each finding is waived.
fn after(waiver: &Waiver, today: &str, mut findings: Vec<Finding>) -> (Outcome, State, Vec<bool>) {
    let count = findings.len();
    let applied = apply(&mut findings, std::slice::from_ref(waiver), day(today));
    let waived = findings.iter().take(count).map(|f| f.waived.is_some()).collect();
    (outcome(&findings), applied[0].state, waived)
}

#[test]
fn a_waiver_holds_on_its_last_day_and_not_on_the_next() {
    let block = || vec![finding("swap-size", Verdict::Block, "node"), finding("boot-mode", Verdict::Pass, "node")];
    let swap = waiver("swap-size", None);
    assert_eq!(after(&swap, "2026-12-31", block()), (Outcome::Ready, State::Active, vec![true, false]));
    assert_eq!(after(&swap, "2027-01-01", block()), (Outcome::Blocked, State::Expired, vec![false, false]));
}

#[test]
fn what_could_cost_data_is_never_waived() {
    let never: Vec<&str> = RULES.iter().filter(|rule| rule.waivable != Waivable::Yes).map(|r| r.id.as_str()).collect();
    for id in &never {
        let found = after(&waiver(id, None), "2026-01-01", vec![finding(id, Verdict::Block, "node")]);
        assert_eq!(found, (Outcome::Blocked, State::NotAllowed, vec![false]), "{id}");
    }
    let known = ["disk-bios-limit", "boot-size", "swap-references", "vg-health", "table-health", "iso-present"];
    assert_eq!(never, [&known[..], &["images-mount", "release", "backup-jobs"]].concat());
}

#[test]
fn only_the_subject_that_is_named_is_waived_and_a_pass_never() {
    let found =
        || vec![finding("syslog-remote", Verdict::Unknown, "a"), finding("syslog-remote", Verdict::Unknown, "b")];
    let one = after(&waiver("syslog-remote", Some("a")), "2026-01-01", found());
    assert_eq!(one, (Outcome::Unknown, State::Active, vec![true, false]));
    assert_eq!(after(&waiver("syslog-remote", None), "2026-01-01", found()).0, Outcome::Ready);
    for verdict in [Verdict::Pass, Verdict::Note, Verdict::Confirm, Verdict::NotApplicable] {
        let found = after(&waiver("syslog-remote", None), "2026-01-01", vec![finding("syslog-remote", verdict, "a")]);
        assert_eq!(found, (Outcome::Ready, State::Unused, vec![false]));
    }
    assert_eq!(after(&waiver("no-such-rule", None), "2026-01-01", found()).1, State::NoSuchRule);
}

#[test]
fn a_waiver_that_waives_nothing_is_a_finding() {
    for (waiver, today, verdict) in [
        (waiver("swap-size", None), "2027-01-01", Verdict::Warn),
        (waiver("vg-health", None), "2026-01-01", Verdict::Warn),
        (waiver("typo", None), "2026-01-01", Verdict::Warn),
        (waiver("swap-size", None), "2026-01-01", Verdict::Note),
    ] {
        let mut findings = vec![finding("swap-size", Verdict::Pass, "node")];
        apply(&mut findings, &[waiver], day(today));
        assert_eq!((findings[1].id, findings[1].verdict), (ID, verdict));
    }
}

#[test]
fn a_file_without_reason_or_day_or_with_more_than_it_should_have_is_refused() {
    let file = |waiver: &str| parse(&format!("{{\"schema\": \"{SCHEMA}\", \"waivers\": [{waiver}]}}"));
    let good = r#"{"id": "swap-size", "subject": "node", "reason": "r", "until": "2026-12-31"}"#;
    assert_eq!(file(good).unwrap()[0].until, day("2026-12-31"));
    assert_eq!(file("").unwrap(), []);
    for (from, to) in [
        ("\"r\"", "\" \""),
        ("2026-12-31", "2026-02-30"),
        ("2026-12-31", "forever"),
        ("\"subject\"", "\"subjects\""),
        ("\"r\"", "7"),
    ] {
        assert!(file(&good.replace(from, to)).is_err(), "{to}");
    }
    assert!(file(&good.replace("\"r\"", &format!("\"{}\"", "r".repeat(LONGEST + 1)))).is_err());
    assert!(file(&vec![good; MOST + 1].join(",")).is_err());
    for bad in ["", "[]", "{}", r#"{"schema": "other", "waivers": []}"#] {
        assert!(parse(bad).is_err(), "{bad}");
    }
}
