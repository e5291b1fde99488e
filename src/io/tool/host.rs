//! Runs commands on this host.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Cmd, LONGEST, Output, Runner, ToolError};
use crate::io::sys;

/// How long a program that was asked to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// How often a program that runs is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// This host. Programs get an empty environment but for the C locale, no standard input, a process group of their own
/// (an interrupt at the terminal does not reach them), and files without a name for their output (a grandchild that
/// keeps it open does not make us wait).
#[derive(Debug, Clone, Copy, Default)]
pub struct Host;

impl Runner for Host {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        let command = cmd.to_string();
        let found = cmd.program.paths().iter().find(|path| Path::new(path).exists());
        let program = found.ok_or_else(|| ToolError::Missing { command: command.clone() })?;
        let failed = |why: io::Error| ToolError::Failed { command: command.clone(), why: why.to_string() };
        let (mut stdout, mut stderr) = (sys::nameless_file().map_err(failed)?, sys::nameless_file().map_err(failed)?);
        let handle = duct::cmd(*program, &cmd.args)
            .full_env([
                ("LC_ALL", "C.UTF-8"),
                ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                ("LVM_SUPPRESS_FD_WARNINGS", "1"),
            ])
            .stdin_null()
            .stdout_file(stdout.try_clone().map_err(failed)?)
            .stderr_file(stderr.try_clone().map_err(failed)?)
            .unchecked()
            .before_spawn(|command| {
                std::os::unix::process::CommandExt::process_group(command, 0);
                Ok(())
            })
            .start()
            .map_err(failed)?;
        let deadline = Instant::now() + cmd.limit;
        let status = loop {
            if let Some(output) = handle.wait_timeout(LOOK).map_err(failed)? {
                break output.status.code();
            }
            let talks =
                [&stdout, &stderr].into_iter().any(|file| file.metadata().is_ok_and(|m| m.len() > LONGEST as u64));
            if talks || Instant::now() >= deadline {
                end(&handle);
                let why = format!("ended after it wrote more than {LONGEST} bytes");
                let failed = ToolError::Failed { command: command.clone(), why };
                return Err(if talks { failed } else { ToolError::TimedOut { command, limit: cmd.limit } });
            }
        };
        let stdout = start_of(&mut stdout).map_err(failed)?;
        let stderr = start_of(&mut stderr).map_err(failed)?;
        Ok(Output { status, stdout, stderr })
    }
}

/// Ends the program and all that it started in its group: first it is asked, then it is killed.
fn end(handle: &duct::Handle) {
    handle.pids().into_iter().for_each(sys::end_process_group);
    let _ = handle.wait_timeout(GRACE);
    handle.pids().into_iter().for_each(sys::kill_process_group);
    let _ = handle.wait_timeout(GRACE);
}

/// The first [`LONGEST`] bytes.
fn start_of(file: &mut std::fs::File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.take(LONGEST as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
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
        assert!(text.contains("LC_ALL=C.UTF-8") && !text.contains("CARGO"), "{text}");
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
}
