//! The commands: wiring of the layers below, and nothing else.

mod change;
mod check;
mod cluster;
mod confirm;
mod confirm_step;
mod explain;
mod fleet;
mod gate;
mod judged;
mod kernel_prune;
mod paths;
mod progress;
mod runbook;
mod scan;
mod ssh_dsa_retire;
mod stage;
mod status;
mod swap_extend;
mod undo;
mod upgrade;
mod verdict;

use std::io::{self, Write};
use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// How a run ended; the number is the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, ready, or nothing to do.
    Done = 0,
    /// A finding blocks.
    Blocked = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Could not tell, or failed with everything as it was.
    Unknown = 3,
    /// Left half-way; the journal says where.
    Stuck = 4,
    /// Another run holds the lock.
    Held = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs a command. A reader that goes away (a closed pipe) is no failure.
pub fn run(cli: &Cli) -> Exit {
    let outcome = match &cli.command {
        Command::Scan(args) => scan::run(args),
        Command::Check(args) => check::run(args),
        Command::Stage(args) => stage::run(args),
        Command::Upgrade(args) => upgrade::run(args),
        Command::Runbook(args) => runbook::run(args),
        Command::Confirm(args) => confirm_step::run(args),
        Command::SwapExtend(args) => swap_extend::run(args),
        Command::KernelPrune(args) => kernel_prune::run(args),
        Command::Cluster(args) => cluster::run(args),
        Command::SshDsaRetire(args) => ssh_dsa_retire::run(args),
        Command::Status(args) => status::run(args),
        Command::Undo(args) => undo::run(args),
    };
    outcome.unwrap_or_else(|error| {
        if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
            return Exit::Done;
        }
        // Where stderr is gone there is nobody left to tell.
        let _ = writeln!(io::stderr(), "okv-host: {error:#}");
        if error.is::<UsageError>() { Exit::Usage } else { Exit::Unknown }
    })
}

/// The arguments cannot be meant like this.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}
