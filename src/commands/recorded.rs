//! What the journal of this host has, for commands that only read it.

use std::path::Path;

use anyhow::{Context, Result};

use crate::engine::apply::journal_path;
use crate::engine::{Entry, RecordedRun, last_run};
use crate::io::journal::{Journal, Record};
use crate::io::owned;

/// The records of the journal; none where there is no journal.
pub(super) fn records() -> Result<Vec<Record<Entry>>> {
    let path = journal_path(Path::new("/"));
    owned::verify(&path)?;
    Journal::read(&path).with_context(|| format!("the journal {}", path.display()))
}

/// The last run, where it was one of `command`.
pub(super) fn last_run_of(command: &str) -> Result<Option<RecordedRun>> {
    Ok(last_run(&records()?).filter(|run| run.command == command))
}
