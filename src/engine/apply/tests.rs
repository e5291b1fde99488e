use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::*;
use crate::base::digest::sum;
use crate::engine::{Action, FileIdentity, ProgramRun, Proof, Role, RunState, Step};
use crate::io::sys;
use crate::io::tool::{Cmd, Output, Program, Runner, Script, Scripted, ToolError};

mod caches;
mod copies;
mod cut_off;
mod grubby;
mod half_made;
mod mounts;
mod state;
mod swap;
mod swap_header;
mod undo;
mod upgrades;

/// A host of two files, and the plan to give both another name between two tests of the configuration.
struct Bench {
    base: tempfile::TempDir,
    plan: Plan,
}

fn bench() -> Bench {
    let base = tempfile::tempdir().unwrap();
    fs::create_dir_all(base.path().join("etc/ssh")).unwrap();
    let rename = |name: &str| {
        let path = base.path().join("etc/ssh").join(name);
        fs::write(&path, name).unwrap();
        let meta = fs::metadata(&path).unwrap();
        let file = FileIdentity {
            inode: meta.ino(),
            bytes: meta.len(),
            mode: meta.mode() & 0o7777,
            sha256: Some(sum(name.as_bytes())),
        };
        let from = format!("/etc/ssh/{name}");
        Step::new(format!("retire {name}"), Action::Rename { to: format!("{from}.retire"), from, file })
    };
    let test = || Step::new("test", Action::Run(ProgramRun::looks(Program::Sshd, ["-t"])));
    let steps = vec![test(), rename("key"), rename("key.pub"), test()];
    let plan = Plan { command: "ssh-dsa-retire", target: "no DSA key".into(), steps, notes: Vec::new() };
    Bench { base, plan }
}

impl Bench {
    fn host<'h>(&self, runner: &'h dyn Runner) -> TargetHost<'h> {
        TargetHost {
            base: self.base.path().to_owned(),
            runner,
            user: "ann".into(),
            subjects: &crate::subjects::Steps,
            flush: &sys::flush,
        }
    }

    fn run(&self, script: &Script, interrupts: &Interrupts) -> Ending {
        let host = self.host(script);
        let mut journal = host.journal().unwrap();
        carry_out(&self.plan, &host, &mut journal, interrupts, &mut |_| {}).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.base.path().join("etc/ssh"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn last(&self) -> RecordedRun {
        last_run(&Journal::read(&journal_path(self.base.path())).unwrap()).unwrap()
    }

    fn undo(&self) -> Result<(), String> {
        let host = self.host(&Yes);
        let mut journal = host.journal().unwrap();
        let run = last_run(journal.records()).unwrap();
        can_take_back(&run, &host)?;
        take_back(&run, &host, &mut journal)
    }
}

struct Yes;

impl Runner for Yes {
    fn run(&self, _: &Cmd) -> Result<Output, ToolError> {
        Ok(Output { status: Some(0), ..Output::default() })
    }
}

const TEST: &str = "/usr/sbin/sshd -t";
const OLD: [&str; 2] = ["key", "key.pub"];
const NEW: [&str; 2] = ["key.pub.retire", "key.retire"];

fn twice() -> Script {
    Script::new([Scripted::prints(TEST, ""), Scripted::prints(TEST, "")])
}

/// Cuts the journal of `bench` after `kept` lines, as a crash would have.
fn cut(bench: &Bench, kept: usize) {
    let path = journal_path(bench.base.path());
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.split_inclusive('\n').take(kept).collect::<String>()).unwrap();
}

#[test]
fn every_step_is_done_and_recorded() {
    let bench = bench();
    assert_eq!(bench.run(&twice(), &Interrupts::default()), Ending::Done);
    assert_eq!(bench.names(), NEW);
    let last = bench.last();
    assert_eq!((last.state, last.standing.len()), (RunState::Ended(Ending::Done), 4));
}

#[test]
fn a_step_that_fails_takes_back_what_was_done_before_it() {
    let broken = || ToolError::TimedOut { command: TEST.into(), limit: std::time::Duration::from_secs(60) };
    let missing = || ToolError::Missing { command: TEST.into() };
    for last in [
        Scripted::fails(TEST, 255, "no hostkeys available"),
        Scripted::breaks(TEST, broken()),
        Scripted::breaks(TEST, missing()),
    ] {
        let bench = bench();
        let script = Script::new([Scripted::prints(TEST, "garbage \u{1b}[2J"), last]);
        let outcome = bench.run(&script, &Interrupts::default());
        assert!(matches!(&outcome, Ending::RolledBack { why } if why.contains("/usr/sbin/sshd -t")), "{outcome:?}");
        assert_eq!(bench.names(), OLD);
        assert!(bench.last().standing.is_empty());
    }
}

#[test]
fn a_first_step_that_fails_changes_nothing() {
    let bench = bench();
    let script = Script::new([Scripted::fails(TEST, 1, "bad configuration")]);
    assert!(matches!(bench.run(&script, &Interrupts::default()), Ending::RolledBack { .. }));
    assert_eq!(bench.names(), OLD);
}

#[test]
fn a_file_that_changed_since_the_plan_is_not_touched() {
    let bench = bench();
    let key = bench.base.path().join("etc/ssh/key");
    fs::remove_file(&key).unwrap();
    fs::write(&key, "another key").unwrap();
    let outcome = bench.run(&Script::new([Scripted::prints(TEST, "")]), &Interrupts::default());
    assert!(matches!(&outcome, Ending::RolledBack { why } if why.contains("not the file")), "{outcome:?}");
    assert_eq!(fs::read(&key).unwrap(), b"another key");
    assert_eq!(bench.names(), OLD);
}

#[test]
fn a_name_that_is_taken_is_not_overwritten_and_the_first_rename_is_taken_back() {
    let bench = bench();
    fs::write(bench.base.path().join("etc/ssh/key.pub.retire"), "earlier").unwrap();
    let outcome = bench.run(&Script::new([Scripted::prints(TEST, "")]), &Interrupts::default());
    assert!(matches!(outcome, Ending::RolledBack { .. }), "{outcome:?}");
    assert_eq!(bench.names(), ["key", "key.pub", "key.pub.retire"]);
    assert_eq!(fs::read(bench.base.path().join("etc/ssh/key.pub.retire")).unwrap(), b"earlier");
}

#[test]
fn a_rollback_that_fails_is_reported_with_both_causes() {
    let bench = bench();
    // The program puts another file where the key was, as an ssh-keygen -A in between would.
    struct Meddler<'b>(&'b Path, std::cell::Cell<u32>);
    impl Runner for Meddler<'_> {
        fn run(&self, _: &Cmd) -> Result<Output, ToolError> {
            self.1.set(self.1.get() + 1);
            if self.1.get() == 2 {
                fs::write(self.0.join("etc/ssh/key"), "made anew").unwrap();
                return Ok(Output { status: Some(255), ..Default::default() });
            }
            Ok(Output { status: Some(0), ..Default::default() })
        }
    }
    let meddler = Meddler(bench.base.path(), std::cell::Cell::new(0));
    let host = bench.host(&meddler);
    let mut journal = host.journal().unwrap();
    let outcome = carry_out(&bench.plan, &host, &mut journal, &Interrupts::default(), &mut |_| {}).unwrap();
    let Ending::Stuck { why: Some(why), undo_why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("255") && undo_why.contains("/etc/ssh/key"), "{why}; {undo_why}");
    assert_eq!(fs::read(bench.base.path().join("etc/ssh/key")).unwrap(), b"made anew");
    assert_eq!(bench.last().state, RunState::Ended(Ending::Stuck { why: None, undo_why: String::new() }));
}

#[test]
fn a_signal_lets_the_running_step_end_and_begins_no_other() {
    let bench = bench();
    let interrupts = Interrupts::default();
    let script = Script::new([Scripted::prints(TEST, "")]);
    let host = bench.host(&script);
    let mut journal = host.journal().unwrap();
    let mut hang_up = |news: News<'_>| {
        if matches!(news, News::Step { number: 2, .. }) {
            interrupts.raise()
        }
    };
    let outcome = carry_out(&bench.plan, &host, &mut journal, &interrupts, &mut hang_up).unwrap();
    assert_eq!(outcome, Ending::Interrupted { steps: 2 });
    assert_eq!(bench.names(), ["key.pub", "key.retire"]);
    assert!(bench.last().is_unfinished());
    assert_eq!(bench.undo(), Ok(()));
    assert_eq!(bench.names(), OLD);
}

#[test]
fn a_signal_before_the_first_change_leaves_everything_as_it_was() {
    let bench = bench();
    let interrupts = Interrupts::default();
    interrupts.raise();
    let outcome = bench.run(&Script::default(), &interrupts);
    assert!(matches!(outcome, Ending::RolledBack { .. }), "{outcome:?}");
    assert!(!bench.last().is_unfinished());
}
