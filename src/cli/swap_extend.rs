//! Arguments of `swap-extend`.

use std::path::PathBuf;

use clap::Args;

use super::Change;
use crate::base::units::{Bytes, parse_size};
use crate::profile::Profile;

/// Arguments of `swap-extend`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct SwapExtend {
    /// Arguments that every changing command has.
    #[command(flatten)]
    pub change: Change,

    /// Before the node is powered off: record its disks, and show which to add.
    #[arg(long, conflicts_with_all = ["apply", "disk"])]
    pub prepare: bool,

    /// Swap that the node needs, for example 64GiB; by default that of the release.
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub size: Option<Bytes>,

    /// The disk to add: path, link in /dev/disk/by-id, serial number or WWN.
    #[arg(long, value_name = "DISK")]
    pub disk: Option<String>,

    /// Use a temporary swap volume while the swap grows, if memory cannot hold the swapped-out pages.
    #[arg(long)]
    pub temporary_swap: bool,

    /// Release profile to use: a built-in name, or a JSON file.
    #[arg(long, value_name = "RELEASE", default_value = Profile::DEFAULT)]
    pub profile: String,

    /// Plan for the saved host whose proc, sys, etc, dev and var lie under DIR; changes nothing there.
    #[arg(long, value_name = "DIR", conflicts_with = "apply")]
    pub root: Option<PathBuf>,
}

const HELP: &str = "\
The size is absolute: a second run has nothing to do. If the volume group has the extents, no disk is touched. \
Otherwise it takes exactly one blank disk that is new since --prepare, or the one that --disk names. It refuses \
a disk with anything on it. UUID, label and priority of the swap stay. Run it again to finish an interrupted \
run.

Examples:
  okv-host swap-extend --prepare
  okv-host swap-extend --apply

Exit status: 0 planned, done or nothing to do; 1 refused; 2 usage error; 3 failed, with everything as before; 4 \
stopped half-way (okv-host status); 5 another run holds the lock.";
