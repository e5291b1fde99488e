//! The command line: what can be asked, and how.

use std::ffi::OsString;
use std::io::{self, Write};
use std::{env, process};

use clap::builder::styling::Styles;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

mod capture;
mod change;
mod check;
mod cluster;
mod compare;
mod images;
mod judge;
mod kernel_prune;
mod output;
mod printed;
mod profile;
mod runbook;
mod scan;
mod ssh_dsa_retire;
mod stage;
mod swap_extend;
mod talk;
mod undo;
mod upgrade;
mod vocabulary;

pub use capture::Capture;
pub use change::Change;
pub use check::{Check, CheckFormat};
pub use cluster::Cluster;
pub use compare::Compare;
pub use images::Images;
pub use judge::Judge;
pub use kernel_prune::KernelPrune;
pub use output::{Output, OutputFormat, Outputs};
pub use printed::{Completions, Man, Schema};
pub use profile::{ProfileAction, ProfileArgs};
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
    /// Write what check reads to one file
    Capture(Capture),
    /// Show the last run and the upgrade
    Status(Status),
    /// Show or verify a release profile
    Profile(ProfileArgs),
    /// Print completions for a shell
    Completions(Completions),
    /// Print a man page
    Man(Man),
    /// Print the JSON Schema of a document
    Schema(Schema),
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
const READING: &[&str] =
    &["check", "scan", "runbook", "cluster", "compare", "capture", "status", "profile", "completions", "man", "schema"];
const RECORDING: &[&str] = &["confirm"];

const HELP: &str = "\
Examples:
  okv-host check
  okv-host swap-extend --help

Exit status: 0 done, ready or nothing to do; 1 blocked or refused; 2 usage error; 3 unknown, or failed with \
everything as before; 4 stopped half-way; 5 another run holds the lock; 6 an --output \
file could not be written.";

impl Cli {
    /// Whether it changes and records nothing on this host.
    pub fn only_reads(&self) -> bool {
        match &self.command {
            Command::Stage(args) => !args.change.apply,
            Command::Upgrade(args) => !args.change.apply && !args.reboot,
            Command::SwapExtend(args) => !args.change.apply && !args.prepare,
            Command::KernelPrune(args) => !args.change.apply,
            Command::SshDsaRetire(args) => !args.change.apply,
            Command::Undo(args) => !args.change.apply,
            Command::Confirm(_) => false,
            _ => true,
        }
    }

    /// The arguments of this process, with help for a page of so many columns. Wrong ones end the process.
    pub fn read(columns: usize, version: &'static str) -> Self {
        let parse = |command: clap::Command| command.version(version).term_width(columns).try_get_matches();
        // The groups are put together only for who reads them.
        let matches = parse(Self::command()).or_else(|error| match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => parse(Self::in_groups()),
            _ => Err(error),
        });
        matches.and_then(|matches| Self::from_arg_matches(&matches)).unwrap_or_else(|error| {
            if error.use_stderr() && is_plugin(env::args_os()) {
                let _ = writeln!(io::stdout(), "OKV UNKNOWN - the command line is wrong. Run: okv-host check --help");
                let _ = error.print();
                process::exit(UNKNOWN);
            }
            error.exit()
        })
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

/// The exit status of a monitoring plugin that could not find out: 2, as of other wrong arguments, is CRITICAL there.
const UNKNOWN: i32 = 3;

/// Whether wrong arguments ask for the line of a plugin.
fn is_plugin(arguments: impl Iterator<Item = OsString>) -> bool {
    let arguments: Vec<OsString> = arguments.collect();
    let is_pair = |pair: &[OsString]| matches!(pair, [option, value] if option == "--format" && value == "nagios");
    arguments.windows(2).any(is_pair) || arguments.iter().any(|word| word == "--format=nagios")
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
    fn a_plan_only_reads_and_what_applies_it_or_records_something_does_not() {
        let reads = |line: &str| Cli::try_parse_from(line.split(' ')).unwrap().only_reads();
        let plans = ["swap-extend", "kernel-prune", "ssh-dsa-retire", "stage x.iso", "upgrade", "undo"];
        for plan in plans {
            assert!(reads(&format!("okv-host {plan}")), "{plan}");
            assert!(!reads(&format!("okv-host {plan} --apply --yes")), "{plan} --apply");
        }
        for command in ["confirm back-up --note x", "upgrade --reboot", "swap-extend --prepare"] {
            assert!(!reads(&format!("okv-host {command}")), "{command}");
        }
        for command in ["check", "scan", "runbook", "cluster a.json", "status", "man"] {
            assert!(reads(&format!("okv-host {command}")), "{command}");
        }
    }

    #[test]
    fn every_reading_command_is_one_and_stands_first() {
        let names: Vec<String> = Cli::command().get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        assert_eq!(names[..READING.len()], *READING);
    }
}
