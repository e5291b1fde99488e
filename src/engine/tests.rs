use std::fs;

use super::*;
use crate::io::journal::Journal;
use crate::io::tool::Program;

/// A journal as okv-host 0.1.0 wrote it.
const OLD: &str = include_str!("tests/journal-0.1.0");

fn records(text: &str) -> Vec<crate::io::journal::Record<Entry>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    fs::write(&path, text).unwrap();
    Journal::read(&path).unwrap()
}

#[test]
fn a_journal_of_an_older_version_is_read_with_the_roles_that_its_steps_had() {
    let runs = runs(&records(OLD));
    let [grown] = runs.as_slice() else { panic!("{runs:?}") };
    assert_eq!((grown.command.as_str(), grown.began), ("swap-extend", 1_795_729_205));
    assert_eq!(grown.state, RunState::Ended(Ending::Kept { why: String::new(), stays: String::new() }));
    let roles: Vec<Role> = grown.steps.iter().map(|step| step.role).collect();
    assert_eq!(roles, [Role::Temporary, Role::MustBeRestored, Role::Permanent, Role::Restores, Role::Plain]);
    assert_eq!(grown.standing, [StandingStep { step: 2, done: true }]);
}

#[test]
fn an_ending_is_read_and_written_as_its_word() {
    for word in ["done", "rolled-back", "stuck", "kept", "interrupted", "undone", "not-reached"] {
        let json = format!("{{\"ended\":\"{word}\"}}");
        let entry: Entry = serde_json::from_str(&json).unwrap();
        assert!(matches!(&entry, Entry::Ended(ending) if ending.word() == word), "{entry:?}");
        assert_eq!(serde_json::to_string(&entry).unwrap(), json);
    }
    for word in ["planned", "refused", "nothing-to-do", "elsewhere"] {
        assert!(serde_json::from_str::<Entry>(&format!("{{\"ended\":\"{word}\"}}")).is_err(), "{word} ends no run");
    }
}

#[test]
fn the_exit_status_of_each_ending_is_that_of_the_table() {
    let text = String::new;
    for (ending, status) in [
        (Ending::Planned, 0),
        (Ending::NothingToDo, 0),
        (Ending::Done, 0),
        (Ending::Undone, 0),
        (Ending::Refused { why: None }, 1),
        (Ending::RolledBack { why: text() }, 3),
        (Ending::Stuck { why: None, undo_why: text() }, 4),
        (Ending::Kept { why: text(), stays: text() }, 4),
        (Ending::Interrupted { steps: 1 }, 4),
        (Ending::NotReached { why: text() }, 4),
    ] {
        assert_eq!(ending.exit_status().code(), status, "{ending:?}");
    }
}

#[test]
fn an_ending_that_is_not_one_of_a_run_is_not_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut journal = Journal::open(&path).unwrap();
    for ending in [Ending::Planned, Ending::NothingToDo, Ending::Refused { why: None }, Ending::Closed] {
        assert!(journal.append(Entry::Ended(ending.clone())).is_err(), "{ending:?}");
    }
    assert!(fs::read(&path).unwrap().is_empty());
    journal.append(Entry::Ended(Ending::Done)).unwrap();
    assert_eq!(Journal::<Entry>::read(&path).unwrap().len(), 1);
}

#[test]
fn every_step_is_written_with_its_role() {
    let step = Step::new("look", Action::Run(ProgramRun::looks(Program::Rpm, ["--version"])));
    let json = r#"{"purpose":"look","role":"plain","action":{"run":{"argv":["/usr/bin/rpm","--version"]}}}"#;
    assert_eq!(serde_json::to_string(&step).unwrap(), json);
    for role in [Role::Plain, Role::MustBeRestored, Role::Restores, Role::Permanent, Role::Temporary] {
        let step = step.clone().in_role(role);
        let json = serde_json::to_string(&step).unwrap();
        assert_eq!(serde_json::from_str::<Step>(&json).unwrap(), step, "{json}");
    }
}

fn began(command: &str) -> Entry {
    let steps = vec![Step::new(
        "x",
        Action::Run(ProgramRun::changes(Program::Rpm, ["/x"], Proof::File { path: "/x".into() }, Back::Needless)),
    )];
    Entry::Began { command: command.into(), target: String::new(), steps }
}

fn runs_of(entries: Vec<Entry>) -> Vec<RecordedRun> {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(&folder.path().join("journal")).unwrap();
    entries.into_iter().for_each(|entry| journal.append(entry).unwrap());
    runs(journal.records())
}

#[test]
fn a_run_that_is_taken_back_is_not_done_and_one_before_it_still_is() {
    let done = || [began("a"), Entry::StepBegan(0), Entry::StepDone(0), Entry::Ended(Ending::Done)];
    let cut_off = || [began("a"), Entry::StepBegan(0), Entry::StepDone(0)];
    let undone = || [Entry::UndoBegan, Entry::StepUndone(0), Entry::Ended(Ending::Undone)];
    let is_done = |entries: Vec<Entry>| runs_of(entries).iter().map(|run| run.done_at.is_some()).collect::<Vec<_>>();
    assert_eq!(is_done(done().into_iter().chain(undone()).collect()), [false]);
    assert_eq!(is_done(done().into_iter().chain(cut_off()).chain(undone()).collect()), [true, false]);
    let not_reached = [Entry::Ended(Ending::NotReached { why: String::new() })];
    let resumed = done().into_iter().chain(not_reached).chain(cut_off());
    assert_eq!(is_done(resumed.clone().collect()), [false, false], "it did not reach its target");
    assert_eq!(is_done(resumed.chain(undone()).collect()), [false, false], "it takes back what it went on from");
}

#[test]
fn a_run_whose_undo_ended_half_way_is_known_until_an_undo_ends_well() {
    let stuck = || Entry::Ended(Ending::Stuck { why: None, undo_why: String::new() });
    let mut entries = vec![began("a"), Entry::StepBegan(0), stuck()];
    let last = |entries: &[Entry]| runs_of(entries.to_vec()).pop().unwrap();
    assert!(!last(&entries).undo_failed, "the run itself went back");
    entries.extend([Entry::UndoBegan, stuck()]);
    assert!(last(&entries).undo_failed && last(&entries).is_unfinished());
    // Its last record of a step may be missing.
    entries.extend([Entry::UndoBegan, Entry::Ended(Ending::Undone)]);
    let run = last(&entries);
    assert_eq!((run.undo_failed, run.is_unfinished(), run.standing.as_slice()), (false, false, &[][..]));
}

#[test]
fn a_mount_is_ended_by_a_start_behind_the_beginning_of_its_run_alone() {
    let mount = |point: &str| {
        let back = Back::by(Program::Umount, [point]);
        let proof = Proof::Mounted { point: point.into() };
        Step::new("x", Action::Run(ProgramRun::changes(Program::Mount, [point], proof, back)))
    };
    let (mounts, other) = (mount("/boot"), began("a"));
    let Entry::Began { steps, .. } = other else { panic!() };
    let left = |step| Left { step, done: true, began: 100 };
    assert_eq!([99, 100, 101].map(|booted| left(&mounts).is_ended_by_start(booted)), [false, false, true]);
    assert!(!left(&steps[0]).is_ended_by_start(101));
}

#[test]
fn a_run_resumes_an_unfinished_one_of_its_command_only() {
    let after = |ending, command| {
        let entries = vec![began("a"), Entry::StepBegan(0), Entry::StepDone(0), Entry::Ended(ending), began(command)];
        let last = runs_of(entries).pop().unwrap();
        (last.resumes, last.earlier.len())
    };
    assert_eq!(after(Ending::Interrupted { steps: 1 }, "a"), (true, 1));
    assert_eq!(after(Ending::Interrupted { steps: 1 }, "b"), (false, 0));
    assert_eq!(after(Ending::Done, "a"), (false, 0));
}

#[test]
fn a_role_that_is_written_counts_whatever_the_way_back_implies() {
    let run = ProgramRun { back: Back::Stays { why: "x".into() }, ..ProgramRun::looks(Program::Rpm, ["--version"]) };
    let step = Step::new("look", Action::Run(run));
    let mut json = serde_json::to_value(&step).unwrap();
    assert_eq!(serde_json::from_value::<Step>(json.clone()).unwrap().role, Role::Plain);
    json.as_object_mut().unwrap().remove("role");
    assert_eq!(serde_json::from_value::<Step>(json).unwrap().role, Role::Permanent, "as 0.1.0 meant it");
}

#[test]
fn the_role_of_a_step_is_not_implied_by_its_proof() {
    let proof = Proof::SwapUnused { area: "/dev/vg_root/lv_temporary".into() };
    let run = ProgramRun::changes(Program::Swapoff, ["/x"], proof, Back::by(Program::Swapon, ["/x"]));
    let step = Step::new("the temporary volume gives its pages back", Action::Run(run));
    let read: Step = serde_json::from_str(&serde_json::to_string(&step).unwrap()).unwrap();
    assert_eq!((read.role, read.role.always_comes_back(), read.role.stays_done()), (Role::Plain, false, false));
}
