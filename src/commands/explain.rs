//! `okv-host check --explain`.

use std::io::{self, Write};

use anyhow::Result;

use super::columns::of_stdout;
use super::vocabulary::named;
use crate::cli::PlainFormat;
use crate::engine::ExitStatus;
use crate::profile::Profile;
use crate::report;

pub(super) fn run(name: &str, profile: &Profile, format: PlainFormat) -> Result<ExitStatus> {
    let what = named(name)?.what;
    let mut out = io::stdout().lock();
    match format {
        PlainFormat::Json => report::list_json(&mut out, profile, what.rules())?,
        PlainFormat::Text => out.write_all(report::explained_text(&what, profile, of_stdout()).as_bytes())?,
    }
    Ok(ExitStatus::Success)
}
