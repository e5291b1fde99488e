use serde_json::json;

use super::*;
use crate::cluster::saved;

fn finding(id: &str, subject: &str, verdict: Verdict, measured: &str) -> SavedFinding {
    let verdict = verdict.word();
    let row = json!({"id": id, "verdict": verdict, "subject": subject, "measured": measured, "message": "words"});
    serde_json::from_value(row).unwrap()
}

fn report(findings: Vec<SavedFinding>) -> Saved {
    let whole = json!({"schema": saved::SCHEMA, "profile": "21.8", "host": "okv1", "verdict": "ready", "findings": []});
    Saved { findings, ..serde_json::from_value(whole).unwrap() }
}

fn of(before: Vec<SavedFinding>, after: Vec<SavedFinding>) -> Comparison {
    compare(&report(before), &report(after)).unwrap()
}

/// How many are worse, improved, changed, new, gone and the same.
fn counts(found: &Comparison) -> [usize; 6] {
    let lists = [&found.worse, &found.improved, &found.changed, &found.new, &found.gone].map(Vec::len);
    let [worse, improved, changed, new, gone] = lists;
    [worse, improved, changed, new, gone, found.same]
}

const BY_SEVERITY: [&[Verdict]; 5] = [
    &[Verdict::Pass, Verdict::Note, Verdict::NotApplicable],
    &[Verdict::Confirm],
    &[Verdict::Warn],
    &[Verdict::Unknown],
    &[Verdict::Block],
];

#[test]
fn every_two_verdicts_are_compared_by_the_order_of_severity() {
    for (old, olds) in BY_SEVERITY.iter().enumerate() {
        for (new, news) in BY_SEVERITY.iter().enumerate() {
            for (before, after) in olds.iter().flat_map(|old| news.iter().map(move |new| (*old, *new))) {
                let found = of(vec![finding("a", "node", before, "1")], vec![finding("a", "node", after, "1")]);
                let expected = match new.cmp(&old) {
                    std::cmp::Ordering::Greater => [1, 0, 0, 0, 0, 0],
                    std::cmp::Ordering::Less => [0, 1, 0, 0, 0, 0],
                    std::cmp::Ordering::Equal => [0, 0, 0, 0, 0, 1],
                };
                assert_eq!(counts(&found), expected, "{before:?} {after:?}");
            }
        }
    }
}

#[test]
fn a_figure_that_differs_under_the_same_verdict_is_a_change_and_no_fault() {
    let found = of(vec![finding("a", "x", Verdict::Warn, "1")], vec![finding("a", "x", Verdict::Warn, "2")]);
    assert_eq!((counts(&found), found.outcome), ([0, 0, 1, 0, 0, 0], Change::Same));
}

#[test]
fn a_new_finding_is_worse_unless_it_needs_nothing_and_one_that_is_gone_is_no_improvement() {
    for (verdict, expected) in [(Verdict::Note, [0, 0, 0, 1, 1, 0]), (Verdict::Confirm, [1, 0, 0, 0, 1, 0])] {
        let found = of(vec![finding("a", "old", Verdict::Block, "")], vec![finding("a", "new", verdict, "")]);
        assert_eq!(counts(&found), expected);
    }
    assert_eq!(of(vec![finding("a", "x", Verdict::Block, "")], vec![]).outcome, Change::Same);
}

#[test]
fn a_waiver_that_ends_is_worse_and_one_that_begins_hides_no_fault() {
    let waived = |verdict| SavedFinding { waived: Some("why".into()), ..finding("a", "x", verdict, "") };
    let plain = |verdict| finding("a", "x", verdict, "");
    for (before, after, outcome) in [
        (waived(Verdict::Block), plain(Verdict::Block), Change::Worse),
        (plain(Verdict::Block), waived(Verdict::Block), Change::Improved),
        (plain(Verdict::Pass), waived(Verdict::Warn), Change::Worse),
        (waived(Verdict::Block), waived(Verdict::Block), Change::Same),
    ] {
        assert_eq!(of(vec![before], vec![after]).outcome, outcome);
    }
}

#[test]
fn of_several_findings_on_one_subject_the_worst_are_compared() {
    let of_verdicts = |all: &[Verdict]| all.iter().map(|verdict| finding("a", "x", *verdict, "")).collect::<Vec<_>>();
    let [pass, warn, block] = [Verdict::Pass, Verdict::Warn, Verdict::Block];
    for (before, after, expected) in [
        (&[pass, block][..], &[block, pass][..], [0, 0, 0, 0, 0, 2]),
        (&[pass, block], &[block], [0, 0, 0, 0, 1, 1]),
        (&[block], &[pass, block], [0, 0, 0, 1, 0, 1]),
        (&[block], &[warn, block], [1, 0, 0, 0, 0, 1]),
        (&[pass, pass], &[block, pass], [1, 0, 0, 0, 0, 1]),
    ] {
        assert_eq!(counts(&of(of_verdicts(before), of_verdicts(after))), expected, "{before:?} {after:?}");
    }
}

#[test]
fn what_got_worse_is_listed_by_severity_and_the_rest_in_the_order_of_the_report() {
    let passes = || ["a", "b", "c"].map(|id| finding(id, "x", Verdict::Pass, ""));
    let after = [Verdict::Warn, Verdict::Block, Verdict::Unknown];
    let after: Vec<_> = passes().into_iter().zip(after).map(|(f, verdict)| SavedFinding { verdict, ..f }).collect();
    let ids = |pairs: &[Pair]| pairs.iter().map(|pair| pair.id.clone()).collect::<String>();
    assert_eq!(ids(&of(passes().into(), after.clone()).worse), "bca");
    assert_eq!(ids(&of(after, passes().into()).improved), "abc");
    assert_eq!(ids(&of(passes().into(), vec![]).gone), "abc");
}

#[test]
fn reports_of_different_hosts_are_not_compared() {
    let (before, mut after) = (report(vec![]), report(vec![]));
    after.host = "okv2".into();
    let hosts = NotComparable::Hosts { before: "okv1".into(), after: "okv2".into() };
    assert_eq!(compare(&before, &after), Err(hosts));
}

/// A report that was made so.
fn made(at: &str, machine: &str, installation: &str, version: &str) -> Saved {
    let made = json!({"at": at, "machine": machine, "installation": installation, "version": version});
    Saved { made: serde_json::from_value(made).unwrap(), ..report(vec![finding("a", "x", Verdict::Pass, "1")]) }
}

#[test]
fn the_time_between_is_negative_where_the_second_report_is_older_and_that_is_a_doubt() {
    let [one, two] = ["2026-11-24T01:00:00Z", "2026-11-24T03:00:05Z"].map(|at| made(at, "m", "i", "0.2.0"));
    let found = compare(&one, &two).unwrap();
    assert_eq!((found.seconds_between, found.doubts.len()), (Some(7205), 0));
    let turned = compare(&two, &one).unwrap();
    assert_eq!(turned.seconds_between, Some(-7205));
    assert!(turned.doubts[0].contains("older"), "{:?}", turned.doubts);
    assert_eq!(compare(&one, &report(vec![])).unwrap().seconds_between, None);
}

#[test]
fn another_machine_or_installation_is_a_doubt_and_both_are_refused() {
    let of = |machine, installation| made("2026-11-24T01:00:00Z", machine, installation, "0.2.0");
    let doubts = |after: &Saved| compare(&of("m", "i"), after).unwrap().doubts;
    assert!(doubts(&of("n", "i"))[0].contains("different machines"));
    assert!(doubts(&of("m", "j"))[0].contains("installed anew"));
    let refused = compare(&of("m", "i"), &of("n", "j")).unwrap_err();
    assert_eq!(refused, NotComparable::Machines { host: "okv1".into() });
    assert_eq!(doubts(&report(vec![])), [""; 0], "what is not known is no other one");
    assert!(doubts(&made("2026-11-24T01:00:00Z", "m", "i", "0.1.0"))[0].contains("0.2.0, then 0.1.0"));
}
