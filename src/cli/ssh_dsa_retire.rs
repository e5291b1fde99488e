//! Arguments of `ssh-dsa-retire`.

use std::path::PathBuf;

use clap::Args;

use super::Change;

/// Arguments of `ssh-dsa-retire`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct SshDsaRetire {
    /// Arguments that every changing command has.
    #[command(flatten)]
    pub change: Change,

    /// Reload the running daemon afterwards.
    #[arg(long)]
    pub reload: bool,

    /// Plan for the host whose proc, sys and etc lie under DIR; changes nothing there.
    #[arg(long, value_name = "DIR", conflicts_with = "apply")]
    pub root: Option<PathBuf>,
}

const HELP: &str = "\
Each DSA key and its .pub get the ending .retire, never over an existing file. It does not edit sshd_config: it \
refuses where a line there names the key.

Examples:
  okv-host ssh-dsa-retire
  okv-host ssh-dsa-retire --reload --apply

Exit status: 0 planned, done or nothing to do; 1 refused; 2 usage error; 3 failed, with everything as before; 4 \
stopped half-way (okv-host status); 5 another run holds the lock.";
