//! Arguments of every command that changes a host.

use clap::Args;

use super::{PlainFormat, Talk};

/// Arguments that every command which changes a host has.
#[derive(Debug, Args)]
pub struct Change {
    /// Carry out the plan; without this it is only shown.
    #[arg(long)]
    pub apply: bool,

    /// Do not ask before the first step.
    #[arg(long, requires = "apply")]
    pub yes: bool,

    /// How much is printed.
    #[command(flatten)]
    pub talk: Talk,

    /// How to print.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}
