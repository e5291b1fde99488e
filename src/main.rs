//! `okv-host`: see the library for the design.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = okv_host::cli::Cli::parse();
    okv_host::commands::run(&cli).into()
}
