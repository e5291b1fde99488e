//! The words for how a run or a plan ended.

use crate::engine::Ending;

/// How a run or a plan ended, in a sentence.
pub(super) fn end(ending: &Ending) -> &'static str {
    match ending {
        Ending::Planned => "Nothing was changed. To do this, run the same command with --apply.",
        Ending::NothingToDo => "Nothing to do.",
        Ending::Refused { .. } => "Nothing was changed.",
        Ending::Done => "Done.",
        Ending::RolledBack { .. } => "Failed. Everything is as it was before.",
        Ending::Stuck { .. } => "STUCK: a step failed and could not be taken back.",
        Ending::Kept { .. } => "Failed after a step that stays done. The node has what it needs.",
        Ending::Undone => "Taken back.",
        Ending::Closed => "Closed.",
        Ending::Interrupted { .. } => "Interrupted: not every step is done.",
        Ending::NotReached { .. } => "Not reached: the host does not show all that was to be done.",
    }
}
