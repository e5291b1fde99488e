//! `okv-host status`.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;

use super::columns::of_stdout;
use super::lock_holder::under_way;
use super::made;
use super::recorded::records;
use crate::cli::{PlainFormat, Status};
use crate::engine::apply::Lock;
use crate::engine::{Entry, ExitStatus, RecordedRun, last_run};
use crate::host::{Root, processes};
use crate::io::journal::Record;
use crate::report::{self, By};
use crate::subjects::upgrade::facts::upgrade_run;

pub(super) fn run(args: &Status) -> Result<ExitStatus> {
    let records = records()?;
    let last = last_run(&records);
    // The lock tells a run that goes on, be it only in what it started, from one that was cut off.
    if matches!(Lock::is_held(Path::new("/")), Ok(true)) {
        let _ = writeln!(io::stderr(), "{}; what follows is how far it has come", under_way());
        return show(args, &records, ExitStatus::Locked);
    }
    let exit =
        if last.as_ref().is_some_and(RecordedRun::is_unfinished) { ExitStatus::HalfWay } else { ExitStatus::Success };
    show(args, &records, exit)
}

/// Who began the last run.
fn by(records: &[Record<Entry>]) -> Option<By<'_>> {
    let began = records.iter().rev().find(|record| matches!(record.entry, Entry::Began { .. }))?;
    Some(By { user: began.user.as_deref(), version: began.version.as_deref() })
}

fn show(args: &Status, records: &[Record<Entry>], exit: ExitStatus) -> Result<ExitStatus> {
    let last = last_run(records);
    let root = Root::live();
    let upgrade = upgrade_run::gather(&root, &processes::gather(&root));
    let mut out = io::stdout().lock();
    match args.format {
        PlainFormat::Json => report::status_json(&mut out, last.as_ref(), &upgrade, &made::of_host(&root, None))?,
        PlainFormat::Text if args.talk.quiet => {
            out.write_all(report::status_line(last.as_ref(), &upgrade).as_bytes())?
        }
        PlainFormat::Text => {
            out.write_all(report::status_text(last.as_ref(), by(records).as_ref(), &upgrade, of_stdout()).as_bytes())?
        }
    }
    Ok(exit)
}
