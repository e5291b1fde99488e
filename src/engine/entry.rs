//! What the journal records of runs.

use serde::{Deserialize, Serialize};

use super::ending::Ending;
use super::step::Step;

/// A record of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    Began {
        command: String,
        /// The target, in one sentence.
        target: String,
        steps: Vec<Step>,
    },
    /// The step of this index is about to be done.
    StepBegan(usize),
    StepDone(usize),
    StepFailed(usize, String),
    StepUndone(usize),
    /// The way back of the whole run began, by `undo`.
    UndoBegan,
    /// An operator closed a run that could be neither finished nor taken back.
    Closed {
        /// What was done about it.
        note: String,
    },
    /// How a run ended: its word alone. An ending that is not one of a run is not recorded, as nobody could read it.
    Ended(#[serde(with = "super::ending::of_run")] Ending),
}
