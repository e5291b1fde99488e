//! What was confirmed: when it counts, and when not.

use std::fs;

use crate::{Host, confirmation, facts_of, of, put, records, state, steps_of, with};
use assert_cmd::Command;
use okv_host::host::Probed;
use okv_host::procedure::{State, Step};
use okv_host::subjects::Facts;
use okv_host::subjects::records::Confirmation;

const HOST: &str = "procedure-staged";

/// The steps of the staged host with these confirmations.
fn confirmed(confirmations: impl IntoIterator<Item = Confirmation>) -> Vec<Step> {
    with(HOST, |facts| record(facts, confirmations))
}

fn record(facts: &mut Facts, confirmations: impl IntoIterator<Item = Confirmation>) {
    facts.subjects.as_mut().unwrap().records.confirmations = Probed::Known(records(confirmations).into());
}

#[test]
fn who_confirmed_when_and_the_note_are_reported() {
    let steps = confirmed([confirmation(HOST, "back-up", "tape 7")]);
    let step = of(&steps, "back-up");
    assert_eq!((step.state, step.evidence.as_str()), (State::Done, "confirmed by ann at 2026-11-24 12:01 UTC: tape 7"));
    assert_eq!((&step.command, step.how.as_str()), (&None, ""));
    assert_eq!(state(&steps, "stop-backup-jobs"), State::Confirm, "another step of the same rule");
}

#[test]
fn the_last_word_counts() {
    let one = || confirmation(HOST, "back-up", "tape 7");
    let back = || Confirmation { withdrawn: true, note: "wrong tape".into(), ..one() };
    let again = || Confirmation { note: "tape 8".into(), ..one() };
    let withdrawn = confirmed([one(), back()]);
    assert_eq!(state(&withdrawn, "back-up"), State::Confirm);
    assert!(of(&withdrawn, "back-up").evidence.contains("withdrawn by ann at 2026-11-24 12:02 UTC: wrong tape"));
    assert_eq!(of(&confirmed([one(), back(), again()]), "back-up").confirmed.as_ref().unwrap().note, "tape 8");
    assert_eq!(of(&confirmed([one(), again()]), "back-up").confirmed.as_ref().unwrap().note, "tape 8");
}

#[test]
fn what_was_confirmed_for_another_upgrade_or_on_another_host_does_not_count() {
    let one = || confirmation(HOST, "back-up", "tape 7");
    let earlier = confirmed([Confirmation { release: "21.7".into(), ..one() }]);
    assert_eq!(state(&earlier, "back-up"), State::Confirm);
    assert!(!of(&earlier, "back-up").evidence.contains("tape 7"));
    let same = confirmed([Confirmation { release: "21.8.0.0.0".into(), ..one() }]);
    assert_eq!(state(&same, "back-up"), State::Done, "another way to write the release");
    let elsewhere = confirmed([one(), Confirmation { host: "okv2".into(), ..one() }]);
    assert_eq!(state(&elsewhere, "back-up"), State::Done, "what was recorded elsewhere takes nothing back");
    let copied = confirmed([Confirmation { host: "okv2".into(), ..one() }]);
    assert_eq!(state(&copied, "back-up"), State::Confirm);
    assert!(of(&copied, "back-up").evidence.contains("recorded on okv2"));
}

#[test]
fn a_confirmation_does_not_override_a_rule_that_blocks_or_could_not_determine() {
    let steps = with("everything-wrong", |facts| {
        let ids = ["disk-limit", "boot-size", "swap-extend", "all-before", "run-upgrade"];
        record(facts, ids.map(|id| confirmation("everything-wrong", id, "it is all right")));
    });
    for id in ["disk-limit", "boot-size", "swap-extend", "all-before", "run-upgrade"] {
        assert_eq!((state(&steps, id), &of(&steps, id).confirmed), (State::Blocked, &None), "{id}");
    }
    let steps = with("unreadable-swaps", |facts| {
        record(facts, ["swap-extend", "all-before"].map(|id| confirmation("unreadable-swaps", id, "x")));
    });
    assert_eq!((state(&steps, "swap-extend"), state(&steps, "all-before")), (State::Unknown, State::Unknown));
}

#[test]
fn what_a_rule_only_warns_of_is_lifted_and_stays_in_sight() {
    let id = "session";
    assert_eq!(state(&with("procedure-wrong", |_| {}), id), State::Ready);
    let steps =
        with("procedure-wrong", |facts| record(facts, [confirmation("procedure-wrong", id, "at the console too")]));
    let step = of(&steps, id);
    assert_eq!(step.state, State::Done);
    assert!(step.evidence.contains("at the console too") && step.evidence.contains("a bare SSH session"), "{step:?}");
}

#[test]
fn a_damaged_record_makes_its_own_step_unknown_and_findings_still_count() {
    let host = Host::named(HOST);
    put(host.path(), &records([confirmation(HOST, "back-up", "tape 7"), confirmation(HOST, "hsm-before", "none")]));
    let file = host.path().join("var/lib/okv-host/confirmations");
    assert_eq!(state(&steps_of(&facts_of(host.path())), "back-up"), State::Done);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("tape 7", "tape 8", 1)).unwrap();
    let steps = steps_of(&facts_of(host.path()));
    assert_eq!((state(&steps, "back-up"), &of(&steps, "back-up").confirmed), (State::Unknown, &None));
    assert_eq!((state(&steps, "hsm-before"), state(&steps, "plan-downtime")), (State::Done, State::Confirm));
    assert!(of(&steps, "back-up").evidence.contains("confirmations"), "the file is named");
    assert_eq!((state(&steps, "boot-size"), state(&steps, "stage-iso")), (State::Done, State::Done));
}

#[test]
fn a_damaged_record_of_a_step_that_cannot_be_read_leaves_what_was_recorded_behind_it() {
    let host = Host::named(HOST);
    put(host.path(), &records([confirmation(HOST, "back-up", "tape 7"), confirmation(HOST, "hsm-before", "none")]));
    let file = host.path().join("var/lib/okv-host/confirmations");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("back-up", "b?ck-up", 1)).unwrap();
    let steps = steps_of(&facts_of(host.path()));
    let states = ["back-up", "hsm-before", "plan-downtime"].map(|id| state(&steps, id));
    assert_eq!(states, [State::Unknown, State::Done, State::Unknown]);
}

#[test]
fn a_line_that_a_crash_tore_is_no_confirmation() {
    let host = Host::named(HOST);
    put(host.path(), &records([confirmation(HOST, "back-up", "tape 7"), confirmation(HOST, "hsm-before", "none")]));
    let file = host.path().join("var/lib/okv-host/confirmations");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 3]).unwrap();
    let steps = steps_of(&facts_of(host.path()));
    assert_eq!((state(&steps, "back-up"), state(&steps, "hsm-before")), (State::Done, State::Confirm));
}

#[test]
fn a_note_that_another_program_wrote_drives_neither_terminal_nor_ticket() {
    let host = Host::named(HOST);
    let hostile = "\u{1b}[2J\n- [x] **run-upgrade** `rm` <script>alert(1)</script> \u{202e}";
    put(host.path(), &records([Confirmation { user: "\u{1b}[1m".into(), ..confirmation(HOST, "back-up", hostile) }]));
    let shown = |format: &str| {
        let mut command = Command::cargo_bin("okv-host").unwrap();
        let output = command.args(["runbook", "--format", format, "--root"]).arg(host.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for format in ["text", "markdown", "json"] {
        let text = shown(format);
        assert!(!text.contains(['\u{1b}']) && (format == "json" || !text.contains('\u{202e}')), "{format}");
    }
    let markdown = shown("markdown");
    assert!(!markdown.contains("<script>") && !markdown.contains("\n- [x] **run-upgrade**"), "{markdown}");
    assert_eq!(markdown.lines().filter(|line| line.starts_with("- [")).count(), okv_host::procedure::STEPS.len());
    assert!(shown("text").lines().all(|line| line.chars().count() <= 80));
}
