//! The grammar of LVM2's metadata text, read once from start to end without building a tree.
//!
//! ```text
//! section: name { (section | setting)* }       setting: name = value | name = [ value, value, ... ]
//! value: "string" | integer | float            comment: # to the end of the line
//! ```
//!
//! (`libdm/libdm-config.c` of LVM2.) A name is any run of characters that mean nothing else: names of logical volumes
//! may begin with a digit, so that only the place decides whether `12` is a name or a number.

mod class;
mod number;

use std::borrow::Cow;

use class::{LINE, NAME, NUMBER, PLAIN};
use number::{digits_alone, integer};

use crate::base::bytes;

/// Deepest nesting of sections: a volume group needs four.
const DEEPEST: u32 = 32;

#[cfg(test)]
thread_local! {
    /// Nothing is read by its known words: what is read then is compared with what is read otherwise.
    pub(super) static BY_GRAMMAR_ALONE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// What breaks the grammar, and where in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) at: usize,
    pub(super) why: &'static str,
}

/// What comes next in a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item<'t> {
    /// A section of this name begins: read its items, or skip it.
    Section(&'t [u8]),
    /// A setting of this name: read its value, or skip it.
    Setting(&'t [u8]),
    /// The section that was being read ends.
    End,
    EndOfText,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'t> {
    /// A string as it is written, escapes and all: see [`unescape`].
    String(&'t [u8]),
    Integer(i64),
    /// Metadata has none that matter; only known to be well formed.
    Float,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'t> {
    /// What follows the place.
    rest: &'t [u8],
    bytes: usize,
}

impl<'t> Text<'t> {
    /// The start of `text`, which ends at its first NUL.
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self { rest: text, bytes: text.len() }
    }

    /// Something wrong at the byte that comes next.
    pub(super) fn bad(&self, why: &'static str) -> Bad {
        Bad { at: self.bytes.saturating_sub(self.rest.len()), why }
    }

    fn step(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    /// Steps over blanks and comments, and looks at what follows.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            match self.rest {
                [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] => self.rest = rest,
                [b'#', ..] => {
                    self.take(LINE);
                }
                [] | [0, ..] => return None,
                [other, ..] => return Some(*other),
            }
        }
    }

    /// Steps over the bytes of this class, and gives them.
    #[inline]
    fn take(&mut self, class: u8) -> &'t [u8] {
        let is_other = |byte: &u8| class::class(*byte) & class == 0;
        let len = self.rest.iter().position(is_other).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(len).unwrap_or_default();
        self.rest = rest;
        taken
    }

    /// What comes next in the section that is being read.
    pub(super) fn item(&mut self) -> Result<Item<'t>, Bad> {
        let name = match self.next() {
            None => return Ok(Item::EndOfText),
            Some(b'}') => {
                self.step();
                return Ok(Item::End);
            }
            Some(b'"') => self.string()?,
            Some(_) => self.take(NAME),
        };
        if name.is_empty() {
            return Err(self.bad("a name is expected"));
        }
        // As LVM2 writes it; what follows takes any blanks and comments.
        match self.rest {
            [b' ', b'=', rest @ ..] => {
                self.rest = rest;
                return Ok(Item::Setting(name));
            }
            [b' ', b'{', rest @ ..] => {
                self.rest = rest;
                return Ok(Item::Section(name));
            }
            _ => {}
        }
        let item = match self.next() {
            Some(b'{') => Item::Section(name),
            Some(b'=') => Item::Setting(name),
            Some(_) => return Err(self.bad("\"=\" or \"{\" is expected after a name")),
            None => return Err(self.bad("the text ends after a name")),
        };
        self.step();
        Ok(item)
    }

    /// Steps over the rest of the section that was just begun, however deep.
    pub(super) fn skip_section(&mut self) -> Result<(), Bad> {
        let mut depth: u32 = 1;
        while depth > 0 {
            match self.item()? {
                Item::Section(_) => depth = depth.saturating_add(1),
                Item::Setting(_) => self.skip_value()?,
                Item::End => depth = depth.saturating_sub(1),
                Item::EndOfText => return Err(self.bad("the text ends within a section")),
            }
            if depth > DEEPEST {
                return Err(self.bad("sections are nested too deep"));
            }
        }
        Ok(())
    }

    /// Steps over the value of a setting.
    pub(super) fn skip_value(&mut self) -> Result<(), Bad> {
        self.each(|_, _| Ok(()))
    }

    /// Hands every value of a setting to `take`, with its place: one, or those of an array.
    pub(super) fn each(&mut self, mut take: impl FnMut(Self, Value<'t>) -> Result<(), Bad>) -> Result<(), Bad> {
        if self.next() != Some(b'[') {
            let at = *self;
            let value = self.value()?;
            return take(at, value);
        }
        self.step();
        if self.next() == Some(b']') {
            self.step();
            return Ok(());
        }
        loop {
            let at = *self;
            let value = self.value()?;
            take(at, value)?;
            let more = self.next();
            match more {
                Some(b',' | b']') => self.step(),
                _ => return Err(self.bad("\",\" or \"]\" is expected in an array")),
            }
            if more == Some(b']') {
                return Ok(());
            }
        }
    }

    fn value(&mut self) -> Result<Value<'t>, Bad> {
        match self.next() {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'0'..=b'9' | b'-' | b'+' | b'.') => self.number(),
            _ => Err(self.bad("a value is expected")),
        }
    }

    /// The string that begins at this quote, without the quotes.
    fn string(&mut self) -> Result<&'t [u8], Bad> {
        self.step();
        let from = *self;
        loop {
            self.take(PLAIN);
            match self.rest {
                [b'"', ..] => break,
                [b'\\', _, rest @ ..] => self.rest = rest,
                _ => return Err(from.bad("a string that does not end")),
            }
        }
        let len = from.rest.len().saturating_sub(self.rest.len());
        self.step();
        Ok(from.rest.get(..len).unwrap_or_default())
    }

    fn number(&mut self) -> Result<Value<'t>, Bad> {
        if let Some((number, rest)) = digits_alone(self.rest) {
            self.rest = rest;
            return Ok(Value::Integer(number));
        }
        let from = *self;
        let digits = self.take(NUMBER);
        if let Some(number) = integer(digits) {
            return Ok(Value::Integer(number));
        }
        if digits.iter().any(|b| matches!(b, b'.' | b'e' | b'E')) {
            let float = std::str::from_utf8(digits).ok().and_then(|d| d.parse::<f64>().ok());
            return float.map(|_| Value::Float).ok_or(from.bad("not a number"));
        }
        Err(from.bad("not an integer of 64 bits"))
    }

    /// The value of a setting where it is a string of `N` bytes in quotes, and `read` makes something of these. Steps
    /// over it only then. What `read` takes must have no quote, escape or NUL.
    pub(super) fn fixed_string<const N: usize, T>(&mut self, read: impl FnOnce(&[u8; N]) -> Option<T>) -> Option<T> {
        self.next();
        let (string, rest) = self.rest.strip_prefix(b"\"")?.split_first_chunk()?;
        let rest = rest.strip_prefix(b"\"")?;
        let value = read(string)?;
        self.rest = rest;
        Some(value)
    }

    /// Steps over these very bytes.
    #[inline(always)]
    pub(super) fn words<const N: usize>(&mut self, words: &[u8; N]) -> Option<()> {
        #[cfg(test)]
        if BY_GRAMMAR_ALONE.get() {
            return None;
        }
        let (next, rest) = self.rest.split_first_chunk()?;
        (next == words).then(|| self.rest = rest)
    }

    /// An integer that begins right here and has digits alone.
    pub(super) fn digits<T: TryFrom<i64>>(&mut self) -> Option<T> {
        let (number, rest) = digits_alone(self.rest)?;
        self.rest = rest;
        T::try_from(number).ok()
    }

    /// The bytes of a string up to its end or its first escape.
    pub(super) fn plain(&mut self) -> &'t [u8] {
        self.take(PLAIN)
    }

    /// The value of a setting that has to be a string.
    pub(super) fn one_string(&mut self) -> Result<&'t [u8], Bad> {
        self.next();
        let at = *self;
        match self.value()? {
            Value::String(string) => Ok(string),
            _ => Err(at.bad("a string is expected")),
        }
    }

    /// The value of a setting that has to be an integer of the type wanted.
    pub(super) fn one_integer<T: TryFrom<i64>>(&mut self) -> Result<T, Bad> {
        self.next();
        let at = *self;
        match self.value()? {
            Value::Integer(n) => T::try_from(n).map_err(|_| at.bad("a number out of range")),
            _ => Err(at.bad("an integer is expected")),
        }
    }
}

/// A string without its escapes: a backslash stands for the character after it.
pub(super) fn unescape(string: &[u8]) -> Cow<'_, str> {
    if !string.contains(&b'\\') {
        return bytes::text(string);
    }
    let mut plain = Vec::with_capacity(string.len());
    let mut rest = string.iter();
    while let Some(byte) = rest.next() {
        plain.push(if *byte == b'\\' { *rest.next().unwrap_or(byte) } else { *byte });
    }
    Cow::Owned(String::from_utf8_lossy(&plain).into_owned())
}
