//! How the answer of a changing command is printed.

use std::io::{self, Write};

use anyhow::Result;

use super::columns::of_stdout;
use super::made;
use crate::cli::{Change, PlainFormat};
use crate::host::Root;
use crate::profile::Profile;
use crate::report::{self, PlanReport};

/// What a changing command was asked: how to answer, of which host, and by which profile where it has one.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) args: &'a Change,
    pub(super) root: &'a Root,
    pub(super) profile: Option<&'a Profile>,
}

/// Prints an answer as the arguments ask for.
pub(super) fn show(asked: Asked<'_>, report: &PlanReport<'_>) -> Result<()> {
    match asked.args.format {
        PlainFormat::Json => {
            let made = made::of_host(asked.root, asked.profile);
            report::plan_json(&mut io::stdout().lock(), report, &made)?;
        }
        PlainFormat::Text if asked.args.talk.quiet => write_all(&report::plan_line(report), io::stdout())?,
        PlainFormat::Text => write_all(&report::plan_text(report, of_stdout()), io::stdout())?,
    }
    Ok(())
}

pub(super) fn write_all(text: &str, mut out: impl Write) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}
