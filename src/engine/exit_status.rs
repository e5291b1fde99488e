//! The exit status of every command.

use std::process::ExitCode;

/// The number with which the program ends, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done, ready, or nothing to do.
    Success = 0,
    /// A blocking finding, or a refusal that says how to fix it.
    Blocked = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Could not determine, or failed and everything was restored.
    Undetermined = 3,
    /// Stopped half-way; the journal has where.
    HalfWay = 4,
    /// Another run holds the lock.
    Locked = 5,
    /// A file of `--output` could not be written; the screen has the answer.
    NotWritten = 6,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}
