//! Arguments of `compare`.

use std::path::PathBuf;

use clap::Args;

use super::{PlainFormat, Quiet};

/// Arguments of `compare`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Compare {
    /// The earlier report: what check --format json printed.
    #[arg(value_name = "BEFORE.json")]
    pub before: PathBuf,

    /// The later report of the same node.
    #[arg(value_name = "AFTER.json")]
    pub after: PathBuf,

    /// How much is printed.
    #[command(flatten)]
    pub talk: Quiet,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

const HELP: &str = "\
Verdicts, the worst last: pass, note and not-applicable; confirm; warn; unknown; block. Findings are matched by rule \
and subject. A new finding counts as worse, except pass, note and not-applicable.

Examples:
  okv-host compare before.json after.json
  okv-host compare before.json after.json --format json

Exit status: 0 nothing got worse; 1 something got worse; 2 usage error; 3 a report cannot be read, or the reports are \
of different nodes.";
