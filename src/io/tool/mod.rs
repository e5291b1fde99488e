//! Other programs: run at absolute paths from a closed list, bounded in time and output, and told apart by how they
//! fail.
//!
//! A command is data ([`Cmd`]), so that a plan can print it and a test can expect it. What runs it is a [`Runner`]: the
//! [`Host`], or the [`Script`] of a test.

use std::fmt;
use std::time::Duration;

mod host;
pub mod lvm;
mod program;
mod script;

pub use host::{Host, LockedHost};
pub use program::{AtLimit, Program};
pub use script::{Script, Scripted};

/// A command: a program, its arguments, and the longest it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cmd {
    pub program: Program,
    pub args: Vec<String>,
    /// After this it is ended, where it may be ([`Program::at_limit`]).
    pub limit: Duration,
}

impl Cmd {
    /// `program` with `args`, for at most a minute.
    pub fn new<'a>(program: Program, args: impl IntoIterator<Item = &'a str>) -> Self {
        Self { program, args: args.into_iter().map(str::to_owned).collect(), limit: Duration::from_secs(60) }
    }

    /// `sshd -t`: does the daemon accept its configuration and find a key to start with.
    pub fn sshd_test() -> Self {
        Self::new(Program::Sshd, ["-t"])
    }

    /// `getent ahosts NAME`: the addresses of a name, for at most `limit`.
    pub fn getent_addresses(name: &str, limit: Duration) -> Self {
        Self { limit, ..Self::new(Program::Getent, ["ahosts", name]) }
    }

    /// `sshd -T`: the configuration as the daemon understands it.
    pub fn sshd_effective() -> Self {
        Self::new(Program::Sshd, ["-T"])
    }
}

impl fmt::Display for Cmd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.program.path())?;
        self.args.iter().try_for_each(|arg| write!(f, " {arg}"))
    }
}

/// How a program ended, and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// Its exit status; `None` where a signal ended it.
    pub status: Option<i32>,
    /// What it wrote to its standard output, up to [`LONGEST`] bytes.
    pub stdout: Vec<u8>,
    /// What it wrote to its standard error, up to [`LONGEST`] bytes.
    pub stderr: Vec<u8>,
}

/// Most bytes that are kept of either stream.
pub const LONGEST: usize = 4 << 20;

/// Most lines of a program's message that are passed on.
const MOST_LINES: usize = 20;

/// A program that did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolError {
    /// It is at none of its paths.
    Missing { command: String },
    /// It could not be started or waited for.
    Failed {
        command: String,
        /// What the kernel said.
        why: String,
    },
    /// It ran longer than its limit and was ended.
    TimedOut { command: String, limit: Duration },
    /// It ran longer than its limit and is not one that may be killed. What it did is not known; nothing that changes
    /// the host is run beside it.
    StillRuns {
        command: String,
        /// The number of its process.
        process: u32,
    },
    /// It ended with another status than 0.
    Status {
        command: String,
        /// Its exit status; `None` where a signal ended it.
        status: Option<i32>,
        /// The first lines of what it said.
        said: String,
    },
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { command } => write!(f, "{command}: there is no such program on this host"),
            Self::Failed { command, why } => write!(f, "{command}: {why}"),
            Self::TimedOut { command, limit } => {
                write!(f, "{command}: ended after {} s without an answer", limit.as_secs())
            }
            Self::StillRuns { command, process } => {
                write!(
                    f,
                    "{command}: it still runs (process {process}), and must not be killed; what it did is not known"
                )
            }
            Self::Status { command, status: Some(status), said } => {
                write!(f, "{command}: exit status {status}: {said}")
            }
            Self::Status { command, status: None, said } => write!(f, "{command}: ended by a signal: {said}"),
        }
    }
}

impl std::error::Error for ToolError {}

/// What runs commands.
pub trait Runner {
    /// Runs `cmd` and waits for its end.
    ///
    /// # Errors
    /// Where it could not be run to its end within its limit. A status other than 0 is no error here; see [`success`].
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError>;

    /// The program that this process started and left running ([`ToolError::StillRuns`]), as long as it runs.
    fn still_runs(&self) -> Option<ToolError> {
        None
    }
}

/// Runs `cmd` and takes any status but 0 for an error.
///
/// # Errors
/// As [`Runner::run`], and where the status is not 0.
pub fn success(runner: &dyn Runner, cmd: &Cmd) -> Result<Output, ToolError> {
    let output = runner.run(cmd)?;
    if output.status == Some(0) {
        return Ok(output);
    }
    let said = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
    let said = String::from_utf8_lossy(said);
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES).collect();
    let said = lines.join("; ");
    Err(ToolError::Status { command: cmd.to_string(), status: output.status, said })
}
