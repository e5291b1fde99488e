//! Arguments of `upgrade`.

use std::path::PathBuf;

use clap::Args;

use super::{Change, Judge};

/// Arguments of `upgrade`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Upgrade {
    /// Arguments that every changing command has.
    #[command(flatten)]
    pub change: Change,

    /// Restart the node once the upgrade asks for it.
    #[arg(long)]
    pub reboot: bool,

    /// Arguments that every judging command has.
    #[command(flatten)]
    pub judge: Judge,

    /// Plan for the saved host whose proc, sys, etc, dev and var lie under DIR; changes nothing there.
    #[arg(long, value_name = "DIR", conflicts_with = "apply")]
    pub root: Option<PathBuf>,
}

const HELP: &str = "\
Every rule of check must hold once more, and every step of the runbook before it.
The vendor's upgrade then runs as a service, which a lost connection does not
end; what it prints is shown and kept. While it runs, or once the connection was
lost, the same command follows it again. The node is restarted only by --reboot.
Exit status: 0 planned, done or nothing to do, 1 refused, 2 wrong usage, 3 failed
and everything as it was, 4 left half-way (see status), 5 another run holds the
lock.";
