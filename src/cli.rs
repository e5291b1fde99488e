//! The command line: what can be asked, and how.

use clap::builder::styling::Styles;
use clap::{Args, Parser, Subcommand, ValueEnum};

mod change;
mod check;
mod cluster;
mod judge;
mod kernel_prune;
mod runbook;
mod scan;
mod ssh_dsa_retire;
mod stage;
mod swap_extend;
mod undo;
mod upgrade;
mod vocabulary;

pub use change::Change;
pub use check::Check;
pub use cluster::Cluster;
pub use judge::Judge;
pub use kernel_prune::KernelPrune;
pub use runbook::{Confirm, Runbook, RunbookFormat};
pub use scan::{Scan, ScanFormat};
pub use ssh_dsa_retire::SshDsaRetire;
pub use stage::Stage;
pub use swap_extend::SwapExtend;
pub use undo::Undo;
pub use upgrade::Upgrade;

/// Judge an Oracle Key Vault node before an upgrade, from its block devices up.
///
/// Exit status: 0 ready, done or nothing to do, 1 blocked or refused, 2 wrong usage, 3 could not tell or failed with
/// everything as it was, 4 left half-way, 5 another run holds the lock.
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
    /// Judge whether a node may be upgraded, and say what would lift what blocks it.
    Check(Check),
    /// Show what is on disks: tables, partitions, file systems, swap, LVM.
    Scan(Scan),
    /// Say of every step of the upgrade procedure how it stands on a node.
    Runbook(Runbook),
    /// Record that a step was done which no node shows.
    Confirm(Confirm),
    /// Judge a cluster by the saved reports on its nodes, offline.
    Cluster(Cluster),
    /// Bring an upgrade ISO to where the upgrade looks for it: copy, mount, clean.
    Stage(Stage),
    /// Run the vendor's upgrade so that a lost connection does not end it.
    Upgrade(Upgrade),
    /// Grow the swap of this node in place, with a new disk where one is needed.
    SwapExtend(SwapExtend),
    /// Remove old kernels, and prove that the ones that stay can boot.
    KernelPrune(KernelPrune),
    /// Retire the SSH DSA host keys that an upgrade leaves behind.
    SshDsaRetire(SshDsaRetire),
    /// Say what the last run did, and whether something is left half-way.
    Status(Status),
    /// Take back what the last run did, or close it.
    Undo(Undo),
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
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
