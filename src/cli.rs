//! The command line: what can be asked, and how.

use std::path::PathBuf;

use clap::builder::styling::Styles;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::dates::Moment;
use crate::digest::Sha256;
use crate::profile::Profile;
use crate::units::{Bytes, parse_size};

mod judge;
mod runbook;
mod stage;
mod upgrade;

pub use judge::Judge;
pub use runbook::{Confirm, Runbook, RunbookFormat};
pub use stage::Stage;
pub use upgrade::Upgrade;

/// Judge an Oracle Key Vault node before an upgrade, from its block devices up.
///
/// Exit status: 0 ready, done or nothing to do, 1 blocked or refused, 2 wrong usage, 3 could not tell or failed with everything as it
/// was, 4 left half-way, 5 another run holds the lock.
#[derive(Debug, Parser)]
#[command(name = "okv-host", version, max_term_width = 80, styles = Styles::plain())]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what is on disks: tables, partitions, file systems, swap, LVM.
    Scan(Scan),
    /// Judge whether a node may be upgraded, and say what would lift what blocks it.
    Check(Check),
    /// Bring an upgrade ISO to where the upgrade looks for it: copy, mount, clean.
    Stage(Stage),
    /// Run the vendor's upgrade so that a lost connection does not end it.
    Upgrade(Upgrade),
    /// Say of every step of the upgrade procedure how it stands on a node.
    Runbook(Runbook),
    /// Record that a step was done which no node shows.
    Confirm(Confirm),
    /// Grow the swap of this node in place, with a new disk where one is needed.
    SwapExtend(SwapExtend),
    /// Remove old kernels, and prove that the ones that stay can boot.
    KernelPrune(KernelPrune),
    /// Judge a cluster by the saved reports on its nodes, offline.
    Cluster(Cluster),
    /// Retire the SSH DSA host keys that an upgrade leaves behind.
    SshDsaRetire(SshDsaRetire),
    /// Say what the last run did, and whether something is left half-way.
    Status(Status),
    /// Take back what the last run did.
    Undo(Change),
}

/// Arguments that every command which changes a host has.
#[derive(Debug, Args)]
pub struct Change {
    /// Do it; without this the plan is shown and nothing is changed.
    #[arg(long)]
    pub apply: bool,

    /// Do not ask before the first step.
    #[arg(long, requires = "apply")]
    pub yes: bool,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

/// Arguments of `swap-extend`.
#[derive(Debug, Args)]
#[command(after_help = EXTEND_HELP)]
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
}

const EXTEND_HELP: &str = "\
The size is absolute: a second run has nothing to do. Where the volume group has
the extents, no disk is touched; else exactly one blank disk that is new since
--prepare is taken, or the one that --disk names. A disk with anything on it is
refused. UUID, label and priority of the swap stay. A run that was cut off is
finished by running it again.
Exit status: 0 planned, done or nothing to do, 1 refused, 2 wrong usage, 3 failed
and everything as it was, 4 left half-way (see status), 5 another run holds the
lock.";

/// Arguments of `kernel-prune`.
#[derive(Debug, Args)]
#[command(after_help = PRUNE_HELP)]
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

const PRUNE_HELP: &str = "\
The kernel that runs stays, the newest, the one that boots by default, and those
that --keep names; of the same family everything older goes, one release a
transaction, by yum or dnf with no repository. Each kernel that stays must have
its vmlinuz, initramfs, modules and boot entry before and after. /boot is looked
into also where it is not mounted, mounted for the removal, and unmounted again.
Exit status: 0 planned, done or nothing to do, 1 refused, 2 wrong usage, 3 failed
and everything as it was, 4 left half-way (see status), 5 another run holds the
lock.";

/// Arguments of `ssh-dsa-retire`.
#[derive(Debug, Args)]
#[command(after_help = RETIRE_HELP)]
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

const RETIRE_HELP: &str = "\
Each DSA key and its .pub get the ending .retire, never over an existing file.
sshd_config is not edited: a line there that names the key is a refusal.
Exit status: 0 planned, done or nothing to do, 1 refused, 2 wrong usage, 3 failed
and everything as it was, 4 left half-way (see status), 5 another run holds the
lock.";

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

/// Arguments of `scan`.
#[derive(Debug, Args)]
#[command(after_help = SCAN_HELP)]
pub struct Scan {
    /// Block devices or image files; none means every whole disk of this machine.
    #[arg(value_name = "DISK")]
    pub disks: Vec<PathBuf>,

    /// Read further paths from FILE, one a line; - means stdin.
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,

    /// Paths in FILE end with a NUL, as find -print0 writes them.
    #[arg(short = '0', long, requires = "files_from")]
    pub null: bool,

    /// How to print.
    #[arg(long, value_enum, default_value_t = ScanFormat::Text)]
    pub format: ScanFormat,

    /// Threads to scan with; as many as there are processors where not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
}

const SCAN_HELP: &str = "\
Volume groups are assembled over all disks given; with --format jsonl each disk
stands alone, so that memory stays flat over any number of images.
Exit status: 0 all were read, 2 wrong usage, 3 something could not be read.";

/// Formats of `scan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScanFormat {
    /// A picture of each disk in 80 columns.
    Text,
    /// An array of disks.
    Json,
    /// One line per disk, for fleets.
    Jsonl,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = CHECK_HELP)]
pub struct Check {
    /// Judge the host whose proc, sys, etc and dev lie under DIR.
    #[arg(long, value_name = "DIR", conflicts_with = "image")]
    pub root: Option<PathBuf>,

    /// Judge a powered-off node by its disks alone.
    #[arg(long, value_name = "DISK", num_args = 1.., conflicts_with_all = ["certificate", "certificate_from"])]
    pub image: Vec<PathBuf>,

    /// Arguments that every judging command has.
    #[command(flatten)]
    pub judge: Judge,

    /// The upgrade ISO has to sum up to this (SHA-256); all of it is read.
    #[arg(long, value_name = "HEX", conflicts_with = "image")]
    pub sha256: Option<Sha256>,

    /// Print the rules with their thresholds and sources, and judge nothing.
    #[arg(long, conflicts_with_all = ["root", "image"])]
    pub list: bool,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

const CHECK_HELP: &str = "\
Without --root and --image this host is judged, which takes root.
Exit status: 0 ready, 1 blocked, 2 wrong usage, 3 could not tell.";

/// Arguments of `cluster`.
#[derive(Debug, Args)]
#[command(after_help = CLUSTER_HELP)]
pub struct Cluster {
    /// What check --format json printed on each node.
    #[arg(value_name = "REPORT.json", required = true, num_args = 1..=64)]
    pub reports: Vec<PathBuf>,

    /// What okv cluster info get printed, as JSON.
    #[arg(long, value_name = "FILE")]
    pub cluster_info: Option<PathBuf>,

    /// The report on HOST is that of the cluster's NODE; needed where the names differ.
    #[arg(long, value_name = "HOST=NODE", value_parser = pair)]
    pub node: Vec<(String, String)>,

    /// NODE is disabled since TIME: 2026-11-24T03:00Z, or with another zone.
    #[arg(long, value_name = "NODE=TIME", value_parser = node_and_time)]
    pub disabled: Vec<(String, u64)>,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

const CLUSTER_HELP: &str = "\
Nothing is asked of any host: all is in the files.
Exit status: 0 every node is ready, 1 a node is blocked or was disabled for too
long, 2 wrong usage, 3 could not tell.";

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((first, second)) if !first.is_empty() && !second.is_empty() => Ok((first.to_owned(), second.to_owned())),
        _ => Err("two names with = between them are needed".into()),
    }
}

fn node_and_time(text: &str) -> Result<(String, u64), String> {
    let (node, time) = pair(text)?;
    match Moment::parse(&time) {
        Some(moment) if moment.has_zone => Ok((node, moment.second)),
        _ => Err(format!("{time} is no time with its zone, like 2026-11-24T03:00Z")),
    }
}

/// Formats of everything but `scan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// For people, in 80 columns.
    Text,
    /// For programs.
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
