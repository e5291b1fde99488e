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

    /// Before the node is powered off: record its disks, and say which to add.
    #[arg(long, conflicts_with_all = ["apply", "disk"])]
    pub prepare: bool,

    /// Swap that the node is to have, for example 64GiB; the release says how
    /// much where not given.
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub size: Option<Bytes>,

    /// The disk to add: path, link in /dev/disk/by-id, serial number or WWN.
    #[arg(long, value_name = "DISK")]
    pub disk: Option<String>,

    /// A temporary swap volume takes what is swapped out while the swap grows,
    /// where memory cannot; it needs as many extents again as the swap has.
    #[arg(long)]
    pub temporary_swap: bool,

    /// Release whose figures hold: a built-in name, or a JSON file.
    #[arg(long, value_name = "RELEASE", default_value = Profile::DEFAULT)]
    pub profile: String,

    /// Plan for the saved host whose proc, sys, etc, dev and var lie under DIR; changes nothing there.
    #[arg(long, value_name = "DIR", conflicts_with = "apply")]
    pub root: Option<PathBuf>,
}

const HELP: &str = "\
The size is absolute: a second run has nothing to do. Where the volume group has
the extents, no disk is touched; else exactly one blank disk that is new since
--prepare is taken, or the one that --disk names. A disk with anything on it is
refused. UUID, label and priority of the swap stay. A run that was cut off is
finished by running it again.
Exit status: 0 planned, done or nothing to do, 1 refused, 2 wrong usage, 3 failed
and everything as it was, 4 left half-way (see status), 5 another run holds the
lock.";
