//! Runs commands on this host.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::{AtLimit, Cmd, LONGEST, Output, Runner, ToolError};
use crate::base::cause::cause;
use crate::io::sys;
use crate::io::waiting::Waiting;

mod left;

/// How long a program that was asked to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// How long a program that was killed may take to go away. One that waits for a device in the kernel stays.
const LAST_GRACE: Duration = Duration::from_secs(10);
/// How often a program that runs is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long a program that must not be killed is waited for behind its limit: minutes for a device that answers late,
/// and not so long that a node stays without swap for hours.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How often somebody is reminded that it is waited for.
const REMINDER: Duration = Duration::from_secs(60);

/// This host. Programs get an empty environment but for the C locale, no standard input, a process group of their own
/// (an interrupt at the terminal does not reach them), and files without a name for their output (a grandchild that
/// keeps it open does not make us wait).
#[derive(Debug, Clone, Copy, Default)]
pub struct Host;

impl Runner for Host {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        run(cmd, None, PATIENCE)
    }

    fn still_runs(&self) -> Option<ToolError> {
        left::still_runs()
    }
}

/// This host while a run holds its lock. Programs get the lock file, which is empty, as their standard input: so each
/// of them holds the lock as long as it runs, also when this process was killed. That has to be one of the first three
/// descriptors, because LVM2's tools and rpm close all others that they inherit.
///
/// No daemon keeps it: the service manager starts those of `systemctl` and `systemd-run`, `dmeventd` opens /dev/null in
/// its place, and rpm gives its scriptlets a standard input of their own. Where SELinux confines a program and denies
/// it the file, the kernel puts /dev/null there: that program does not hold the lock.
#[derive(Debug)]
pub struct LockedHost {
    /// It does not keep the lock when whoever took it gives it back.
    lock: Weak<File>,
}

impl LockedHost {
    /// `lock` is an open file on which this process holds a lock (`flock(2)`).
    pub fn new(lock: &Arc<File>) -> Self {
        Self { lock: Arc::downgrade(lock) }
    }
}

impl Runner for LockedHost {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        run(cmd, self.lock.upgrade().as_deref(), PATIENCE)
    }

    fn still_runs(&self) -> Option<ToolError> {
        left::still_runs()
    }
}

fn run(cmd: &Cmd, stdin: Option<&File>, patience: Duration) -> Result<Output, ToolError> {
    let command = cmd.to_string();
    let at_limit = cmd.program.at_limit();
    if at_limit != AtLimit::Killed
        && let Some(other) = left::still_runs()
    {
        return Err(other);
    }
    let failed = |why: io::Error| ToolError::Failed { command: command.clone(), why: cause(&why) };
    let (mut stdout, mut stderr) = (sys::nameless_file().map_err(failed)?, sys::nameless_file().map_err(failed)?);
    let stdin = stdin.map(File::try_clone).transpose().map_err(failed)?;
    let outputs = [stdout.try_clone().map_err(failed)?, stderr.try_clone().map_err(failed)?];
    let handle = {
        let cmd = cmd.clone();
        let gone = || Err(ToolError::Failed { command: command.clone(), why: "it could not be started".to_owned() });
        sys::outside(move || start(&cmd, stdin, outputs)).unwrap_or_else(gone)?
    };
    let mut waiting = Waiting::begin(command.as_str());
    let deadline = Instant::now() + cmd.limit;
    let (mut reminder, mut is_asked) = (deadline, false);
    let status = loop {
        if let Some(output) = handle.wait_timeout(LOOK).map_err(failed)? {
            break output.status.code();
        }
        let now = Instant::now();
        let talks = [&stdout, &stderr].into_iter().any(|file| file.metadata().is_ok_and(|m| m.len() > LONGEST as u64));
        if at_limit == AtLimit::Killed && (talks || now >= deadline) {
            if !end(&handle) {
                return Err(left::leave(handle, command));
            }
            let why = format!("ended after it wrote more than {LONGEST} bytes");
            let failed = ToolError::Failed { command: command.clone(), why };
            return Err(if talks { failed } else { ToolError::TimedOut { command, limit: cmd.limit } });
        }
        if talks {
            // What it writes from here on leaves a hole: no memory is used for it, and it hears of no error.
            [&stdout, &stderr].into_iter().try_for_each(forget_end).map_err(failed)?;
        }
        if now >= deadline && at_limit == AtLimit::Asked && !is_asked {
            is_asked = true;
            handle.pids().into_iter().for_each(sys::end_process_group);
        }
        if now >= deadline + patience {
            return Err(left::leave(handle, command));
        }
        if now >= reminder {
            reminder = now + REMINDER;
            remind(format!("okv-host: {command}: longer than {} s; still waiting\n", cmd.limit.as_secs()));
        }
    };
    if status.is_none() && is_asked {
        return Err(ToolError::TimedOut { command, limit: cmd.limit });
    }
    match status {
        Some(0) => {}
        Some(status) => waiting.ended_with(format!("exit status {status}")),
        None => waiting.ended_with("ended by a signal"),
    }
    let stdout = start_of(&mut stdout).map_err(failed)?;
    let stderr = start_of(&mut stderr).map_err(failed)?;
    Ok(Output { status, stdout, stderr })
}

fn start(cmd: &Cmd, stdin: Option<File>, [stdout, stderr]: [File; 2]) -> Result<duct::Handle, ToolError> {
    let command = cmd.to_string();
    let found = cmd.program.paths().iter().find(|path| Path::new(path).exists());
    let program = found.ok_or_else(|| ToolError::Missing { command: command.clone() })?;
    let start = || {
        let expression = duct::cmd(*program, &cmd.args).full_env([
            // The node before its upgrade has no C.UTF-8: yum and bash warn of it on stderr.
            ("LC_ALL", "C"),
            ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            ("LVM_SUPPRESS_FD_WARNINGS", "1"),
        ]);
        let expression = match stdin {
            Some(file) => expression.stdin_file(file),
            None => expression.stdin_null(),
        };
        expression
            .stdout_file(stdout)
            .stderr_file(stderr)
            .unchecked()
            .before_spawn(|command| {
                sys::in_a_group_of_its_own(command);
                Ok(())
            })
            .start()
    };
    start().map_err(|why: io::Error| ToolError::Failed { command, why: cause(&why) })
}

/// Ends the program and all that it started in its group: first it is asked, then it is killed. Whether it went away.
fn end(handle: &duct::Handle) -> bool {
    handle.pids().into_iter().for_each(sys::end_process_group);
    let _ = handle.wait_timeout(GRACE);
    handle.pids().into_iter().for_each(sys::kill_process_group);
    !matches!(handle.wait_timeout(LAST_GRACE), Ok(None))
}

/// Writes to stderr in a thread of its own: a terminal that takes nothing does not hold up the run.
fn remind(text: String) {
    let write = move || drop(io::stderr().write_all(text.as_bytes()));
    let _ = std::thread::Builder::new().spawn(write);
}

/// Frees what lies behind the first [`LONGEST`] bytes.
fn forget_end(file: &File) -> io::Result<()> {
    if file.metadata()?.len() > LONGEST as u64 { file.set_len(LONGEST as u64) } else { Ok(()) }
}

/// The first [`LONGEST`] bytes.
fn start_of(file: &mut File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.take(LONGEST as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
