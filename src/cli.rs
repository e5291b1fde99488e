//! The command line: what can be asked, and how.

use clap::builder::styling::Styles;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

mod change;
mod check;
mod cluster;
mod compare;
mod judge;
mod kernel_prune;
mod output;
mod printed;
mod runbook;
mod scan;
mod ssh_dsa_retire;
mod stage;
mod swap_extend;
mod talk;
mod undo;
mod upgrade;
mod vocabulary;

pub use change::Change;
pub use check::{Check, CheckFormat};
pub use cluster::Cluster;
pub use compare::Compare;
pub use judge::Judge;
pub use kernel_prune::KernelPrune;
pub use output::{Output, OutputFormat, Outputs};
pub use printed::{Completions, Man};
pub use runbook::{Confirm, Runbook, RunbookFormat};
pub use scan::{Scan, ScanFormat};
pub use ssh_dsa_retire::SshDsaRetire;
pub use stage::Stage;
pub use swap_extend::SwapExtend;
pub use talk::{Quiet, Talk};
pub use undo::Undo;
pub use upgrade::Upgrade;

/// Verify and prepare an Oracle Key Vault node for an upgrade, and change it safely.
#[derive(Debug, Parser)]
#[command(name = "okv-host", styles = Styles::plain())]
#[command(subcommand_required = true, arg_required_else_help = true, after_help = HELP)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands; those that only read first.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check whether this node can be upgraded
    Check(Check),
    /// Show tables, file systems, swap and LVM
    Scan(Scan),
    /// Show every step of the upgrade procedure
    Runbook(Runbook),
    /// Check a cluster by saved reports
    Cluster(Cluster),
    /// Compare two saved reports of one node
    Compare(Compare),
    /// Show the last run and the upgrade
    Status(Status),
    /// Print completions for a shell
    Completions(Completions),
    /// Print a man page
    Man(Man),
    /// Record a step that cannot be verified
    Confirm(Confirm),
    /// Copy and mount the upgrade ISO
    Stage(Stage),
    /// Run the vendor's upgrade as a service
    Upgrade(Upgrade),
    /// Grow the swap of this node in place
    SwapExtend(SwapExtend),
    /// Remove old kernels
    KernelPrune(KernelPrune),
    /// Retire the DSA host keys of SSH
    SshDsaRetire(SshDsaRetire),
    /// Take back the last run, or close it
    Undo(Undo),
}

/// The commands that read, which come first in [`Command`]; the others change this host, or record something on it.
const READING: &[&str] = &["check", "scan", "runbook", "cluster", "compare", "status", "completions", "man"];
const RECORDING: &[&str] = &["confirm"];

const HELP: &str = "\
Examples:
  okv-host check
  okv-host swap-extend --help

Exit status: 0 done, ready or nothing to do; 1 blocked or refused; 2 usage error; 3 unknown, or failed with \
everything as before; 4 stopped half-way; 5 another run holds the lock; 6 an --output \
file could not be written.";

impl Cli {
    /// The arguments of this process, with help for a page of so many columns. Wrong ones end the process.
    pub fn read(columns: usize, version: &'static str) -> Self {
        let matches = Self::in_groups().version(version).term_width(columns).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// The command line, with its commands in groups in the help.
    pub fn in_groups() -> clap::Command {
        let command = Self::command();
        let list = |is_of: &dyn Fn(&str) -> bool| {
            let of_group = command.get_subcommands().filter(|sub| is_of(sub.get_name()));
            let line = |sub: &clap::Command| {
                format!("  {:<15} {}\n", sub.get_name(), sub.get_about().map(ToString::to_string).unwrap_or_default())
            };
            of_group.map(line).collect::<String>()
        };
        let template = format!(
            "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\nThese read, and change nothing:\n{}\n\
             These change this host; without --apply they show a plan:\n{}\nThese write records of okv-host \
             alone, at once:\n{}\nOptions:\n{{options}}{{after-help}}",
            list(&|name| READING.contains(&name)),
            list(&|name| !READING.contains(&name) && !RECORDING.contains(&name)),
            list(&|name| RECORDING.contains(&name))
        );
        command.help_template(template)
    }
}

/// Arguments of `status`.
#[derive(Debug, Args)]
#[command(after_help = STATUS_HELP)]
pub struct Status {
    /// How much is printed.
    #[command(flatten)]
    pub talk: Quiet,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

const STATUS_HELP: &str = "\
Examples:
  okv-host status
  okv-host status -q

Exit status: 0 nothing is left half-way; 3 the record could not be read; 4 a run is left half-way; 5 a run goes on.";

/// Formats of everything but `scan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::in_groups().debug_assert();
    }

    #[test]
    fn every_reading_command_is_one_and_stands_first() {
        let names: Vec<String> = Cli::command().get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        assert_eq!(names[..READING.len()], *READING);
    }
}
