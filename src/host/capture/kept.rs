//! An answer of the kernel that is kept: what it gave, or the error.

use std::io;

use serde::{Deserialize, Serialize};

/// "No such file or directory" (errno(3)).
const ENOENT: i32 = 2;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kept<T> {
    Is(T),
    Failed(Failure),
}

/// An error that can be given again: its number, or its words where it has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
