//! `okv-host status`.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};

use super::Exit;
use crate::apply::{Entry, journal_path, last_run};
use crate::cli::{PlainFormat, Status};
use crate::journal::Journal;
use crate::report;

pub(super) fn run(args: &Status) -> Result<Exit> {
    let path = journal_path(Path::new("/"));
    let records = Journal::<Entry>::read(&path).with_context(|| format!("the journal {}", path.display()))?;
    let last = last_run(&records);
    let mut out = io::stdout().lock();
    match args.format {
        PlainFormat::Json => report::status_json(&mut out, last.as_ref())?,
        PlainFormat::Text => out.write_all(report::status_text(last.as_ref()).as_bytes())?,
    }
    Ok(if last.is_some_and(|run| run.state.is_unfinished()) { Exit::Stuck } else { Exit::Done })
}
