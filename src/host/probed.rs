//! The answer of a source: what it says, that it is not there, or why it could not be read.

use serde::{Deserialize, Serialize};

/// What looking at one source gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probed<T> {
    /// It was read, and says this.
    Known(T),
    /// It was looked for, and is surely not there.
    Absent,
    /// It could not be looked at, for this reason.
    Unreadable(String),
}

impl<T> Probed<T> {
    /// What it says, where it was read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }

    /// The same, borrowed.
    pub fn as_ref(&self) -> Probed<&T> {
        match self {
            Self::Known(value) => Probed::Known(value),
            Self::Absent => Probed::Absent,
            Self::Unreadable(why) => Probed::Unreadable(why.clone()),
        }
    }

    /// What `change` makes of what was read.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Probed<U> {
        self.and_then(|value| Probed::Known(change(value)))
    }

    /// What looking further gives, where this was read.
    pub fn and_then<U>(self, look: impl FnOnce(T) -> Probed<U>) -> Probed<U> {
        match self {
            Self::Known(value) => look(value),
            Self::Absent => Probed::Absent,
            Self::Unreadable(why) => Probed::Unreadable(why),
        }
    }

    /// What was read; `None` where it is surely not there.
    ///
    /// # Errors
    /// Why it could not be looked at.
    pub fn found(self) -> Result<Option<T>, String> {
        match self {
            Self::Known(value) => Ok(Some(value)),
            Self::Absent => Ok(None),
            Self::Unreadable(why) => Err(why),
        }
    }
}

impl<T> From<Result<T, String>> for Probed<T> {
    fn from(looked: Result<T, String>) -> Self {
        looked.map_or_else(Self::Unreadable, Self::Known)
    }
}
