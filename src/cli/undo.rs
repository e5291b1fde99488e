//! Arguments of `undo`.

use clap::Args;

use super::Change;
use crate::subjects::records::facts::confirmations::note;

/// Arguments of `undo`.
#[derive(Debug, Args)]
pub struct Undo {
    /// Instead, close a run that can be neither finished nor taken back, with a note on what was done about it. Other
    /// commands begin again, and what the journal knows of that run is used no more.
    #[arg(long, value_name = "NOTE", value_parser = note)]
    pub close: Option<String>,

    #[command(flatten)]
    pub change: Change,
}
