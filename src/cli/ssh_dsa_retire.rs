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

    /// Tell the running daemon to read its keys again afterwards.
    #[arg(long)]
    pub reload: bool,

    /// Plan for the host whose proc, sys and etc lie under DIR; changes nothing there.
    #[arg(long, value_name = "DIR", conflicts_with = "apply")]
    pub root: Option<PathBuf>,
}

const HELP: &str = "\
Each DSA key and its .pub get the ending .retire, never over an existing file.
sshd_config is not edited: a line there that names the key is a refusal.
Exit status: 0 planned, done or nothing to do, 1 refused, 2 wrong usage, 3 failed
and everything as it was, 4 left half-way (see status), 5 another run holds the
lock.";
