//! `okv-host`: see the library for the design.

use std::process::ExitCode;

use okv_host::cli::Cli;
use okv_host::commands;
use okv_host::io::sys::{harden, reading};

/// With the commit and its day, where the build knows them.
const VERSION: &str = match option_env!("OKV_HOST_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

fn main() -> ExitCode {
    let cli = Cli::read(commands::columns::of_stdout().count(), VERSION);
    harden();
    if cli.only_reads() { reading(|| commands::run(&cli)) } else { commands::run(&cli) }.into()
}
