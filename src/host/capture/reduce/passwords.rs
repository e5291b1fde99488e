//! Passwords and PINs that a word before them names: `password=X`, `PIN: "X"`, `--password X`.

use std::ops::Range;

use super::{Found, places};

/// Also at the end of a longer word.
const WORDS: &[&[u8]] = &[b"password", b"passwd", b"passphrase", b"pwd", b"secret", b"token", b"psk"];
/// No part of a longer word: `bypass` is none. `_` is no part of it.
const SHORT_WORDS: &[&[u8]] = &[b"pass", b"pin"];
/// Words that a file has at the beginning of a line, and the value behind white space.
const KEYS: &[&[u8]] = &[b"password", b"passphrase", b"secret", b"pin", b"pwd"];

/// Most bytes of a line that are looked at before a word.
const LONGEST: usize = 256;

pub(super) fn find(bytes: &[u8]) -> Found {
    let lower = bytes.to_ascii_lowercase();
    let long = WORDS.iter().flat_map(|word| of_word(bytes, &lower, word, |_| true));
    let is_apart = |word: &Word<'_>| !word.before().is_some_and(u8::is_ascii_alphanumeric);
    let short = SHORT_WORDS.iter().flat_map(|word| of_word(bytes, &lower, word, is_apart));
    long.chain(short).collect()
}

/// The values behind a word. One within another is a part of it.
fn of_word(bytes: &[u8], lower: &[u8], word: &'static [u8], is_meant: impl Fn(&Word<'_>) -> bool) -> Found {
    let (mut found, mut line, mut seen, mut done) = (Found::new(), 0_usize, 0_usize, 0_usize);
    for at in places(lower, word) {
        let between = bytes.get(seen..at).unwrap_or_default();
        if let Some(end) = between.iter().rposition(|byte| *byte == b'\n') {
            line = seen.saturating_add(end).saturating_add(1);
        }
        seen = at;
        let word = Word { bytes, word, at, line };
        if at < done || !is_meant(&word) {
            continue;
        }
        if let Some(value) = word.value() {
            done = value.end;
            found.push(value);
        }
    }
    found
}

/// A word in a text.
struct Word<'b> {
    bytes: &'b [u8],
    word: &'b [u8],
    at: usize,
    /// The beginning of its line.
    line: usize,
}

impl Word<'_> {
    fn before(&self) -> Option<&u8> {
        self.bytes.get(self.at.checked_sub(1)?)
    }

    /// What is in the line before the word of which it is the end; the last of it where that is long.
    fn prefix(&self) -> &[u8] {
        let begin = self.line.max(self.at.saturating_sub(LONGEST));
        let prefix = self.bytes.get(begin..self.at).unwrap_or_default();
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.".contains(byte);
        let name = prefix.iter().rev().take_while(is_name).count();
        prefix.get(..prefix.len().saturating_sub(name)).unwrap_or_default()
    }

    /// Where its value is.
    fn value(&self) -> Option<Range<usize>> {
        let mut at = self.at.checked_add(self.word.len())?;
        let mut skip = |is_skipped: &dyn Fn(&u8) -> bool| {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let count = rest.iter().take_while(|byte| is_skipped(byte)).count();
            at = at.saturating_add(count);
            count
        };
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        // `password2`, and the end of a name in quotes.
        skip(&u8::is_ascii_digit);
        let quotes = skip(&|byte| b"\\\"'".contains(byte));
        let before = skip(&is_blank);
        let next = *self.bytes.get(at)?;
        let prefix = self.prefix();
        let is_option = prefix.ends_with(b"-");
        let is_first = prefix.iter().all(|byte| b" \t-\\\"'{,".contains(byte)) || prefix.ends_with(b"export ");
        // A list of the name service, as in nsswitch.conf, is no password.
        let is_list = self.word == b"passwd" && self.at == self.line;
        let ends = match next {
            b'=' => Ends { at_comma: !is_first && !is_option, at_line: false },
            b':' if !is_list && (is_first || quotes > 0) && self.word != b"pass" => {
                Ends { at_comma: quotes > 0, at_line: true }
            }
            // Arguments one behind the other, as in /proc/PID/cmdline and in a list of JSON.
            0 if is_option && quotes == 0 => Ends::AT_BLANK,
            b',' if is_option && quotes > 0 => Ends { at_comma: true, at_line: false },
            0 | b'-' if !is_option => return None,
            _ if before > 0 && quotes == 0 && (is_option || self.is_key(at)) => {
                return Some(Ends::AT_BLANK.of(self.bytes, at));
            }
            _ => return None,
        };
        at = at.checked_add(1)?;
        let rest = self.bytes.get(at..)?;
        let blanks = rest.iter().take_while(|byte| is_blank(byte)).count();
        // `password= ` in options has no value.
        let is_option = next == b'=' && !is_first && before == 0;
        Some(ends.of(self.bytes, if is_option { at } else { at.checked_add(blanks)? }))
    }

    /// Whether it begins a line that has one more word, which begins at `value`.
    fn is_key(&self, value: usize) -> bool {
        let prefix = self.bytes.get(self.line..self.at).unwrap_or_default();
        if prefix.len() > LONGEST || !prefix.iter().all(u8::is_ascii_whitespace) || !KEYS.contains(&self.word) {
            return false;
        }
        let rest = self.bytes.get(value..).unwrap_or_default();
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
        !line.is_empty() && !line.iter().any(u8::is_ascii_whitespace)
    }
}

/// Where a value ends that is not in quotes; always at a NUL, and at the end of the line.
struct Ends {
    at_comma: bool,
    /// And not at a blank before it.
    at_line: bool,
}

impl Ends {
    const AT_BLANK: Self = Self { at_comma: false, at_line: false };

    /// The value that begins at `start`.
    fn of(&self, bytes: &[u8], start: usize) -> Range<usize> {
        let rest = bytes.get(start..).unwrap_or_default();
        let escape = usize::from(rest.first() == Some(&b'\\'));
        match rest.get(escape) {
            Some(quote @ (b'"' | b'\'')) => {
                let start = start.saturating_add(escape).saturating_add(1);
                let inner = bytes.get(start..).unwrap_or_default();
                start..start.saturating_add(quoted(inner, *quote, escape > 0))
            }
            _ => start..start.saturating_add(self.bare(rest)),
        }
    }

    fn bare(&self, rest: &[u8]) -> usize {
        let ends = |(at, byte): (usize, &u8)| match byte {
            b'\0' | b'\n' | b'\r' => true,
            b' ' | b'\t' => !self.at_line,
            b',' => self.at_comma,
            // One in a password is a part of it.
            b'"' | b'\'' => rest.get(at.saturating_add(1)).is_none_or(|next| b",:;)]} \t\r\n\0".contains(next)),
            _ => byte.is_ascii_whitespace(),
        };
        rest.iter().enumerate().position(ends).unwrap_or(rest.len())
    }
}

/// How long a value is that ends at its own quote. One without an end goes to the end of the line.
fn quoted(inner: &[u8], quote: u8, is_escaped: bool) -> usize {
    let mut escaped = false;
    let ends = |byte: &u8| {
        let is_end = !escaped && *byte == quote || matches!(byte, b'\0' | b'\n');
        escaped = !escaped && !is_escaped && quote == b'"' && *byte == b'\\';
        is_end
    };
    inner.iter().position(ends).unwrap_or(inner.len())
}
