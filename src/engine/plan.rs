//! A plan, or the reasons why there is none.
//!
//! A plan says what will be done, in steps that are data: what is printed is what is applied. It is made from what is
//! true now, towards an absolute target, so that making it again after a crash continues from there; a plan without
//! steps is success.

use schemars::JsonSchema;
use serde::Serialize;

use super::step::Step;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Plan {
    /// The command it is a plan of.
    pub command: &'static str,
    /// The target, in one sentence.
    pub target: String,
    /// The steps, in order; none where the target is already reached.
    pub steps: Vec<Step>,
    /// What the operator should know beside the steps.
    pub notes: Vec<String>,
}

/// Why nothing is planned, and what would lift it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Refusal {
    /// Each reason; there is at least one.
    pub reasons: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reason {
    /// A fixed word.
    pub id: &'static str,
    /// What is in the way, with file, line and figures.
    pub message: String,
    /// How to fix it.
    pub remedy: String,
}
