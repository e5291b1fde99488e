//! `okv-host undo`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Exit;
use super::change::{count, take_host};
use super::confirm::confirm;
use super::gate::beneath_upgrade;
use crate::apply::{Entry, Host, LastRun, can_take_back, journal_path, last_run, take_back};
use crate::cli::{Change, PlainFormat};
use crate::journal::{Journal, Record};
use crate::report::{self, UndoOutcome};
use crate::tool;

pub(super) fn run(args: &Change) -> Result<Exit> {
    if !args.apply {
        let path = journal_path(Path::new("/"));
        let records = Journal::<Entry>::read(&path).with_context(|| format!("the journal {}", path.display()))?;
        let host = Host { base: PathBuf::from("/"), runner: &tool::Host };
        let (run, outcome, message, exit) = plan(&records, &host);
        show(args, run.as_ref(), outcome, message.as_deref())?;
        return Ok(exit);
    }
    let Some((host, _lock)) = take_host()? else { return Ok(Exit::Held) };
    let mut journal = host.journal().context("the journal cannot be opened: nothing was changed")?;
    let (run, outcome, message, exit) = plan(journal.records(), &host);
    let Some(run) = run.filter(|_| outcome == UndoOutcome::Planned) else {
        show(args, None, outcome, message.as_deref())?;
        return Ok(exit);
    };
    if !args.yes && !confirm(&format!("Take back {} of {}.", count(changes(&run), "change"), run.command))? {
        bail!("not confirmed: nothing was changed");
    }
    let (outcome, message, exit) = match take_back(&run, &host, &mut journal) {
        Ok(()) => (UndoOutcome::Undone, None, Exit::Done),
        Err(why) => (UndoOutcome::Stuck, Some(why), Exit::Stuck),
    };
    // That stdout is gone does not change what was done, nor the exit status.
    if let Err(error) = show(args, Some(&run), outcome, message.as_deref()) {
        let _ = writeln!(io::stderr(), "okv-host: the answer could not be written: {error:#}");
    }
    Ok(exit)
}

type Answer = (Option<LastRun>, UndoOutcome, Option<String>, Exit);

/// What can be taken back now, all of it or nothing.
fn plan(records: &[Record<Entry>], host: &Host<'_>) -> Answer {
    let Some(run) = last_run(records).filter(|run| changes(run) > 0) else {
        return (None, UndoOutcome::NothingToDo, None, Exit::Done);
    };
    if let Some(reason) = beneath_upgrade("undo") {
        return (Some(run), UndoOutcome::Refused, Some(reason.message), Exit::Blocked);
    }
    match can_take_back(&run, host) {
        Ok(()) => (Some(run), UndoOutcome::Planned, None, Exit::Done),
        Err(why) => (Some(run), UndoOutcome::Refused, Some(why), Exit::Blocked),
    }
}

/// Changes of a run that stand.
fn changes(run: &LastRun) -> usize {
    run.changes().count()
}

fn show(args: &Change, run: Option<&LastRun>, outcome: UndoOutcome, message: Option<&str>) -> Result<()> {
    let mut out = io::stdout().lock();
    match args.format {
        PlainFormat::Json => report::undo_json(&mut out, run, outcome, message)?,
        PlainFormat::Text => out.write_all(report::undo_text(run, outcome, message).as_bytes())?,
    }
    out.flush()?;
    Ok(())
}
