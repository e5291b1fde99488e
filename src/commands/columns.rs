//! How wide a text may be.

use std::io;

use terminal_size::terminal_size_of;

use crate::report::Columns;

/// Of what goes to stdout: those of its terminal; of a file or a pipe always the same.
pub fn of_stdout() -> Columns {
    terminal_size_of(io::stdout()).map_or(Columns::PIPE, |(width, _)| Columns::of_terminal(width.0))
}

/// The same of what goes to stderr.
pub(super) fn of_stderr() -> Columns {
    terminal_size_of(io::stderr()).map_or(Columns::PIPE, |(width, _)| Columns::of_terminal(width.0))
}
