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
The running kernel stays, the newest, the default of the boot loader, and those of --keep. Everything older of \
the same family goes, one kernel per transaction, by yum or dnf without a repository. Each kernel that stays \
must have its vmlinuz, initramfs, modules and boot entry before and after.

Examples:
  okv-host kernel-prune
  okv-host kernel-prune --apply

Exit status: 0 planned, done or nothing to do; 1 refused; 2 usage error; 3 failed, with everything as before; 4 \
stopped half-way (okv-host status); 5 another run holds the lock.";
