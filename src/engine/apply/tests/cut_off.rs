//! A run that a crash cut off, and a journal that cannot be written.

use super::*;

#[test]
fn a_run_cut_off_before_its_last_look_is_finished_with_that_look() {
    // Began, and begun and done of the test and both renames; the last test is begun.
    for (answer, names, ending) in [
        (Scripted::prints(TEST, ""), NEW, Ending::Done),
        (Scripted::fails(TEST, 255, "no hostkeys available"), OLD, Ending::RolledBack { why: String::new() }),
    ] {
        let bench = bench();
        bench.run(&twice(), &Interrupts::default());
        cut(&bench, 8);
        let last = bench.last();
        assert!(last.state == RunState::CutOff && last.is_unfinished(), "{last:?}");
        let script = Script::new([answer]);
        let host = bench.host(&script);
        let mut journal = host.journal().unwrap();
        finish(&last, &host, &mut journal, &Interrupts::default(), &mut |_| {});
        assert_eq!(bench.names(), names);
        assert_eq!(bench.last().state, RunState::Ended(ending));
    }
}

#[test]
fn a_change_that_was_begun_and_not_recorded_is_proved_before_the_run_is_done() {
    // Until the second rename is begun.
    for is_done in [true, false] {
        let bench = bench();
        bench.run(&twice(), &Interrupts::default());
        cut(&bench, 6);
        let script = Script::new(is_done.then(|| Scripted::prints(TEST, "")));
        if !is_done {
            let at = |name| bench.base.path().join("etc/ssh").join(name);
            fs::rename(at("key.pub.retire"), at("key.pub")).unwrap();
        }
        let names = bench.names();
        let host = bench.host(&script);
        let mut journal = host.journal().unwrap();
        let ending = finish(&bench.last(), &host, &mut journal, &Interrupts::default(), &mut |_| {});
        assert_eq!(matches!(ending, Ending::Done), is_done, "{ending:?}");
        assert!(is_done || matches!(&ending, Ending::NotReached { why } if why.contains("key.pub")), "{ending:?}");
        assert_eq!((bench.names(), bench.last().is_unfinished()), (names, !is_done));
    }
}

/// The start of a node gives disks other names: steps of the run before must not be done to them.
#[test]
fn what_was_to_be_done_for_the_run_alone_and_was_not_begun_is_not_done_to_finish_it() {
    let bench = bench();
    bench.run(&twice(), &Interrupts::default());
    let mut last = bench.last();
    let device = "/dev/of-another-disk".to_owned();
    let temporary = Step::new("x", Action::ClearHalfMade { device }).in_role(Role::Temporary);
    last.steps.insert(3, temporary);
    last.standing.retain(|standing| standing.step < 3);
    last.state = RunState::CutOff;
    let script = Script::new([Scripted::prints(TEST, "")]);
    let host = bench.host(&script);
    let mut journal = host.journal().unwrap();
    let ending = finish(&last, &host, &mut journal, &Interrupts::default(), &mut |_| {});
    assert_eq!(ending, Ending::Done);
}

#[test]
fn a_run_that_was_cut_off_before_it_began_to_change_anything_left_nothing() {
    for (kept, is_unfinished) in [(1, false), (2, false), (3, false), (4, true)] {
        let bench = bench();
        bench.run(&twice(), &Interrupts::default());
        cut(&bench, kept);
        assert_eq!(bench.last().is_unfinished(), is_unfinished, "{kept} records");
    }
}

#[test]
fn a_journal_that_cannot_be_written_in_the_middle_of_a_run_takes_everything_back() {
    let bench = bench();
    /// Puts an end to the journal's file: it becomes too long to be written on.
    struct Full<'j>(&'j std::path::Path);
    impl Runner for Full<'_> {
        fn run(&self, _: &Cmd) -> Result<Output, ToolError> {
            let journal = fs::OpenOptions::new().write(true).open(self.0).unwrap();
            // The largest offset that a file can have.
            journal.set_len(i64::MAX as u64).or_else(|_| journal.set_len((16 << 40) - 4096)).unwrap();
            Ok(Output { status: Some(0), ..Output::default() })
        }
    }
    let path = journal_path(bench.base.path());
    let runner = Full(&path);
    let host = bench.host(&runner);
    let mut journal = host.journal().unwrap();
    let outcome = carry_out(&bench.plan, &host, &mut journal, &Interrupts::default(), &mut |_| {}).unwrap();
    assert!(matches!(&outcome, Ending::RolledBack { why } if why.contains("journal")), "{outcome:?}");
    assert_eq!(bench.names(), OLD);
}

#[test]
fn a_journal_that_is_a_fifo_or_a_link_is_refused_at_once() {
    let bench = bench();
    let path = journal_path(bench.base.path());
    let host = bench.host(&Yes);
    host.state_folder().unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert!(host.journal().is_err());
    assert!(Journal::<Entry>::read(&path).is_err());
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("elsewhere", &path).unwrap();
    assert!(host.journal().is_err());
}
