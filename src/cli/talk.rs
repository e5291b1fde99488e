//! How much a command prints.

use clap::Args;

/// The same of a command that runs no program.
#[derive(Debug, Clone, Copy, Args)]
pub struct Quiet {
    /// Print only the verdict, in one line.
    #[arg(short, long)]
    pub quiet: bool,
}

/// How much is printed, for people: JSON is always whole.
#[derive(Debug, Clone, Copy, Args)]
pub struct Talk {
    /// Print only the verdict, in one line.
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print each program that is run, with its duration, on stderr.
    #[arg(short, long)]
    pub verbose: bool,
}
