use super::*;
use crate::io::tool::{Program, success};

fn sh(script: &str, limit: Duration) -> Cmd {
    Cmd { limit, ..Cmd::new(Program::Sh, ["-c", script]) }
}

const LONG: Duration = Duration::from_secs(30);

#[test]
fn both_streams_and_the_status_are_kept() {
    let output = Host.run(&sh("echo out; echo err >&2; exit 3", LONG)).unwrap();
    assert_eq!((output.status, &*output.stdout, &*output.stderr), (Some(3), &b"out\n"[..], &b"err\n"[..]));
    let error = success(&Host, &sh("echo; echo why >&2; exit 3", LONG)).unwrap_err().to_string();
    assert!(error.starts_with("/bin/sh -c ") && error.ends_with("exit status 3: why"), "{error}");
    assert!(success(&Host, &sh("kill -9 $$", LONG)).unwrap_err().to_string().contains("signal"));
}

#[test]
fn the_environment_is_empty_but_for_the_locale_and_stdin_has_nothing() {
    let output = Host.run(&sh("env | sort; cat", LONG)).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("LC_ALL=C\n") && !text.contains("CARGO"), "{text}");
}

#[test]
fn a_program_and_its_children_are_ended_at_the_limit() {
    let mark = tempfile::NamedTempFile::new().unwrap();
    let script = format!("trap '' TERM; (sleep 4; echo late > {}) & sleep 600", mark.path().display());
    let begun = Instant::now();
    let error = Host.run(&sh(&script, Duration::from_millis(300))).unwrap_err();
    assert!(matches!(error, ToolError::TimedOut { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(20));
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(std::fs::read(mark.path()).unwrap(), b"");
}

#[test]
fn a_child_that_keeps_the_output_open_is_not_waited_for() {
    let begun = Instant::now();
    let output = Host.run(&sh("sleep 20 & echo done", LONG)).unwrap();
    assert_eq!(output.stdout, b"done\n");
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_program_that_never_stops_talking_is_ended() {
    let error = Host.run(&sh("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", LONG)).unwrap_err();
    assert!(error.to_string().contains("wrote more than"), "{error}");
}

/// The programs of these tests change nothing, so that they wait for nobody: one list has all that are left running.
static LEFT: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn with(program: Program, script: &str, millis: u64) -> Cmd {
    Cmd { limit: Duration::from_millis(millis), ..Cmd::new(program, ["-c", script]) }
}

#[test]
fn a_program_that_must_not_be_killed_is_asked_at_its_limit_and_waited_for() {
    let _alone = LEFT.lock();
    let script = "trap 'echo asked' TERM; sleep 2 & wait; wait; echo done";
    let output = run(&with(Program::ShAsked, script, 300), None, LONG).unwrap();
    // Its children are of its group.
    assert_eq!((output.status, &*output.stdout), (Some(0), &b"asked\ndone\n"[..]));
    // One that does as it is asked did not do its work.
    let error = run(&with(Program::ShAsked, "sleep 600", 300), None, LONG).unwrap_err();
    assert!(matches!(error, ToolError::TimedOut { .. }), "{error}");
}

#[test]
fn a_program_that_is_left_alone_gets_no_signal_at_its_limit_and_succeeds_late() {
    let _alone = LEFT.lock();
    let output = run(&with(Program::ShLeftAlone, "sleep 2; echo done", 300), None, LONG).unwrap();
    assert_eq!((output.status, &*output.stdout), (Some(0), &b"done\n"[..]));
}

#[test]
fn beside_a_program_that_was_left_running_nothing_runs_that_must_not_be_killed_either() {
    let _alone = LEFT.lock();
    let mark = tempfile::NamedTempFile::new().unwrap();
    let script = format!("trap '' TERM; sleep 3; echo late > {}", mark.path().display());
    let error = run(&with(Program::ShAsked, &script, 200), None, Duration::from_millis(300)).unwrap_err();
    assert!(matches!(error, ToolError::StillRuns { .. }), "{error}");
    assert!(error.to_string().contains("still runs (process "), "{error}");
    assert_eq!(Host.still_runs().as_ref(), Some(&error));
    assert_eq!(run(&with(Program::ShLeftAlone, "echo", 1000), None, LONG).unwrap_err(), error);
    assert_eq!(Host.run(&sh("echo", LONG)).unwrap().stdout, b"\n");
    while Host.still_runs().is_some() {
        std::thread::sleep(LOOK);
    }
    assert_eq!(std::fs::read(mark.path()).unwrap(), b"late\n", "it ended by itself");
    assert!(run(&with(Program::ShLeftAlone, "echo", 1000), None, LONG).is_ok());
}

#[test]
fn what_a_program_writes_beyond_the_most_that_is_kept_does_not_end_one_that_must_not_be_killed() {
    let _alone = LEFT.lock();
    let script = "head -c 9000000 /dev/zero; sleep 1; head -c 9000000 /dev/zero; echo end >&2";
    let output = run(&with(Program::ShAsked, script, 30_000), None, LONG).unwrap();
    assert_eq!((output.status, output.stdout.len(), &*output.stderr), (Some(0), LONGEST, &b"end\n"[..]));
}
