//! `okv-host completions` and `okv-host man`.

use std::io::{self, Write};

use anyhow::Result;

use super::usage_error::UsageError;
use crate::cli::{Completions, Man};
use crate::engine::ExitStatus;

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
