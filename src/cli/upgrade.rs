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
It refuses unless no rule blocks or is unknown and every step of the runbook before it is done or confirmed. The \
vendor's upgrade then runs as a service, which a lost connection does not end; its output is shown and kept. Run \
the same command again to follow it. Only --reboot restarts the node.

Examples:
  okv-host upgrade
  okv-host upgrade --apply

Exit status: 0 planned, done or nothing to do; 1 refused; 2 usage error; 3 failed, with everything as before; 4 \
stopped half-way (okv-host status); 5 another run holds the lock.";
