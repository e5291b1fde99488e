//! `okv-host completions`, `okv-host man` and `okv-host schema`.

use std::io::{self, Write};

use anyhow::Result;

use super::usage_error::UsageError;
use crate::cli::{Completions, Man, Schema};
use crate::engine::ExitStatus;
use crate::report;

pub(super) fn completions(args: &Completions) -> Result<ExitStatus> {
    let mut text = Vec::new();
    args.write(&mut text);
    io::stdout().write_all(&text)?;
    Ok(ExitStatus::Success)
}

pub(super) fn man(args: &Man) -> Result<ExitStatus> {
    let mut text = Vec::new();
    if !args.write(&mut text)? {
        let name = args.command.as_deref().unwrap_or_default().escape_debug().to_string();
        return Err(UsageError(format!("no command has the name \"{name}\". All commands: okv-host --help")).into());
    }
    io::stdout().write_all(&text)?;
    Ok(ExitStatus::Success)
}

pub(super) fn schema(args: &Schema) -> Result<ExitStatus> {
    let text = match args.name.as_deref() {
        None => report::schemas().map(|(name, command)| format!("{name:<22}{command}\n")).collect(),
        Some(name) => report::schema(name).ok_or_else(|| {
            let name = name.escape_debug();
            UsageError(format!("no document has the name \"{name}\". All documents: okv-host schema"))
        })?,
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitStatus::Success)
}
