//! What becomes of the way back of a step.

/// What became of the way back of a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TakenBack {
    /// The host is as it was before the step.
    Yes,
    /// It stays done, for this reason.
    Stays(String),
}
