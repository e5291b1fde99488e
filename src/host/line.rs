//! What the sources that are text share: numbered lines, octal escapes, words within quotes.

use std::fmt;

/// Most bytes of a bad line that an error repeats.
const SHOWN: usize = 80;

/// A line that makes no sense, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1; 0 where the whole text is meant.
    pub line: u32,
    /// What is wrong with it, and its beginning.
    pub why: String,
}

impl BadLine {
    pub fn new(line: u32, why: &str, text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text.get(..SHOWN).unwrap_or(text));
        Self { line, why: format!("{why}: \"{}\"", text.escape_debug()) }
    }

    /// The text as a whole.
    pub fn whole(why: impl Into<String>) -> Self {
        Self { line: 0, why: why.into() }
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.why),
            line => write!(f, "line {line}: {}", self.why),
        }
    }
}

/// The lines of a text that a person may have edited: the last one need not end.
pub(crate) fn numbered(text: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.split(|b| *b == b'\n').zip(1..).map(|(line, number)| (number, line))
}

/// The lines of a text that the kernel wrote.
///
/// # Errors
/// Where the last line has no end: the text is cut off, and what it seems to say may be half a number.
pub(crate) fn numbered_whole(text: &[u8]) -> Result<impl Iterator<Item = (u32, &[u8])>, BadLine> {
    match text.last() {
        None => Err(BadLine::whole("it is empty")),
        Some(b'\n') => Ok(numbered(text)),
        Some(_) => Err(BadLine::whole("it is cut off: the last line has no end")),
    }
}

/// `bytes` with every `\NNN` (three octal digits) decoded once, as the kernel's `mangle_path` and fstab(5) write it.
/// Bytes that are no UTF-8 become U+FFFD; a backslash that begins no escape stays.
pub(super) fn unescape(bytes: &[u8]) -> String {
    if !bytes.contains(&b'\\') {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        match rest {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                out.push((a & 3) << 6 | (b & 7) << 3 | (c & 7));
                rest = after;
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `UUID="x"` as `UUID=x`: the quotes are the file's, not the name's (systemd `fstab_node_to_udev_node`).
pub(crate) fn unquote_name(source: String) -> String {
    let quoted = |(tag, value): (&str, &str)| {
        let value = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))?;
        Some(format!("{tag}={value}"))
    };
    source.split_once('=').and_then(quoted).unwrap_or(source)
}

/// Parts of `text` between separators that are not within double quotes. Empty parts are given too.
pub(super) fn split_unquoted(text: &[u8], is_separator: impl Fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    text.split(move |b| {
        quoted ^= *b == b'"';
        !quoted && is_separator(*b)
    })
}

/// The words of a list of mount options. A comma within quotes or an escape belongs to its word.
pub(super) fn options(field: &[u8]) -> impl Iterator<Item = String> {
    split_unquoted(field, |b| b == b',').filter(|word| !word.is_empty()).map(unescape)
}

/// A number in decimal digits and nothing else: no sign, no spaces.
pub(crate) fn number(field: &[u8]) -> Option<u64> {
    field.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(field).ok()?.parse().ok())?
}

/// A number of 32 bits.
pub(crate) fn number32(field: &[u8]) -> Option<u32> {
    number(field).and_then(|n| u32::try_from(n).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_decoded_once_and_only_where_it_is_whole() {
        assert_eq!(unescape(br"/mnt/with\040space"), "/mnt/with space");
        assert_eq!(unescape(br"/mnt/a\134043b"), r"/mnt/a\043b");
        assert_eq!(unescape(br"a\0401\04"), r"a 1\04");
        assert_eq!(unescape(br"\477\8\"), r"\477\8\");
        assert_eq!(unescape(b"\\303\\244\xff"), "\u{e4}\u{fffd}");
    }

    #[test]
    fn a_comma_within_quotes_belongs_to_its_option() {
        let words: Vec<_> = options(br#"rw,context="a:s0:c1,c2",,x=a\054b"#).collect();
        assert_eq!(words, ["rw", r#"context="a:s0:c1,c2""#, "x=a,b"]);
    }

    #[test]
    fn a_number_has_digits_only() {
        assert_eq!(number(b"18446744073709551615"), Some(u64::MAX));
        for bad in [&b""[..], b"+1", b"-1", b"1 ", b"18446744073709551616", b"1\0", b"\xff"] {
            assert_eq!(number(bad), None, "{bad:?}");
        }
        assert_eq!(number32(b"4294967296"), None);
    }

    #[test]
    fn a_bad_line_is_repeated_cut_short_and_without_control_characters() {
        let shown = BadLine::new(7, "short", &[0x1b; 500]).to_string();
        assert!(shown.starts_with("line 7: short: \"\\u{1b}") && shown.len() < 600, "{shown}");
    }
}
