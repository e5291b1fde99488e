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

    /// What it sums up to, as its publisher says.
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
The ISO is copied into the folder in which the upgrade looks for it, read back
from the disk and compared, mounted read-only, and the package manager's cache of
its repository is emptied. What is done already is left as it is; a copy that was
cut off goes on where it was. It refuses what check blocks, an ISO that is not
whole or not of that sum, and a copy that would leave the node without room.
Exit status: 0 planned, done or nothing to do, 1 refused, 2 wrong usage, 3 failed
and everything as it was, 4 left half-way (see status), 5 another run holds the
lock.";
