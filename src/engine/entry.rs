//! What the journal records of runs.

use serde::{Deserialize, Serialize};

use super::ending::Ending;
use super::step::Step;

/// A record of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// A run began, with this plan.
    Began {
        /// The command.
        command: String,
        /// The target, in one sentence.
        target: String,
        /// The steps.
        steps: Vec<Step>,
    },
    /// The step of this index is about to be done.
    StepBegan(usize),
    /// It was done and proved.
    StepDone(usize),
    /// It failed.
    StepFailed(usize, String),
    /// It was taken back.
    StepUndone(usize),
    /// The way back of the whole run began, by `undo`.
    UndoBegan,
    /// The run ended like this.
    Ended(Ending),
}
