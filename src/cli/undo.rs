//! Arguments of `undo`.

use clap::Args;

use super::Change;
use crate::subjects::records::facts::confirmations::note;

/// Arguments of `undo`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Undo {
    /// Close a run that can be neither finished nor taken back, with a note on what was done about it.
    #[arg(long, value_name = "NOTE", value_parser = note)]
    pub close: Option<String>,

    #[command(flatten)]
    pub change: Change,
}

const HELP: &str = "\
It takes back all changes of the last run, or none, the last step first. What cannot be taken back is named \
before anything changes. --close ends a run that can be neither finished nor taken back.

Examples:
  okv-host undo
  okv-host undo --close \"new disk\" --apply

Exit status: 0 planned, taken back or nothing to do; 1 refused; 2 usage error; 3 failed; 4 stopped half-way; 5 \
another run holds the lock.";
