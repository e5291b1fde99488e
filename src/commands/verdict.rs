//! How a verdict is shown, and what exit status it is.

use std::borrow::Cow;
use std::io::{self, Write};

use anstream::adapter::strip_str;

use crate::engine::ExitStatus;
use crate::subjects::rule::Outcome;

pub(super) fn exit(verdict: Outcome) -> ExitStatus {
    match verdict {
        Outcome::Ready => ExitStatus::Success,
        Outcome::Blocked => ExitStatus::Blocked,
        Outcome::Unknown => ExitStatus::Undetermined,
    }
}

/// Writes a whole report at once, without colours where they are not wanted. A stream of `anstream` would write each
/// line by itself.
pub(super) fn write_coloured(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    let choice = anstream::AutoStream::choice(&out);
    let is_plain = choice == anstream::ColorChoice::Never;
    let text = if is_plain { Cow::Owned(strip_str(text).to_string()) } else { Cow::Borrowed(text) };
    out.write_all(text.as_bytes())?;
    out.flush()
}
