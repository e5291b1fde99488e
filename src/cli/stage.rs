//! Arguments of `stage`.

use std::path::PathBuf;

use clap::Args;

use super::{Change, Judge};
use crate::base::digest::Sha256;

/// Arguments of `stage`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Stage {
    /// The upgrade ISO, wherever this node can read it.
    #[arg(value_name = "ISO")]
    pub iso: PathBuf,

    /// Its published SHA-256.
    #[arg(long, value_name = "HEX")]
    pub sha256: Option<Sha256>,

    /// Arguments that every changing command has.
    #[command(flatten)]
    pub change: Change,

    /// Arguments that every judging command has.
    #[command(flatten)]
    pub judge: Judge,

    /// Plan for the saved host whose proc, sys, etc, dev and var lie under DIR; changes nothing there.
    #[arg(long, value_name = "DIR", conflicts_with = "apply")]
    pub root: Option<PathBuf>,
}

const HELP: &str = "\
It copies the ISO into the folder in which the upgrade looks for it, reads it back from the disk and compares \
it, mounts it read-only, and empties the package manager's cache of its repository. An interrupted copy \
continues where it stopped. It refuses if check has a blocker, if the ISO is not whole or has another checksum, \
and if the copy would leave no room.

Examples:
  okv-host stage /root/okv-upgrade-disc-21.8.0.0.0.iso
  okv-host stage ISO --sha256 HEX --apply

Exit status: 0 planned, done or nothing to do; 1 refused; 2 usage error; 3 failed, with everything as before; 4 \
stopped half-way (okv-host status); 5 another run holds the lock.";
