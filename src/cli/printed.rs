//! What the program prints of itself: man pages and completions, made from the arguments, and schemas.

use std::io::{self, Write};

use clap::Args;
use clap_complete::Shell;

use super::Cli;

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_HELP)]
pub struct Completions {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

const COMPLETIONS_HELP: &str = "\
Examples:
  okv-host completions bash > /etc/bash_completion.d/okv-host
  okv-host completions zsh > _okv-host";

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = MAN_HELP)]
pub struct Man {
    /// The command; the page of the program where none is given.
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

const MAN_HELP: &str = "\
Examples:
  okv-host man > okv-host.8
  okv-host man check | man -l -";

/// Arguments of `schema`.
#[derive(Debug, Args)]
#[command(after_help = SCHEMA_HELP)]
pub struct Schema {
    /// The document; the list of all where none is given.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

const SCHEMA_HELP: &str = "\
Within a version of a schema, fields are only added: a program that reads a document has to pass over fields that it \
does not know.

Examples:
  okv-host schema
  okv-host schema check.v1 > check.schema.json";

impl Completions {
    pub fn write(&self, out: &mut impl Write) {
        clap_complete::generate(self.shell, &mut Cli::in_groups(), "okv-host", out);
    }
}

impl Man {
    /// Writes the page; `false` where there is no such command.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&self, out: &mut impl Write) -> io::Result<bool> {
        let program = Cli::in_groups().version(env!("CARGO_PKG_VERSION"));
        let command = match &self.command {
            None => program,
            Some(name) => match program.find_subcommand(name) {
                // The version heads the page; only the program itself prints it.
                Some(found) => {
                    let named = found.clone().name(format!("okv-host-{name}"));
                    named.version(env!("CARGO_PKG_VERSION")).disable_version_flag(true)
                }
                None => return Ok(false),
            },
        };
        clap_mangen::Man::new(command).section("8").render(out)?;
        Ok(true)
    }
}
