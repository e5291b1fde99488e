//! What verifying a file to its end gives.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict<T> {
    /// Read to its end, and nothing is wrong.
    Whole(T),
    /// The kernel or the boot loader cannot use it as it is.
    Broken {
        /// The byte of the file where it goes wrong.
        at: u64,
        why: String,
    },
    /// Neither is proved.
    Unknown(String),
}

impl<T> Verdict<T> {
    pub fn whole(&self) -> Option<&T> {
        match self {
            Self::Whole(value) => Some(value),
            Self::Broken { .. } | Self::Unknown(_) => None,
        }
    }
}
