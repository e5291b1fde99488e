//! Runs commands on this host.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Cmd, LONGEST, Output, Runner, ToolError};
use crate::sys;

/// How long a program that was asked to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// How often a program that runs is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// This host. Programs get an empty environment but for the C locale, no standard input, a process group of their own (an interrupt at
/// the terminal does not reach them), and files without a name for their output (a grandchild that keeps it open does not make us wait).
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
            .full_env([("LC_ALL", "C.UTF-8"), ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("LVM_SUPPRESS_FD_WARNINGS", "1")])
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
            let talks = [&stdout, &stderr].into_iter().any(|file| file.metadata().is_ok_and(|m| m.len() > LONGEST as u64));
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
    use crate::tool::Program;

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let absent = Cmd::new(Program::Sshd, ["-t"]);
        if !Path::new("/usr/sbin/sshd").exists() {
            let error = Host.run(&absent).unwrap_err();
            assert_eq!(error.to_string(), "/usr/sbin/sshd -t: there is no such program on this host");
        }
    }
}
