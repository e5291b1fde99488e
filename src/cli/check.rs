//! Arguments of `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::vocabulary::{Word, all};
use super::{Images, Judge, Outputs, PlainFormat, Talk};
use crate::base::digest::Sha256;

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Check {
    /// Check the saved host whose proc, sys, etc and dev lie under DIR; what was not saved is not judged.
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// The disks of a powered-off node.
    #[command(flatten)]
    pub images: Images,

    /// Arguments that every judging command has.
    #[command(flatten)]
    pub judge: Judge,

    /// SHA-256 that the upgrade ISO must have; all of it is read.
    #[arg(long, value_name = "HEX", conflicts_with = "image")]
    pub sha256: Option<Sha256>,

    /// List the rules with their thresholds and sources.
    #[arg(long, conflicts_with = "image")]
    pub list: bool,

    /// Explain a rule, or the rules of a step or of an item of the procedure (7.2-13).
    #[arg(
        long,
        value_name = "RULE",
        value_parser = Word(all),
        hide_possible_values = true,
        conflicts_with_all = ["image", "list"]
    )]
    pub explain: Option<String>,

    /// Show every finding in full, the worst first.
    #[arg(long, conflicts_with_all = ["list", "explain"])]
    pub all: bool,

    /// Show the findings of these rules in full: ids of rules or steps, or items of the procedure.
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        value_parser = Word(all),
        hide_possible_values = true,
        conflicts_with_all = ["list", "explain", "all"]
    )]
    pub only: Vec<String>,

    /// How much is printed.
    #[command(flatten)]
    pub talk: Talk,

    /// How to print.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,

    /// Files that the answer is written to.
    #[command(flatten)]
    pub outputs: Outputs,
}

/// Formats of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// One line of a monitoring plugin, with its exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
    Nagios,
}

impl CheckFormat {
    /// The same for what is no verdict; `None` where it is for verdicts alone.
    pub fn plain(self) -> Option<PlainFormat> {
        match self {
            Self::Text => Some(PlainFormat::Text),
            Self::Json => Some(PlainFormat::Json),
            Self::Nagios => None,
        }
    }
}

const HELP: &str = "\
Without --root and --image it checks this host, as root. It takes no lock and opens nothing for writing.

Examples:
  okv-host check
  okv-host check --only swap-size,7.2-9 --root DIR

Exit status: 0 no blocker found; 1 blocked; 2 usage error; 3 something could not be read; 6 an \
--output file could not be written. With --format nagios: 0 OK; 1 WARNING; 2 CRITICAL; 3 UNKNOWN.";
