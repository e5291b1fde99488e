//! `okv-host undo`.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Exit;
use super::change::take_host;
use super::confirm::confirm;
use crate::apply::{Entry, LastRun, journal_path, last_run, take_back};
use crate::cli::{Change, PlainFormat};
use crate::journal::{Journal, Record};
use crate::report::{self, UndoOutcome};

pub(super) fn run(args: &Change) -> Result<Exit> {
    let path = journal_path(Path::new("/"));
    let records = Journal::<Entry>::read(&path).with_context(|| format!("the journal {}", path.display()))?;
    let Some(run) = to_take_back(&records) else {
        show(args, None, UndoOutcome::NothingToDo, None)?;
        return Ok(Exit::Done);
    };
    if !args.apply {
        show(args, Some(&run), UndoOutcome::Planned, None)?;
        return Ok(Exit::Done);
    }
    let Some((host, _lock)) = take_host()? else { return Ok(Exit::Held) };
    if !args.yes && !confirm(&format!("Take back {} steps of {}.", run.standing.len(), run.command))? {
        bail!("not confirmed: nothing was changed");
    }
    let mut journal = host.journal()?;
    if to_take_back(journal.records()).as_ref() != Some(&run) {
        bail!("another run came between: nothing was changed; look at okv-host status");
    }
    match take_back(&run, &host, &mut journal)? {
        Ok(()) => {
            show(args, Some(&run), UndoOutcome::Undone, None)?;
            Ok(Exit::Done)
        }
        Err(why) => {
            show(args, Some(&run), UndoOutcome::Stuck, Some(why))?;
            Ok(Exit::Stuck)
        }
    }
}

/// The last run, where something of it stands.
fn to_take_back(records: &[Record<Entry>]) -> Option<LastRun> {
    last_run(records).filter(|run| !run.standing.is_empty())
}

fn show(args: &Change, run: Option<&LastRun>, outcome: UndoOutcome, message: Option<String>) -> Result<()> {
    let mut out = io::stdout().lock();
    match args.format {
        PlainFormat::Json => report::undo_json(&mut out, run, outcome, message.as_deref())?,
        PlainFormat::Text => out.write_all(report::undo_text(run, outcome, message.as_deref()).as_bytes())?,
    }
    Ok(())
}
