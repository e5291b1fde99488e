//! A line of a capture.

use std::borrow::Cow;
use std::io::BufRead;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::super::{Bytes, Seen};
use crate::base::digest::{Sha256, Summing};

/// Longest line, in bytes.
pub(super) const LONGEST: u64 = 8 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'l> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<Bytes>,
    /// Whether it was seen behind mounts made for this look alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) apart: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seen: Option<Box<Seen>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) question: Option<Cow<'l, str>>,
    #[serde(default, borrow, deserialize_with = "any", skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<&'l RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<End>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    /// How many lines are between the first and this one.
    pub(super) lines: u64,
    /// Of all bytes before this line.
    pub(super) sha256: Sha256,
}

/// Also `null`, which is an answer as any other.
fn any<'l, D: Deserializer<'l>>(deserializer: D) -> Result<Option<&'l RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl<'l> Line<'l> {
    const NONE: Self = Self { path: None, apart: false, seen: None, question: None, answer: None, end: None };

    pub(super) fn of_place(path: &Path, apart: bool, seen: &Seen) -> Self {
        let path = Bytes([b"/", path.as_os_str().as_bytes()].concat());
        Self { path: Some(path), apart, seen: Some(Box::new(seen.clone())), ..Self::NONE }
    }

    pub(super) fn of_answer(question: &'l str, answer: &'l RawValue) -> Self {
        Self { question: Some(Cow::Borrowed(question)), answer: Some(answer), ..Self::NONE }
    }

    pub(super) fn of_end(end: End) -> Self {
        Self { end: Some(end), ..Self::NONE }
    }
}

pub(super) fn to_text(line: &impl Serialize) -> Result<String, String> {
    let mut text = serde_json::to_string(line).map_err(|why| why.to_string())?;
    text.push('\n');
    Ok(text)
}

/// Why lines cannot be read.
pub(super) struct Broken(pub(super) String);

impl From<Broken> for String {
    fn from(broken: Broken) -> Self {
        broken.0
    }
}

/// Lines, with the sum of all that were given, none longer than [`LONGEST`], and not more bytes than a limit.
pub(super) struct Lines<'r, R> {
    from: &'r mut R,
    left: u64,
    sum: Summing,
    number: u64,
    line: Vec<u8>,
}

impl<'r, R: BufRead> Lines<'r, R> {
    pub(super) fn new(from: &'r mut R, most: u64) -> Self {
        Self { from, left: most, sum: Summing::default(), number: 1, line: Vec::new() }
    }

    /// The number of the line that comes next, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The sum of all lines so far.
    pub(super) fn sum(&self) -> Sha256 {
        self.sum.clone().finish()
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, Broken> {
        self.line.clear();
        let limit = LONGEST.min(self.left);
        let read = std::io::Read::take(&mut *self.from, limit.saturating_add(1)).read_until(b'\n', &mut self.line)?;
        if read as u64 > limit {
            let what = if limit < LONGEST { "it has more bytes" } else { "it has a longer line" };
            return Err(Broken(format!("{what} than a capture may have")));
        }
        if read == 0 {
            return Ok(None);
        }
        if !self.line.ends_with(b"\n") {
            return Err(Broken("it is cut off in the middle of a line".to_owned()));
        }
        self.left = self.left.saturating_sub(read as u64);
        self.number = self.number.saturating_add(1);
        self.sum.update(&self.line);
        Ok(Some(&self.line))
    }
}
