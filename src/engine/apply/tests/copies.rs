//! A file is copied whole or not at all, goes on where it was cut off, and is removed only where that loses nothing.

use super::*;
use crate::base::digest::{PIECE, sum_of};
use crate::engine::FileCopy;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;

const FROM: &str = "/mnt/okv.iso";
const TO: &str = "/var/lib/oracle/okv.iso";

struct Copies(Bench);

/// Five pieces and a half, no two alike.
fn content() -> Vec<u8> {
    (0..PIECE * 11 / 2).map(|at| u8::try_from((at / 7 + at / PIECE) % 251).unwrap()).collect()
}

impl Copies {
    fn new() -> Self {
        let mut bench = bench();
        let base = bench.base.path();
        fs::create_dir_all(base.join("mnt")).unwrap();
        fs::create_dir_all(base.join("var/lib/oracle")).unwrap();
        fs::write(base.join(&FROM[1..]), content()).unwrap();
        let sha256 = sum_of(&content()[..], &mut |_| ControlFlow::Continue(())).unwrap().unwrap();
        let copy = FileCopy { from: FROM.into(), to: TO.into(), bytes: content().len() as u64, sha256 };
        let look = Step::new("look", Action::Run(ProgramRun::looks(Program::Sshd, ["-t"])));
        bench.plan.steps = vec![Step::new("copy", Action::Copy(copy)), look];
        Self(bench)
    }

    fn copy(&self) -> &FileCopy {
        match &self.0.plan.steps[0].action {
            Action::Copy(copy) => copy,
            other => panic!("{other:?}"),
        }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.base.path().join(&path[1..])
    }

    fn part(&self) -> PathBuf {
        self.at(&self.copy().part())
    }

    fn copied(&self) -> Option<Vec<u8>> {
        fs::read(self.at(TO)).ok()
    }

    fn run(&self) -> Ending {
        self.run_until("nothing", 0).0
    }

    /// Runs until `bytes` were moved in this way, when a signal comes; gives what was reported.
    fn run_until(&self, moved: &str, bytes: u64) -> (Ending, Vec<(&'static str, u64)>) {
        let host = self.0.host(&Yes);
        let interrupts = Interrupts::default();
        let mut moves = Vec::new();
        let mut report = |news: News<'_>| {
            let News::Bytes { what, done, .. } = news else { return };
            moves.push((what, done));
            if what == moved && done >= bytes {
                interrupts.raise();
            }
        };
        let mut journal = host.journal().unwrap();
        let outcome = carry_out(&self.0.plan, &host, &mut journal, &interrupts, &mut report).unwrap();
        (outcome, moves)
    }
}

#[test]
fn a_copy_is_whole_readable_by_all_and_leaves_no_part() {
    let copies = Copies::new();
    assert_eq!(copies.run(), Ending::Done);
    assert_eq!(copies.copied(), Some(content()));
    assert_eq!(fs::metadata(copies.at(TO)).unwrap().permissions().mode() & 0o7777, 0o644);
    assert!(!copies.part().exists());
    assert_eq!(copies.0.undo(), Ok(()));
    assert_eq!((copies.copied(), fs::read(copies.at(FROM)).ok()), (None, Some(content())));
}

#[test]
fn a_copy_that_a_signal_stopped_goes_on_where_it_was() {
    let copies = Copies::new();
    let (outcome, _) = copies.run_until("copied", 2 * PIECE as u64);
    assert_eq!(outcome, Ending::Interrupted { steps: 0 });
    assert_eq!(copies.copied(), None);
    assert_eq!(fs::read(copies.part()).unwrap(), content()[..2 * PIECE]);
    let (outcome, moves) = copies.run_until("nothing", 0);
    assert_eq!((outcome, copies.copied()), (Ending::Done, Some(content())));
    let first = moves.iter().find(|(what, _)| *what == "copied").unwrap();
    assert_eq!(first.1, 3 * PIECE as u64, "two pieces were there: {moves:?}");
}

#[test]
fn a_part_that_a_power_cut_left_with_zeros_is_copied_again_from_there() {
    let copies = Copies::new();
    let mut left = content();
    left[PIECE + 5..].fill(0);
    fs::write(copies.part(), left).unwrap();
    let (outcome, moves) = copies.run_until("nothing", 0);
    assert_eq!((outcome, copies.copied()), (Ending::Done, Some(content())));
    assert!(moves.contains(&("found there already", PIECE as u64)) && moves.contains(&("copied", 2 * PIECE as u64)));
}

#[test]
fn a_part_of_another_longer_file_does_not_show_in_the_copy() {
    let copies = Copies::new();
    fs::write(copies.part(), vec![1; content().len() + 99]).unwrap();
    assert_eq!((copies.run(), copies.copied()), (Ending::Done, Some(content())));
}

#[test]
fn a_source_that_changed_since_the_plan_is_not_copied_and_nothing_is_left() {
    let copies = Copies::new();
    let mut other = content();
    other[PIECE * 3] ^= 1;
    fs::write(copies.at(FROM), other).unwrap();
    let outcome = copies.run();
    assert!(matches!(&outcome, Ending::RolledBack { why } if why.contains("changed since")), "{outcome:?}");
    assert!(copies.copied().is_none() && !copies.part().exists());
    fs::write(copies.at(FROM), b"short").unwrap();
    assert!(matches!(copies.run(), Ending::RolledBack { .. }));
    fs::remove_file(copies.at(FROM)).unwrap();
    assert!(matches!(copies.run(), Ending::RolledBack { .. }));
    assert!(copies.copied().is_none() && !copies.part().exists());
}

#[test]
fn what_is_there_already_is_neither_overwritten_nor_removed() {
    let copies = Copies::new();
    fs::write(copies.at(TO), "somebody's").unwrap();
    assert!(matches!(copies.run(), Ending::RolledBack { why } if why.contains("there already")));
    assert_eq!(copies.copied().unwrap(), b"somebody's");
}

#[test]
fn a_link_in_the_place_of_the_part_leads_nowhere() {
    let copies = Copies::new();
    fs::write(copies.at("/mnt/precious"), "precious").unwrap();
    std::os::unix::fs::symlink(copies.at("/mnt/precious"), copies.part()).unwrap();
    assert!(matches!(copies.run(), Ending::RolledBack { .. }));
    assert_eq!(fs::read(copies.at("/mnt/precious")).unwrap(), b"precious");
}

#[test]
fn a_copy_that_cannot_begin_rolls_back_and_keeps_what_is_in_its_place() {
    let copies = Copies::new();
    fs::create_dir(copies.part()).unwrap();
    assert!(matches!(copies.run(), Ending::RolledBack { why } if why.contains("okv-host-part")));
    assert!(copies.part().is_dir(), "it was somebody's");
}

#[test]
fn undo_keeps_a_copy_whose_source_is_gone_and_one_that_is_another_file_now() {
    let copies = Copies::new();
    assert_eq!(copies.run(), Ending::Done);
    fs::rename(copies.at(FROM), copies.at("/mnt/elsewhere")).unwrap();
    assert!(copies.0.undo().unwrap_err().contains("the only one left"));
    fs::rename(copies.at("/mnt/elsewhere"), copies.at(FROM)).unwrap();
    let mut other = content();
    other[7] ^= 1;
    fs::write(copies.at(FROM), &other).unwrap();
    assert!(copies.0.undo().unwrap_err().contains("is another file now"), "it is as long, and not the same");
    assert_eq!(copies.copied(), Some(content()));
    fs::write(copies.at(FROM), content()).unwrap();
    fs::write(copies.at(TO), &other).unwrap();
    assert!(copies.0.undo().unwrap_err().contains("not the copy that was made"));
    assert_eq!(copies.copied(), Some(other));
}

#[test]
fn undo_of_a_stopped_copy_removes_its_part() {
    let copies = Copies::new();
    copies.run_until("read back", 1);
    assert!(copies.part().exists() && copies.copied().is_none());
    assert_eq!(copies.0.undo(), Ok(()));
    assert!(!copies.part().exists());
}

#[test]
fn a_part_that_is_whole_gets_its_name() {
    let copies = Copies::new();
    fs::write(copies.part(), content()).unwrap();
    let (outcome, moves) = copies.run_until("nothing", 0);
    assert_eq!((outcome, copies.copied()), (Ending::Done, Some(content())));
    assert!(!moves.iter().any(|(what, _)| *what == "copied"), "{moves:?}");
}

#[test]
fn the_copy_stays_where_its_source_is_now_a_link_to_it_or_another_name_of_it() {
    for link in [std::os::unix::fs::symlink::<PathBuf, PathBuf>, fs::hard_link::<PathBuf, PathBuf>] {
        let copies = Copies::new();
        assert_eq!(copies.run_until("nothing", 0).0, Ending::Done);
        fs::remove_file(copies.at(FROM)).unwrap();
        link(copies.at(TO), copies.at(FROM)).unwrap();
        let why = copies.0.undo().unwrap_err();
        assert!(why.contains("only one left"), "{why}");
        assert_eq!(copies.copied(), Some(content()));
    }
}
