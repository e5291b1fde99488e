//! Text for people: wrapped to the columns of whoever reads it, and free of control characters that a disk may hold.

use std::fmt::{self, Write};

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::base::chars::is_hidden;

/// How many columns a line has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns(usize);

impl Columns {
    /// Where no terminal shows the text: a file, a pipe, a ticket.
    pub const PIPE: Self = Self(80);
    /// Below this a table has no room; beyond the other one a line is hard to follow.
    const NARROWEST: usize = 60;
    const WIDEST: usize = 120;

    /// Of a terminal of this width.
    pub fn of_terminal(width: u16) -> Self {
        Self(usize::from(width).clamp(Self::NARROWEST, Self::WIDEST))
    }

    pub fn count(self) -> usize {
        self.0
    }
}

/// A text that is being written, in lines of so many columns.
pub(crate) struct Page {
    pub(crate) columns: Columns,
    text: String,
}

impl Page {
    pub(crate) fn new(columns: Columns) -> Self {
        Self { columns, text: String::new() }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    pub(crate) fn push(&mut self, c: char) {
        self.text.push(c);
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(crate) fn blank(&mut self, cells: usize) {
        self.text.extend(std::iter::repeat_n(' ', cells));
    }
}

impl Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.write_str(text)
    }
}

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
pub(crate) fn wrap(out: &mut Page, text: &str, at: usize, indent: usize) {
    let text = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, behind) = (" ".repeat(at), " ".repeat(indent));
    let options = Options::new(out.columns.count())
        .initial_indent(&before)
        .subsequent_indent(&behind)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    for (number, line) in textwrap::wrap(&text, options).iter().enumerate() {
        if number == 0 {
            // What fills these columns is there already.
            let rest = line.get(at..).unwrap_or_default();
            if rest.is_empty() {
                out.text.truncate(out.text.trim_end_matches(' ').len());
            }
            out.push_str(rest);
        } else {
            out.push('\n');
            out.push_str(line);
        }
    }
    out.push('\n');
}

/// `text` cut to `width` cells, the last of them `~` where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    let text = clean(text);
    if text.width() <= width {
        return text;
    }
    let (mut short, mut cells) = (String::new(), 1);
    for c in text.chars() {
        cells += c.width().unwrap_or_default();
        if cells > width {
            break;
        }
        short.push(c);
    }
    short.push('~');
    short
}

/// `text` with blanks up to `width` cells.
pub(crate) fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// A remedy as a sentence: a command of ours stays one that can be pasted.
pub(crate) fn sentence(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    if text.starts_with("okv-host ") || text.starts_with('/') {
        return format!("Run: {text}");
    }
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', ')', '"']) || text.contains("okv-host ") { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, at: usize, indent: usize) -> String {
        let mut page = Page::new(Columns::PIPE);
        page.blank(at);
        wrap(&mut page, text, at, indent);
        page.into_text()
    }

    #[test]
    fn a_label_cannot_drive_the_terminal() {
        assert_eq!(clean("a\x1b[2Jb\n"), "a\\u{1b}[2Jb\\u{a}");
        assert_eq!(clean("x\u{202e}y"), "x\\u{202e}y");
    }

    #[test]
    fn no_line_has_more_cells_than_the_page_has_columns() {
        let words = ["word ".repeat(60), "w".repeat(300), "\u{78c1}\u{76d8} ".repeat(60), "\u{78c1}".repeat(200)];
        for text in &words {
            for (at, indent) in [(0, 0), (10, 4), (4, 10), (79, 0), (80, 20)] {
                let text = wrapped(text, at, indent);
                assert!(text.lines().all(|line| line.width() <= 80), "{text}");
                assert!(text.lines().all(|line| !line.ends_with(' ')), "{text:?}");
            }
        }
        assert_eq!(wrapped(&words[0], 10, 4).split_whitespace().count(), 60);
    }

    #[test]
    fn a_first_word_that_does_not_fit_goes_to_the_next_line() {
        let text = wrapped(&"w".repeat(60), 30, 4);
        assert_eq!(text, format!("\n    {}\n", "w".repeat(60)));
    }

    #[test]
    fn what_is_cut_shows_it() {
        assert_eq!(cut("abcdef", 4), "abc~");
        assert_eq!(cut("abcd", 4), "abcd");
        assert_eq!(cut("\u{78c1}\u{76d8}\u{78c1}", 4), "\u{78c1}~");
    }

    #[test]
    fn a_page_has_60_to_120_columns() {
        assert_eq!([1, 60, 99, 200].map(|width| Columns::of_terminal(width).count()), [60, 60, 99, 120]);
    }
}
