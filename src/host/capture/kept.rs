//! An answer of the kernel that is kept: what it gave, or the error.

use std::{fmt, io};

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// "No such file or directory" (errno(3)).
const ENOENT: i32 = 2;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kept<T> {
    Is(T),
    Failed(Failure),
}

/// An error that can be given again: its number, or its words where it has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Failure {
    Number(i32),
    Words(String),
}

impl Failure {
    pub fn of(error: &io::Error) -> Self {
        // An error of the standard library's own has a kind and no number; that something is not there has one.
        match (error.raw_os_error(), error.kind()) {
            (Some(number), _) => Self::Number(number),
            (None, io::ErrorKind::NotFound) => Self::Number(ENOENT),
            (None, _) => Self::Words(error.to_string()),
        }
    }

    pub fn error(&self) -> io::Error {
        match self {
            Self::Number(number) => io::Error::from_raw_os_error(*number),
            Self::Words(words) => io::Error::other(words.clone()),
        }
    }
}

impl<'de> Deserialize<'de> for Failure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

/// Takes a number or words, and holds nothing else in memory to try it.
struct Reader;

impl Visitor<'_> for Reader {
    type Value = Failure;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number of an error, or its words")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Failure, E> {
        i32::try_from(number).map(Failure::Number).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Failure, E> {
        i32::try_from(number).map(Failure::Number).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, words: &str) -> Result<Failure, E> {
        Ok(Failure::Words(words.to_owned()))
    }
}

impl<T> Kept<T> {
    pub fn of(result: io::Result<T>) -> Self {
        match result {
            Ok(value) => Self::Is(value),
            Err(error) => Self::Failed(Failure::of(&error)),
        }
    }

    /// The answer once more.
    ///
    /// # Errors
    /// The error that was kept.
    pub fn again(&self) -> io::Result<&T> {
        match self {
            Self::Is(value) => Ok(value),
            Self::Failed(failure) => Err(failure.error()),
        }
    }
}
