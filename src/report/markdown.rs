//! Text in Markdown (CommonMark): a label or a note stays one.

use super::text::clean;

/// The text with what means something in Markdown or HTML behind a backslash: a note must stay a note.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        if "\\`*_[]<>#|&~!@".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A command, as it is typed.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", clean(text).replace('`', "'"))
}
