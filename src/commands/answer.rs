//! How the answer of a changing command is printed.

use std::io::{self, Write};

use anyhow::Result;

use super::columns::of_stdout;
use crate::cli::{Change, PlainFormat};
use crate::report::{self, PlanReport};

/// Prints an answer as the arguments ask for.
pub(super) fn show(args: &Change, report: &PlanReport<'_>) -> Result<()> {
    match args.format {
        PlainFormat::Json => report::plan_json(&mut io::stdout().lock(), report)?,
        PlainFormat::Text if args.talk.quiet => write_all(&report::plan_line(report), io::stdout())?,
        PlainFormat::Text => write_all(&report::plan_text(report, of_stdout()), io::stdout())?,
    }
    Ok(())
}

pub(super) fn write_all(text: &str, mut out: impl Write) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}
