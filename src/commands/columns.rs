//! How wide a text may be.

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use terminal_size::terminal_size_of;

use crate::report::Columns;

/// Of what goes to stdout: those of its terminal; of a file or a pipe always the same.
pub fn of_stdout() -> Columns {
    of(io::stdout())
}

/// The same of what goes to stderr.
pub(super) fn of_stderr() -> Columns {
    of(io::stderr())
}

/// Where a terminal does not know its width, as a serial console does not, `COLUMNS` says it.
fn of(stream: impl AsFd + IsTerminal) -> Columns {
    let is_terminal = stream.is_terminal();
    let width = terminal_size_of(stream).map(|(width, _)| width.0).filter(|width| *width > 0);
    let said = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|_| is_terminal);
    width.or_else(said).map_or(Columns::PIPE, Columns::of_terminal)
}
