//! `okv-host undo`.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};

use super::change::{take_host, this_host};
use super::columns::of_stdout;
use super::confirm::confirm;
use super::gate::beneath_upgrade;
use super::lock_holder::under_way;
use super::made;
use super::recorded::records;
use super::root::{Without, need_root};
use super::surroundings::Surroundings;
use crate::base::cause::cause;
use crate::base::units::count;
use crate::cli::{PlainFormat, Undo};
use crate::engine::apply::{Lock, TargetHost, can_take_back, lacks_something, take_back};
use crate::engine::{Ending, Entry, ExitStatus, RecordedRun, last_run};
use crate::host::Root;
use crate::host::state::STATE;
use crate::io::journal::{Journal, Record};
use crate::report;

pub(super) fn run(args: &Undo, around: Surroundings) -> Result<ExitStatus> {
    let planned = |records: &[Record<Entry>], host: &TargetHost<'_>| match &args.close {
        None => plan(records, host),
        Some(_) => plan_to_close(records, host),
    };
    need_root(Without::Changing)?;
    if !args.change.apply {
        if Lock::is_held(Path::new("/")).with_context(|| format!("the lock {STATE}/lock"))? {
            let _ = writeln!(io::stderr(), "{}; what it does can be taken back when it has ended", under_way());
            return Ok(ExitStatus::Locked);
        }
        let (run, ending) = planned(&records()?, &this_host(around));
        show(args, run.as_ref(), &ending)?;
        return Ok(ending.exit_status());
    }
    let Some((host, lock)) = take_host(around)? else { return Ok(ExitStatus::Locked) };
    let mut journal =
        host.journal().context("the journal cannot be opened: nothing was changed")?.heard_by(around.audit);
    let (run, ending) = planned(journal.records(), &host);
    let Some(run) = run.filter(|_| ending == Ending::Planned) else {
        drop(lock);
        show(args, None, &ending)?;
        return Ok(ending.exit_status());
    };
    if let Some(note) = args.close.clone() {
        return close(args, &run, note, &mut journal, lock);
    }
    let what = format!("take back {} of {}", count(changes(&run), "change"), run.command);
    if !args.change.yes && !confirm(&what)? {
        return Ok(ExitStatus::Success);
    }
    // Between the old header and swapon the node has no swap: a lost connection must not end the way back there.
    let held = (around.hold_signals)()?;
    let ending = match take_back(&run, &host, &mut journal) {
        Ok(()) => Ending::Undone,
        Err(why) => Ending::Stuck { why: None, undo_why: why },
    };
    // A blocked terminal may make the answer wait.
    drop(lock);
    held.let_go();
    // That stdout is gone does not change what was done, nor the exit status.
    if let Err(error) = show(args, Some(&run), &ending) {
        let _ =
            writeln!(io::stderr(), "okv-host: the answer could not be written: {}", cause(&format_args!("{error:#}")));
    }
    Ok(ending.exit_status())
}

/// What can be taken back now, all of it or nothing.
fn plan(records: &[Record<Entry>], host: &TargetHost<'_>) -> (Option<RecordedRun>, Ending) {
    let Some(run) = last_run(records).filter(|run| changes(run) > 0) else {
        return (None, Ending::NothingToDo);
    };
    if let Some(reason) = beneath_upgrade(&Root::live(), "undo") {
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

/// Closing forgets what the journal knows of the last run. So it must be of no use any more: `undo` cannot take the
/// run back, or has tried and failed, and the node lacks nothing that the run took away.
fn plan_to_close(records: &[Record<Entry>], host: &TargetHost<'_>) -> (Option<RecordedRun>, Ending) {
    let Some(run) = last_run(records).filter(RecordedRun::is_unfinished) else {
        return (None, Ending::NothingToDo);
    };
    let refused = |why: String| Ending::Refused { why: Some(why) };
    let ending = if let Some(reason) = beneath_upgrade(&Root::live(), "undo") {
        refused(reason.message)
    } else if lacks_something(&run, host) {
        refused(format!("the node lacks what {0} took away: run okv-host {0} again", run.command))
    } else if !run.undo_failed && can_take_back(&run, host).is_ok() {
        refused("it can be taken back: okv-host undo --apply".to_owned())
    } else {
        Ending::Planned
    };
    (Some(run), ending)
}

fn close(args: &Undo, run: &RecordedRun, note: String, journal: &mut Journal<Entry>, lock: Lock) -> Result<ExitStatus> {
    if !args.change.yes && !confirm(&format!("close the unfinished run of {}", run.command))? {
        return Ok(ExitStatus::Success);
    }
    journal.append(Entry::Closed { note }).context("the journal cannot be written: the run stays unfinished")?;
    drop(lock);
    show(args, None, &Ending::Closed)?;
    Ok(Ending::Closed.exit_status())
}

fn show(args: &Undo, run: Option<&RecordedRun>, ending: &Ending) -> Result<()> {
    let message = match ending {
        Ending::Refused { why } => why.as_deref(),
        Ending::Stuck { undo_why, .. } => Some(undo_why.as_str()),
        _ => None,
    };
    let mut out = io::stdout().lock();
    match args.change.format {
        PlainFormat::Json => {
            report::undo_json(&mut out, run, ending, message, &made::of_host(&Root::live(), None))?;
        }
        PlainFormat::Text if args.change.talk.quiet => writeln!(out, "{}", report::undo_end(ending))?,
        PlainFormat::Text if args.close.is_some() => {
            out.write_all(report::close_text(run, ending, message, of_stdout()).as_bytes())?;
        }
        PlainFormat::Text => out.write_all(report::undo_text(run, ending, message, of_stdout()).as_bytes())?,
    }
    out.flush()?;
    Ok(())
}
