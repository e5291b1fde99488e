//! Arguments of `kernel-prune`.

use std::path::PathBuf;

use clap::Args;

use super::Change;

/// Arguments of `kernel-prune`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct KernelPrune {
    /// Arguments that every changing command has.
    #[command(flatten)]
    pub change: Change,

    /// Keep this kernel too, by its release as uname -r prints it.
    #[arg(long, value_name = "RELEASE")]
    pub keep: Vec<String>,

    /// Plan for the host whose proc, sys and etc lie under DIR; changes nothing
    /// there.
    #[arg(long, value_name = "DIR", conflicts_with = "apply")]
    pub root: Option<PathBuf>,
}

const HELP: &str = "\
The kernel that runs stays, the newest, the one that boots by default, and those
that --keep names; of the same family everything older goes, one release a
transaction, by yum or dnf with no repository. Each kernel that stays must have
its vmlinuz, initramfs, modules and boot entry before and after. /boot is looked
into also where it is not mounted, mounted for the removal, and unmounted again.
Exit status: 0 planned, done or nothing to do, 1 refused, 2 wrong usage, 3 failed
and everything as it was, 4 left half-way (see status), 5 another run holds the
lock.";
