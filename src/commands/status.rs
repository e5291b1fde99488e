//! `okv-host status`.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;

use super::change::UNDER_WAY;
use super::columns::of_stdout;
use super::recorded::records;
use crate::cli::{PlainFormat, Status};
use crate::engine::apply::Lock;
use crate::engine::{ExitStatus, RecordedRun, last_run};
use crate::host::{Root, processes};
use crate::report;
use crate::subjects::upgrade::facts::upgrade_run;

pub(super) fn run(args: &Status) -> Result<ExitStatus> {
    let records = records()?;
    let last = last_run(&records);
    // The lock tells a run that goes on, be it only in what it started, from one that was cut off.
    if matches!(Lock::is_held(Path::new("/")), Ok(true)) {
        let _ = writeln!(io::stderr(), "{UNDER_WAY}; what follows is how far it has come");
        return show(args, last.as_ref(), ExitStatus::Locked);
    }
    let exit =
        if last.as_ref().is_some_and(RecordedRun::is_unfinished) { ExitStatus::HalfWay } else { ExitStatus::Success };
    show(args, last.as_ref(), exit)
}

fn show(args: &Status, last: Option<&RecordedRun>, exit: ExitStatus) -> Result<ExitStatus> {
    let root = Root::live();
    let upgrade = upgrade_run::gather(&root, &processes::gather(&root));
    let mut out = io::stdout().lock();
    match args.format {
        PlainFormat::Json => report::status_json(&mut out, last, &upgrade)?,
        PlainFormat::Text => out.write_all(report::status_text(last, &upgrade, of_stdout()).as_bytes())?,
    }
    Ok(exit)
}
