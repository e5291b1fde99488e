//! The exit status of every command.

use std::process::ExitCode;

/// The number with which the program ends, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done, ready, or nothing to do.
    Success,
    /// A blocking finding, or a refusal that says how to fix it.
    Blocked,
    /// The command line is wrong.
    Usage,
    /// Could not determine, or failed and everything was restored.
    Undetermined,
    /// Stopped half-way; the journal has where.
    HalfWay,
    /// Another run holds the lock.
    Locked,
    /// A file of `--output` could not be written; the screen has the answer.
    NotWritten,
    /// That of a monitoring plugin, which was asked for.
    Plugin(PluginState),
}

/// What a monitoring plugin answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PluginState {
    Ok,
    Warning,
    Critical,
    Unknown,
}

impl ExitStatus {
    pub fn code(self) -> u8 {
        match self {
            Self::Success | Self::Plugin(PluginState::Ok) => 0,
            Self::Blocked | Self::Plugin(PluginState::Warning) => 1,
            Self::Usage | Self::Plugin(PluginState::Critical) => 2,
            Self::Undetermined | Self::Plugin(PluginState::Unknown) => 3,
            Self::HalfWay => 4,
            Self::Locked => 5,
            Self::NotWritten => 6,
        }
    }
}

impl PluginState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
