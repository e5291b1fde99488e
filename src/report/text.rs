//! Text for people: wrapped to 80 columns, and free of control characters that a disk may hold.

use std::fmt::Write;

use crate::base::chars::is_hidden;

/// Columns of a line.
pub(crate) const COLUMNS: usize = 80;

/// `text` with control characters shown as `\u{1b}` and the like: a label must not drive the terminal of the one who
/// reads it.
pub(crate) fn clean(text: &str) -> String {
    // Nearly all of them, seen without taking them apart.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Appends `text`, wrapped between words, each line after the first behind `indent` spaces; the first goes on at column
/// `at`.
pub(crate) fn wrap(out: &mut String, text: &str, mut at: usize, indent: usize) {
    let mut first = true;
    let text = clean(text);
    for word in text.split_whitespace().flat_map(|word| pieces(word, COLUMNS.saturating_sub(indent))) {
        let width = word.chars().count();
        // The first may follow a word of the caller's, which it does not fit behind.
        let fits = at.saturating_add(width).saturating_add(usize::from(!first)) <= COLUMNS;
        if !fits && (!first || at > indent) {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            at = indent;
            first = true;
        }
        if !first {
            out.push(' ');
            at = at.saturating_add(1);
        }
        out.push_str(word);
        at = at.saturating_add(width);
        first = false;
    }
    out.push('\n');
}

/// A word in pieces that fit into a line, where it does not: a path of many letters has no blank to break at.
fn pieces(word: &str, width: usize) -> impl Iterator<Item = &str> {
    let (mut rest, width) = (word, width.max(1));
    std::iter::from_fn(move || {
        let is_short = rest.len() <= width;
        let cut = if is_short { None } else { rest.char_indices().nth(width) }.map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(cut);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// `text` cut to `width` columns, the last of them `~` where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    let text = clean(text);
    if text.chars().count() <= width {
        return text;
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('~');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_drive_the_terminal() {
        assert_eq!(clean("a\x1b[2Jb\n"), "a\\u{1b}[2Jb\\u{a}");
        assert_eq!(clean("x\u{202e}y"), "x\\u{202e}y");
    }

    #[test]
    fn lines_end_before_column_80() {
        let mut out = String::new();
        wrap(&mut out, &"word ".repeat(60), 10, 4);
        assert!(out.lines().enumerate().all(|(i, l)| l.len() + if i == 0 { 10 } else { 0 } <= COLUMNS), "{out}");
        assert_eq!(out.split_whitespace().count(), 60);
    }

    #[test]
    fn what_is_cut_shows_it() {
        assert_eq!(cut("abcdef", 4), "abc~");
        assert_eq!(cut("abcd", 4), "abcd");
    }
}
