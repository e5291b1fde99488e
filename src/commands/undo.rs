//! `okv-host undo`.

use std::io::{self, Write};

use anyhow::{Context, Result, bail};

use super::change::{count, take_host, this_host};
use super::confirm::confirm;
use super::gate::beneath_upgrade;
use super::recorded::records;
use crate::cli::{Change, PlainFormat};
use crate::engine::apply::{Interrupts, TargetHost, can_take_back, take_back};
use crate::engine::{Ending, Entry, ExitStatus, RecordedRun, last_run};
use crate::io::journal::Record;
use crate::report;

pub(super) fn run(args: &Change) -> Result<ExitStatus> {
    if !args.apply {
        let records = records()?;
        let host = this_host();
        let (run, ending) = plan(&records, &host);
        show(args, run.as_ref(), &ending)?;
        return Ok(ending.exit_status());
    }
    let Some((host, lock)) = take_host()? else { return Ok(ExitStatus::Locked) };
    let mut journal = host.journal().context("the journal cannot be opened: nothing was changed")?;
    let (run, ending) = plan(journal.records(), &host);
    let Some(run) = run.filter(|_| ending == Ending::Planned) else {
        drop(lock);
        show(args, None, &ending)?;
        return Ok(ending.exit_status());
    };
    if !args.yes && !confirm(&format!("Take back {} of {}.", count(changes(&run), "change"), run.command))? {
        bail!("not confirmed: nothing was changed");
    }
    // Between the old header and swapon the node has no swap: a lost connection must not end the way back there.
    let held = Interrupts::hold()?;
    let ending = match take_back(&run, &host, &mut journal) {
        Ok(()) => Ending::Undone,
        Err(why) => Ending::Stuck { why: None, undo_why: why },
    };
    // A blocked terminal may make the answer wait.
    drop(lock);
    held.let_go();
    // That stdout is gone does not change what was done, nor the exit status.
    if let Err(error) = show(args, Some(&run), &ending) {
        let _ = writeln!(io::stderr(), "okv-host: the answer could not be written: {error:#}");
    }
    Ok(ending.exit_status())
}

/// What can be taken back now, all of it or nothing.
fn plan(records: &[Record<Entry>], host: &TargetHost<'_>) -> (Option<RecordedRun>, Ending) {
    let Some(run) = last_run(records).filter(|run| changes(run) > 0) else {
        return (None, Ending::NothingToDo);
    };
    if let Some(reason) = beneath_upgrade("undo") {
        return (Some(run), Ending::Refused { why: Some(reason.message) });
    }
    match can_take_back(&run, host) {
        Ok(()) => (Some(run), Ending::Planned),
        Err(why) => (Some(run), Ending::Refused { why: Some(why) }),
    }
}

/// Changes of a run that stand.
fn changes(run: &RecordedRun) -> usize {
    run.changes().count()
}

fn show(args: &Change, run: Option<&RecordedRun>, ending: &Ending) -> Result<()> {
    let message = match ending {
        Ending::Refused { why } => why.as_deref(),
        Ending::Stuck { undo_why, .. } => Some(undo_why.as_str()),
        _ => None,
    };
    let mut out = io::stdout().lock();
    match args.format {
        PlainFormat::Json => report::undo_json(&mut out, run, ending, message)?,
        PlainFormat::Text => out.write_all(report::undo_text(run, ending, message).as_bytes())?,
    }
    out.flush()?;
    Ok(())
}
