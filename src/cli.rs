//! The command line: what can be asked, and how.

use std::path::PathBuf;

use clap::builder::styling::Styles;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::profile::Profile;

/// Judge an Oracle Key Vault node before an upgrade, from its block devices up.
///
/// Nothing here writes to a disk. Exit status: 0 ready or done, 1 blocked, 2 wrong usage, 3 could not tell.
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
    #[arg(long, value_name = "DISK", num_args = 1..)]
    pub image: Vec<PathBuf>,

    /// Release to judge by: a built-in name, or a JSON file.
    #[arg(long, value_name = "RELEASE", default_value = Profile::DEFAULT)]
    pub profile: String,

    /// Print the rules with their thresholds and sources, and judge nothing.
    #[arg(long, conflicts_with_all = ["root", "image"])]
    pub list: bool,

    /// How to print.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
}

const CHECK_HELP: &str = "\
Without --root and --image this host is judged, which takes root.
Exit status: 0 ready, 1 blocked, 2 wrong usage, 3 could not tell.";

/// Formats of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
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
