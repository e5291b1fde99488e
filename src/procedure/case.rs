//! A step with all that it is judged by.

use super::progress::Progress;
use super::row::Row;
use super::step::{State, Step};
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::rule::Finding;

/// What a step is judged by.
pub(super) struct StepInputs<'c> {
    pub(super) facts: &'c Facts,
    pub(super) findings: &'c [Finding],
    pub(super) profile: &'c Profile,
    pub(super) progress: &'c Progress,
    /// The steps before it.
    pub(super) earlier: &'c [Step],
    pub(super) row: &'static Row,
}

impl StepInputs<'_> {
    /// The state of a step before this one.
    pub(super) fn state_of(&self, id: &str) -> Option<State> {
        self.earlier.iter().find(|step| step.id == id).map(|step| step.state)
    }
}
