//! The answer of a source: what it says, that it is not there, or why it could not be read.

/// What looking at one source gave.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}
