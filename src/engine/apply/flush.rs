//! What a program wrote is durable before its step counts: programs that write to disks do not flush them.

use std::io;

use super::host::TargetHost;
use crate::base::cause::cause;
use crate::engine::{Action, ProgramRun};

impl TargetHost<'_> {
    /// Flushes what `action` has other programs write to, or what must be durable before it. Our own writes are flushed
    /// where they are made.
    ///
    /// # Errors
    /// Where something could not be written: then the step cannot be counted on.
    pub(super) fn flush_writes_of(&self, action: &Action) -> Result<(), String> {
        match action {
            Action::Run(run) => self.flush_writes(run),
            Action::WriteSwapHeader(header) => self.flush_paths(&header.flushed),
            _ => Ok(()),
        }
    }

    pub(super) fn flush_writes(&self, run: &ProgramRun) -> Result<(), String> {
        self.flush_paths(&run.writes)
    }

    /// What is not there was not written to, or is gone with what was.
    fn flush_paths(&self, paths: &[String]) -> Result<(), String> {
        paths.iter().try_for_each(|path| self.is_awake(path))?;
        paths.iter().try_for_each(|path| match (self.flush)(&self.path(path)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(format!("{path} cannot be flushed: {}", cause(&e))),
            Ok(()) | Err(_) => Ok(()),
        })
    }
}
