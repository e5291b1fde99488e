//! A step with all that it is judged by.

use super::progress::Progress;
use super::row::Row;
use super::step::{State, Step};
use crate::profile::Profile;
use crate::subjects::Facts;
use crate::subjects::rule::Finding;

pub(super) struct StepInputs<'c> {
    pub(super) facts: &'c Facts,
    pub(super) findings: &'c [Finding],
    pub(super) profile: &'c Profile,
    pub(super) progress: &'c Progress,
    pub(super) earlier: &'c [Step],
    pub(super) row: &'static Row,
}

impl StepInputs<'_> {
    pub(super) fn state_of(&self, id: &str) -> Option<State> {
        self.earlier.iter().find(|step| step.id == id).map(|step| step.state)
    }
}
