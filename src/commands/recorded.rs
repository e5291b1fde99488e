//! What the journal of this host has, for commands that only read it.

use std::path::Path;

use anyhow::{Context, Result, anyhow};

use crate::engine::apply::journal_path;
use crate::engine::{Entry, RecordedRun, last_run};
use crate::host::Root;
use crate::io::journal::{Journal, Record};
use crate::io::owned;

/// The records of the journal; none where there is no journal.
pub(super) fn records() -> Result<Vec<Record<Entry>>> {
    let path = journal_path(Path::new("/"));
    owned::verify(&path)?;
    Journal::read(&path).with_context(|| format!("the journal {}", path.display()))
}

/// The records of a host that answers: this one, or one that was captured. A folder has none.
pub(super) fn records_of(root: &Root) -> Result<Vec<Record<Entry>>> {
    if !root.has_answers() {
        return Ok(Vec::new());
    }
    let ask = || records().map_err(|why| format!("{why:#}"));
    root.answer("records of runs", ask).and_then(|records| records).map_err(|why| anyhow!("{why}"))
}

/// The last run on a host, where it was one of `command`.
pub(super) fn last_run_on(root: &Root, command: &str) -> Result<Option<RecordedRun>> {
    Ok(last_run(&records_of(root)?).filter(|run| run.command == command))
}
